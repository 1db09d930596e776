/** One client at a hostile server. Knows nothing of the client under test: only Node, and bytes on a socket. */
import type { Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';

export interface Certificate {
  readonly key: string;
  readonly cert: string;
}

const tlsHandshake = 0x16;
const tag = /<(\/?)([^\s<>/!?]+)(?:\s(?:"[^"]*"|'[^']*'|[^"'<>])*?)?(\/?)>/g;

/** The first whole top-level element of a client's stream (or a tag of the stream itself), and what follows it. */
function takeElement(text: string): { readonly element: string; readonly rest: string } | null {
  let depth = 0;
  let start = -1;
  tag.lastIndex = 0;
  for (let match = tag.exec(text); match !== null; match = tag.exec(text)) {
    if (start < 0) start = match.index;
    const [, slash, name, selfClosing] = match;
    if (name === 'stream:stream') return { element: match[0], rest: text.slice(tag.lastIndex) };
    depth += slash === '/' ? -1 : selfClosing === '/' ? 0 : 1;
    if (depth <= 0) return { element: text.slice(start, tag.lastIndex), rest: text.slice(tag.lastIndex) };
  }
  return null;
}

export class HostilePeer {
  /** What came before TLS, and inside it. */
  clear = '';
  encrypted = '';
  isClosed = false;
  readonly closed: Promise<void>;
  /** What carries everything; TLS itself cannot be reset. */
  readonly #line: Socket;
  #socket: Socket;
  #unread = '';
  #wake: () => void = () => undefined;
  #isEncrypted = false;

  constructor(socket: Socket) {
    this.#line = socket;
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once('close', () => resolve()));
    this.#watch(socket);
    socket.on('data', (chunk: Buffer) => this.#take(chunk));
  }

  send(data: string | Buffer): void {
    if (this.#socket.writable) this.#socket.write(data);
  }

  /** Resolves when the other side took it, or is gone. */
  sendAndWait(data: string | Buffer): Promise<void> {
    if (!this.#socket.writable) return Promise.resolve();
    return new Promise((resolve) => {
      const socket = this.#socket;
      const done = (): void => {
        socket.removeListener('close', done);
        resolve();
      };
      socket.once('close', done);
      socket.write(data, done);
    });
  }

  reset(): void {
    this.#line.resetAndDestroy();
  }

  /** Waits until what was not read yet matches, and takes it away. */
  async read(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#unread);
      if (match !== null) {
        this.#unread = this.#unread.slice(match.index + match[0].length);
        return match;
      }
      await this.#more(String(pattern));
    }
  }

  /** The next top-level element. */
  async element(): Promise<string> {
    for (;;) {
      const taken = takeElement(this.#unread);
      if (taken !== null) {
        this.#unread = taken.rest;
        return taken.element;
      }
      await this.#more('an element');
    }
  }

  /** Whether the client begins with TLS, on a port that wants STARTTLS. */
  async beginsWithTls(): Promise<boolean> {
    while (this.#unread === '') await this.#more('anything');
    return this.#unread.charCodeAt(0) === tlsHandshake;
  }

  async encrypt({ key, cert }: Certificate): Promise<void> {
    this.#socket.removeAllListeners('data');
    const secured = new TLSSocket(this.#socket, { isServer: true, secureContext: createSecureContext({ key, cert }) });
    this.#socket = secured;
    this.#unread = '';
    this.#isEncrypted = true;
    this.#watch(secured);
    secured.on('data', (chunk: Buffer) => this.#take(chunk));
    await new Promise<void>((resolve, reject) => {
      secured.once('secure', resolve);
      secured.once('close', () => reject(new Error('closed during the handshake')));
    });
  }

  async #more(what: string): Promise<void> {
    if (this.isClosed) throw new Error(`closed before ${what}`);
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }

  #take(chunk: Buffer): void {
    const text = chunk.toString('utf8');
    if (this.#isEncrypted) this.encrypted += text;
    else this.clear += text;
    this.#unread += text;
    this.#wake();
  }

  #watch(socket: Socket): void {
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.isClosed = true;
      this.#wake();
    });
  }
}
