import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { BridgeError } from '#bridge';
import type { ChannelBindingType } from '../extensions/0440-channel-binding-types.ts';
import { Connection, timeoutSignal } from './connection.ts';
import type { Endpoint } from './dns/find-endpoints.ts';
import { ReadAhead } from './read-ahead.ts';
import {
  channelBindingOf,
  connectFault,
  plainAddressOf,
  tlsFactsOf,
  upgradeSocket,
  type TlsFacts,
  type TlsPolicy,
} from './secure-socket.ts';
import { escapeAttribute } from './xml/serialize.ts';
import { defaultXmlLimits, StreamParser, XmlStreamError, type XmlLimits } from './xml/stream-parser.ts';
import { ns } from '../namespaces.ts';

/** So much in one go is part of something larger. */
const bulkBytes = 4 * 1024;

/** Where a connection leads, and whether by way of a proxy. */
export interface Route {
  readonly endpoint: Endpoint;
  readonly isProxied: boolean;
}

/** One socket with an XML stream on it (RFC 6120). */
export class TcpConnection extends Connection {
  readonly transport = 'tcp';
  readonly endpoint: string;
  readonly isProxied: boolean;
  readonly #route: Endpoint;
  readonly #policy: TlsPolicy;
  readonly #limits: XmlLimits;
  #socket: Socket;
  #parser: StreamParser | null = null;
  /** The header of the stream is the last thing we wrote. */
  #isHeaderLast = false;
  #isNudging = false;
  /** Once the session stands; before, each word may change what the next ones mean. */
  readonly #ahead = new ReadAhead({
    parse: (chunk) => this.#parse(chunk),
    pause: () => this.#socket.pause(),
    resume: () => this.#socket.resume(),
  });

  private constructor(socket: Socket, { endpoint, isProxied }: Route, policy: TlsPolicy, limits: XmlLimits) {
    super(endpoint.host);
    this.endpoint = `${endpoint.host}:${endpoint.port}`;
    this.isProxied = isProxied;
    this.#route = endpoint;
    this.#policy = policy;
    this.#limits = limits;
    this.#socket = socket;
    this.#attach(socket);
  }

  /**
   * An XML stream over a connected socket, inside TLS at once where the endpoint says so.
   * @throws BridgeError `server-unreachable`, `certificate-invalid`
   */
  static async over(
    plain: Socket,
    route: Route,
    policy: TlsPolicy,
    signal: AbortSignal,
    limits: XmlLimits = defaultXmlLimits,
  ): Promise<TcpConnection> {
    try {
      const isDirect = route.endpoint.security === 'direct';
      const socket = isDirect ? await upgradeSocket(plain, policy, route.endpoint, signal) : plain;
      return new TcpConnection(socket, route, policy, limits);
    } catch (error) {
      plain.destroy();
      throw error;
    }
  }

  get isSecure(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  get remoteAddress(): string | null {
    return plainAddressOf(this.#socket);
  }

  openStream(domain: string, from: string | null): void {
    this.#parser?.close();
    this.forgetReceived();
    this.#parser = new StreamParser(
      {
        onStreamStart: () => undefined,
        onElement: (element) => this.deliver(element),
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
    this.#isHeaderLast = true;
  }

  write(xml: string): void {
    if (this.isClosed || !this.#socket.writable) return;
    this.tap?.sent(xml);
    this.lastSaidMs = performance.now();
    this.#isHeaderLast = false;
    this.#socket.write(xml);
  }

  /** Encrypts the connection (RFC 6120 section 5). Whatever arrived in clear after `<proceed/>` is dropped. */
  async startTls(deadlineMs: number, signal: AbortSignal): Promise<void> {
    const plain = this.#socket;
    this.#parser?.close();
    this.#parser = null;
    this.forgetReceived();
    plain.removeAllListeners('data');
    plain.removeAllListeners('close');
    const deadline = AbortSignal.any([signal, timeoutSignal(deadlineMs, this.host)]);
    try {
      this.#socket = await upgradeSocket(plain, this.#policy, this.#route, deadline);
    } catch (error) {
      plain.destroy();
      throw error;
    }
    this.#attach(this.#socket);
  }

  channelBinding(type: ChannelBindingType): Buffer | null {
    return channelBindingOf(this.#socket, type);
  }

  get tlsFacts(): TlsFacts | null {
    return tlsFactsOf(this.#socket);
  }

  pause(): void {
    this.#ahead.hold();
  }

  resume(): void {
    this.#ahead.release();
  }

  end(lastWords: string): void {
    if (!this.isClosed && this.#socket.writable) this.#socket.end(`${lastWords}</stream:stream>`);
    const socket = this.#socket;
    this.close(new BridgeError('cancelled'), false);
    setTimeout(() => socket.destroy(), 1_000).unref();
  }

  override close(error: BridgeError, isDestroyed = true): void {
    this.#ahead.clear();
    this.#parser?.close();
    super.close(error, isDestroyed);
  }

  protected destroy(): void {
    this.#socket.destroy();
  }

  #attach(socket: Socket): void {
    const { host } = this;
    const end = (error: BridgeError): void => {
      this.#ahead.flush();
      this.close(error);
    };
    socket.on('error', (error) => end(connectFault(error, host)));
    socket.on('close', () => end(new BridgeError('server-unreachable', { server: host, detail: 'the connection was closed' })));
    socket.on('data', (chunk: Buffer) => this.#read(chunk));
    // The tickets of TLS 1.3: the server holds its features back until they are acknowledged.
    socket.on('session', () => this.#nudgeSoon());
  }

  /**
   * A server with Nagle's algorithm (Prosody) sends the tail of what it says only when the rest is acknowledged, and
   * an acknowledgement that travels alone is delayed by 40 ms. A space between stanzas (RFC 6120 section 4.6.1) takes
   * it along; inside SASL there must be none (section 6.3.5).
   */
  #nudgeSoon(): void {
    if (this.#isNudging) return;
    this.#isNudging = true;
    // Once for all that arrives in this turn; and OpenSSL breaks its records when it is written to while it reads.
    setImmediate(() => {
      this.#isNudging = false;
      const isBetweenStanzas = this.isListening || this.#isHeaderLast;
      if (isBetweenStanzas && !this.isClosed && this.#socket.writable) this.#socket.write(' ');
    });
  }

  #read(chunk: Buffer): void {
    this.lastHeardMs = performance.now();
    if (!this.isListening) {
      this.#parse(chunk);
      return;
    }
    if (chunk.length >= bulkBytes) this.#nudgeSoon();
    this.lookAhead?.(chunk);
    this.#ahead.push(chunk);
  }

  #parse(chunk: Buffer): void {
    try {
      this.#parser?.write(chunk);
    } catch (error) {
      if (!(error instanceof XmlStreamError)) throw error;
      this.write(`<stream:error><${error.condition} xmlns="${ns.streamErrors}"/></stream:error></stream:stream>`);
      this.close(new BridgeError('server-incompatible', { server: this.host, detail: error.message }));
    }
  }
}
