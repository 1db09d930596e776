import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { BridgeError } from '#bridge';
import { connectFault, openSocket, upgradeSocket, type TlsPolicy } from './secure-socket.ts';
import type { Endpoint } from './dns/find-endpoints.ts';
import type { XmlElement } from './xml/element.ts';
import { escapeAttribute } from './xml/serialize.ts';
import { defaultXmlLimits, StreamParser, XmlStreamError, type XmlLimits } from './xml/stream-parser.ts';
import { ns } from '../namespaces.ts';

export interface ConnectionHandlers {
  onElement(element: XmlElement): void;
  /** Called once, whatever ended the connection. */
  onClose(error: BridgeError): void;
}

type Waiter = { resolve(element: XmlElement): void; reject(error: BridgeError): void };

/**
 * One socket with an XML stream on it. While negotiating, elements are read one by one with `next`; afterwards
 * `listen` hands over to callbacks. Destroyed at the first error; never reused.
 */
export class Connection {
  /** When bytes last arrived; a link that stays silent is asked whether it lives. */
  lastHeardMs = performance.now();
  readonly endpoint: Endpoint;
  readonly #policy: TlsPolicy;
  readonly #limits: XmlLimits;
  #socket: Socket;
  #parser: StreamParser | null = null;
  #received: XmlElement[] = [];
  #waiter: Waiter | null = null;
  #handlers: ConnectionHandlers | null = null;
  #closedBy: BridgeError | null = null;

  private constructor(socket: Socket, endpoint: Endpoint, policy: TlsPolicy, limits: XmlLimits) {
    this.endpoint = endpoint;
    this.#policy = policy;
    this.#limits = limits;
    this.#socket = socket;
    this.#attach(socket);
  }

  /** @throws BridgeError `server-unreachable`, `certificate-invalid`, `wrong-address`. */
  static async open(
    endpoint: Endpoint,
    policy: TlsPolicy,
    signal: AbortSignal,
    limits: XmlLimits = defaultXmlLimits,
  ): Promise<Connection> {
    return new Connection(await openSocket(endpoint, policy, signal), endpoint, policy, limits);
  }

  get isSecure(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  /** Plain form, also of an IPv4 address in IPv6 clothes. */
  get remoteAddress(): string | null {
    return this.#socket.remoteAddress?.replace(/^::ffff:/, '') ?? null;
  }

  /** Sends a stream header and reads the answer with a fresh parser, as after TLS and after SASL. */
  openStream(domain: string, from: string | null): void {
    this.#parser?.close();
    this.#received = [];
    this.#parser = new StreamParser(
      {
        onStreamStart: () => undefined,
        onElement: (element) => this.#deliver(element),
        onStreamEnd: () => this.close(new BridgeError('server-unreachable', { detail: 'the server ended the stream' })),
      },
      this.#limits,
    );
    // RFC 6120 section 4.7.1: our address is told only once the stream is encrypted.
    const fromAttribute = from !== null && this.isSecure ? ` from="${escapeAttribute(from)}"` : '';
    this.write(
      `<?xml version="1.0"?><stream:stream xmlns="${ns.client}" xmlns:stream="${ns.streams}" version="1.0"` +
        ` to="${escapeAttribute(domain)}"${fromAttribute}>`,
    );
  }

  write(xml: string): void {
    if (this.#closedBy === null && this.#socket.writable) this.#socket.write(xml);
  }

  /** The next top-level element. @throws BridgeError when none comes in time or the connection ends. */
  async next(deadlineMs: number): Promise<XmlElement> {
    const ready = this.#received.shift();
    if (ready !== undefined) return ready;
    if (this.#closedBy !== null) throw this.#closedBy;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<XmlElement>((resolve, reject) => {
        this.#waiter = { resolve, reject };
        timer = setTimeout(() => this.close(silenceFault(this.endpoint.host)), deadlineMs);
      });
    } finally {
      clearTimeout(timer);
    }
  }

  /** Encrypts the connection (RFC 6120 section 5). Whatever arrived in clear after `<proceed/>` is dropped. */
  async startTls(deadlineMs: number, signal: AbortSignal): Promise<void> {
    const plain = this.#socket;
    this.#parser?.close();
    this.#parser = null;
    this.#received = [];
    plain.removeAllListeners('data');
    plain.removeAllListeners('close');
    const deadline = AbortSignal.any([signal, timeoutSignal(deadlineMs, this.endpoint.host)]);
    try {
      this.#socket = await upgradeSocket(plain, this.#policy, this.endpoint.host, deadline);
    } catch (error) {
      plain.destroy();
      throw error;
    }
    this.#attach(this.#socket);
  }

  /** Channel binding data of RFC 9266; null where this TLS cannot give it. */
  exportChannelBinding(): Buffer | null {
    const socket = this.#socket;
    if (!(socket instanceof TLSSocket) || socket.getProtocol() !== 'TLSv1.3') return null;
    try {
      return socket.exportKeyingMaterial(32, 'EXPORTER-Channel-Binding', Buffer.alloc(0));
    } catch {
      return null;
    }
  }

  /** Ends negotiation: everything received from now on, and what already waits, goes to the handlers. */
  listen(handlers: ConnectionHandlers): void {
    this.#handlers = handlers;
    const waiting = this.#received;
    this.#received = [];
    for (const element of waiting) handlers.onElement(element);
    if (this.#closedBy !== null) handlers.onClose(this.#closedBy);
  }

  /** Stops reading while the store is behind, so that a flood waits in the server and not in our memory. */
  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  /** Says goodbye as far as the socket takes it, then destroys it. */
  end(lastWords: string): void {
    if (this.#closedBy === null && this.#socket.writable) this.#socket.end(`${lastWords}</stream:stream>`);
    const socket = this.#socket;
    this.close(new BridgeError('cancelled'), false);
    setTimeout(() => socket.destroy(), 1_000).unref();
  }

  /** The one exit. */
  close(error: BridgeError, destroySocket = true): void {
    if (this.#closedBy !== null) return;
    this.#closedBy = error;
    this.#parser?.close();
    if (destroySocket) this.#socket.destroy();
    const waiter = this.#waiter;
    this.#waiter = null;
    waiter?.reject(error);
    this.#handlers?.onClose(error);
  }

  #attach(socket: Socket): void {
    const { host } = this.endpoint;
    socket.on('error', (error) => this.close(connectFault(error, host)));
    socket.on('close', () =>
      this.close(new BridgeError('server-unreachable', { server: host, detail: 'the connection was closed' })),
    );
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
  }

  #read(chunk: Buffer): void {
    this.lastHeardMs = performance.now();
    try {
      this.#parser?.write(chunk);
    } catch (error) {
      if (!(error instanceof XmlStreamError)) throw error;
      this.write(`<stream:error><${error.condition} xmlns="${ns.streamErrors}"/></stream:error></stream:stream>`);
      this.close(new BridgeError('server-incompatible', { server: this.endpoint.host, detail: error.message }));
    }
  }

  #deliver(element: XmlElement): void {
    if (this.#closedBy !== null) return;
    if (this.#handlers !== null) {
      this.#handlers.onElement(element);
      return;
    }
    const waiter = this.#waiter;
    if (waiter === null) {
      this.#received.push(element);
      return;
    }
    this.#waiter = null;
    waiter.resolve(element);
  }
}

const silenceFault = (server: string): BridgeError =>
  new BridgeError('server-unreachable', { server, detail: 'the server did not answer in time' });

/** Aborts with a fault that says what happened, unlike `AbortSignal.timeout`. */
export function timeoutSignal(afterMs: number, server: string): AbortSignal {
  const controller = new AbortController();
  setTimeout(() => controller.abort(silenceFault(server)), afterMs).unref();
  return controller.signal;
}
