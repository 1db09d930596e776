import type { Agent } from 'node:https';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { BridgeError, type BridgeErrorCode } from '#bridge';
import type { ChannelBindingType } from '../../extensions/0440-channel-binding-types.ts';
import { Connection } from '../connection.ts';
import { channelBindingOf, connectFault, plainAddressOf, tlsFactsOf, type TlsFacts, type TlsPolicy } from '../secure-socket.ts';
import { defaultXmlLimits, XmlStreamError, type XmlLimits } from '../xml/stream-parser.ts';
import { ns } from '../../namespaces.ts';
import { closeFrame, errorFrame, openFrame, readFrame, stanzaFrame } from './frames.ts';

/** What the server's reasons for closing mean to a person (RFC 6455 section 7.4.1); the rest is a lost connection. */
const closeCodes: ReadonlyMap<number, BridgeErrorCode> = new Map([
  [1002, 'server-incompatible'],
  [1003, 'server-incompatible'],
  [1007, 'server-incompatible'],
  [1008, 'rate-limited'],
  [1009, 'server-incompatible'],
]);

/** UTF-8 needs no more than this for one unit of the text that the parser counts. */
const mostBytesPerUnit = 3;

export interface WebSocketPolicy extends Pick<TlsPolicy, 'ca'> {
  /** Leads through the account's proxy. */
  readonly agent?: Agent | undefined;
}

/** An XMPP stream in the frames of a WebSocket (RFC 7395), always inside TLS. */
export class WebSocketConnection extends Connection {
  readonly transport = 'websocket';
  readonly endpoint: string;
  readonly isProxied: boolean;
  readonly isSecure = true;
  readonly #web: WebSocket;
  readonly #socket: Socket;
  readonly #limits: XmlLimits;
  /** We said `<open/>`, and the server did not yet. */
  #isOpening = false;

  private constructor(web: WebSocket, socket: Socket, url: URL, isProxied: boolean, limits: XmlLimits) {
    const { hostname: host } = url;
    super(host);
    this.endpoint = url.href;
    this.isProxied = isProxied;
    this.#web = web;
    this.#socket = socket;
    this.#limits = limits;
    // Parts of a long stanza are a sign of life too.
    socket.on('data', () => (this.lastHeardMs = performance.now()));
    web.on('message', (data, isBinary) => this.#read(data as Buffer, isBinary));
    web.on('error', (error) => this.close(webFault(error, host)));
    web.on('close', (code, reason) => this.close(closeFault(code, reason.toString(), host)));
  }

  /**
   * Connects to a `wss:` address; its certificate must name that address's host. Redirects are not followed.
   * @throws BridgeError `server-unreachable`, `certificate-invalid`, `server-incompatible` …
   */
  static open(
    url: URL,
    { ca, agent }: WebSocketPolicy,
    signal: AbortSignal,
    limits: XmlLimits = defaultXmlLimits,
  ): Promise<WebSocketConnection> {
    const { hostname: host } = url;
    return new Promise((resolve, reject) => {
      if (url.protocol !== 'wss:') {
        reject(new BridgeError('no-encryption', { server: host }));
        return;
      }
      const web = new WebSocket(url, ['xmpp'], {
        ...(ca === undefined ? {} : { ca: typeof ca === 'string' ? ca : [...ca] }),
        ...(agent === undefined ? {} : { agent }),
        minVersion: 'TLSv1.2',
        rejectUnauthorized: true,
        followRedirects: false,
        // Compressing what two sides say together tells its length (CRIME), and a small frame could become a huge one.
        perMessageDeflate: false,
        maxPayload: limits.stanzaLength * mostBytesPerUnit,
      });
      let socket: Socket | null = null;
      let isSettled = false;
      const settle = (action: () => void): void => {
        if (isSettled) return;
        isSettled = true;
        signal.removeEventListener('abort', onAbort);
        action();
      };
      const fail = (error: BridgeError): void =>
        settle(() => {
          reject(error);
          web.terminate();
        });
      const onAbort = (): void => fail(signal.reason instanceof BridgeError ? signal.reason : new BridgeError('cancelled'));

      // Stays for good: a late error without a listener would end the process.
      web.on('error', (error) => fail(webFault(error, host)));
      web.once('unexpected-response', (request, { statusCode = 0 }) => {
        request.destroy();
        fail(new BridgeError('server-unreachable', { server: host, detail: `HTTP ${statusCode} instead of a WebSocket` }));
      });
      web.once('upgrade', (response) => (socket = response.socket));
      web.once('open', () => {
        const opened = socket;
        if (opened === null) fail(new BridgeError('internal', { detail: 'a WebSocket without a socket' }));
        else settle(() => resolve(new WebSocketConnection(web, opened, url, agent !== undefined, limits)));
      });
      if (signal.aborted) onAbort();
      else signal.addEventListener('abort', onAbort, { once: true });
    });
  }

  get remoteAddress(): string | null {
    return plainAddressOf(this.#socket);
  }

  openStream(domain: string, from: string | null): void {
    this.forgetReceived();
    this.#isOpening = true;
    this.write(openFrame(domain, from));
  }

  write(xml: string): void {
    if (this.isClosed) return;
    this.tap?.sent(xml);
    this.#send(stanzaFrame(xml));
  }

  channelBinding(type: ChannelBindingType): Buffer | null {
    return channelBindingOf(this.#socket, type);
  }

  get tlsFacts(): TlsFacts | null {
    return tlsFactsOf(this.#socket);
  }

  pause(): void {
    this.#web.pause();
  }

  resume(): void {
    this.#web.resume();
  }

  end(lastWords: string): void {
    if (lastWords !== '') this.write(lastWords);
    this.#leave(new BridgeError('cancelled'));
  }

  protected destroy(): void {
    this.#web.terminate();
  }

  #send(frame: string): void {
    if (this.#web.readyState !== WebSocket.OPEN) return;
    this.lastSaidMs = performance.now();
    this.#web.send(frame);
  }

  /** Ends the stream, then the WebSocket, as RFC 7395 section 3.6 wants it. */
  #leave(error: BridgeError): void {
    if (this.isClosed) return;
    this.#send(closeFrame);
    this.close(error, false);
    this.#web.close(1000);
    setTimeout(() => this.#web.terminate(), 1_000).unref();
  }

  #read(data: Buffer, isBinary: boolean): void {
    if (this.isClosed) return;
    try {
      if (isBinary) throw new XmlStreamError('bad-format', 'a binary frame');
      this.#take(data);
    } catch (error) {
      if (!(error instanceof XmlStreamError)) throw error;
      this.#send(errorFrame(error.condition));
      this.#leave(new BridgeError('server-incompatible', { server: this.host, detail: error.message }));
    }
  }

  #take(data: Buffer): void {
    const received = readFrame(data, this.#limits);
    if (received.is('close', ns.framing)) {
      // It may name another place to go to (`see-other-uri`); the next attempt asks the domain instead.
      this.#leave(new BridgeError('server-unreachable', { server: this.host, detail: 'the server ended the stream' }));
      return;
    }
    const isOpen = received.is('open', ns.framing);
    if (isOpen !== this.#isOpening) throw new XmlStreamError('bad-format', 'the server does not open the stream in time');
    this.#isOpening = false;
    if (!isOpen) this.deliver(received);
  }
}

function closeFault(code: number, reason: string, server: string): BridgeError {
  const detail = `the WebSocket was closed: ${code} ${reason.slice(0, 200)}`.trimEnd();
  return new BridgeError(closeCodes.get(code) ?? 'server-unreachable', { server, detail });
}

/** Errors of the network have codes; those of `ws` itself are about a server that does not keep to the protocol. */
function webFault(error: Error & { code?: string }, server: string): BridgeError {
  const isOfNetwork = error.code !== undefined && !error.code.startsWith('WS_ERR_');
  if (isOfNetwork) return connectFault(error, server);
  return new BridgeError('server-incompatible', { server, detail: error.message.slice(0, 300) });
}
