import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import type { StubCertificate } from './stub-certificates.ts';
import { playScram, success } from './stub-server.ts';

const framing = 'urn:ietf:params:xml:ns:xmpp-framing';

export interface StubWebServer {
  /** Named as the certificate names it. */
  readonly url: string;
  readonly peers: readonly StubWebPeer[];
  close(): Promise<void>;
}

export interface StubWebOptions {
  readonly certificate: StubCertificate;
  /** False: the server accepts the WebSocket, but says nothing of XMPP. */
  readonly hasSubprotocol?: boolean | undefined;
  script(peer: StubWebPeer): Promise<void>;
}

/** One client of the stub, frame by frame. */
export class StubWebPeer {
  readonly frames: string[] = [];
  readonly socket: WebSocket;
  closeCode: number | null = null;
  #next = 0;
  #wake: () => void = () => undefined;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.on('message', (data) => {
      this.frames.push((data as Buffer).toString('utf8'));
      this.#wake();
    });
    socket.on('error', () => undefined);
    socket.on('close', (code) => {
      this.closeCode = code;
      this.#wake();
    });
  }

  send(frame: string | Buffer): void {
    this.socket.send(frame);
  }

  /** The next frame, which has to match. */
  async read(pattern: RegExp): Promise<RegExpExecArray> {
    while (this.frames.length <= this.#next) {
      if (this.closeCode !== null) throw new Error(`closed before ${pattern}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const frame = this.frames[this.#next] ?? '';
    this.#next += 1;
    const match = pattern.exec(frame);
    if (match === null) throw new Error(`${frame} is not ${pattern}`);
    return match;
  }

  async open(features: string): Promise<void> {
    await this.read(new RegExp(`^<open xmlns="${framing}" version="1.0" to="stub.test" from="user@stub.test"/>$`));
    this.send(`<open xmlns='${framing}' from='stub.test' id='s1' version='1.0'/>`);
    this.send(features);
  }

  async signIn(password: string, mechanisms: readonly string[] = ['SCRAM-SHA-256']): Promise<string> {
    await this.open(webFeatures(mechanisms));
    return await playScram(this, password, success);
  }
}

export const webFeatures = (mechanisms: readonly string[]): string =>
  `<stream:features xmlns:stream='http://etherx.jabber.org/streams'><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>` +
  mechanisms.map((mechanism) => `<mechanism>${mechanism}</mechanism>`).join('') +
  `</mechanisms></stream:features>`;

export const emptyFeatures = `<stream:features xmlns:stream='http://etherx.jabber.org/streams'/>`;

/** An https server on 127.0.0.1 that speaks WebSocket and plays `script` to each client. */
export async function startStubWebServer(options: StubWebOptions): Promise<StubWebServer> {
  const { certificate, hasSubprotocol = true, script } = options;
  const server = createServer({ key: certificate.key, cert: certificate.cert });
  const peers: StubWebPeer[] = [];
  const web = new WebSocketServer({ server, handleProtocols: (offered) => hasSubprotocol && offered.has('xmpp') && 'xmpp' });
  web.on('connection', (socket) => {
    const peer = new StubWebPeer(socket);
    peers.push(peer);
    script(peer).catch(() => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `wss://localhost:${(server.address() as AddressInfo).port}/xmpp`,
    peers,
    async close() {
      for (const client of web.clients) client.terminate();
      web.close();
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeAllConnections();
      await closed;
    },
  };
}
