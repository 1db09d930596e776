import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import type { StubCertificate } from './stub-certificates.ts';

type Script = (peer: StubPeer) => Promise<void>;

export interface StubServer {
  readonly port: number;
  readonly peers: readonly StubPeer[];
  close(): Promise<void>;
}

export const streamHeader =
  `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='http://etherx.jabber.org/streams'` +
  ` from='stub.test' id='s1' version='1.0'>`;

export const starttlsFeatures =
  `<stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls></stream:features>`;

export const saslFeatures = (mechanisms: readonly string[], bindings: readonly string[] = []): string =>
  `<stream:features><mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>` +
  mechanisms.map((mechanism) => `<mechanism>${mechanism}</mechanism>`).join('') +
  `</mechanisms>` +
  (bindings.length === 0
    ? ''
    : `<sasl-channel-binding xmlns='urn:xmpp:sasl-cb:0'>${bindings.map((type) => `<channel-binding type='${type}'/>`).join('')}</sasl-channel-binding>`) +
  `</stream:features>`;

/** One client at the stub. A script reads what it expects and answers what it likes. */
export class StubPeer {
  /** What came before TLS, and inside it. */
  clear = '';
  encrypted = '';
  serverName: string | false | null = null;
  protocol: string | false | null = null;
  #socket: Socket;
  #unread = '';
  #wake: () => void = () => undefined;
  #isClosed = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#take(chunk, false));
    this.#watch(socket);
  }

  send(text: string): void {
    if (this.#socket.writable) this.#socket.write(text);
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  /** Waits until what was not read yet matches, and takes it away. */
  async read(pattern: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const match = pattern.exec(this.#unread);
      if (match !== null) {
        this.#unread = this.#unread.slice(match.index + match[0].length);
        return match;
      }
      if (this.#isClosed) throw new Error(`closed before ${pattern}`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  /** Turns the connection into TLS, after `<proceed/>` or at once for direct TLS. */
  async encrypt({ key, cert }: StubCertificate): Promise<void> {
    this.#socket.removeAllListeners('data');
    const secured = new TLSSocket(this.#socket, {
      isServer: true,
      secureContext: createSecureContext({ key, cert }),
      ALPNProtocols: ['xmpp-client'],
      SNICallback: (name, done) => {
        this.serverName = name;
        done(null);
      },
    });
    this.#socket = secured;
    this.#unread = '';
    this.#watch(secured);
    secured.on('data', (chunk: Buffer) => this.#take(chunk, true));
    await new Promise<void>((resolve, reject) => {
      secured.once('secure', resolve);
      secured.once('close', () => reject(new Error('closed during the handshake')));
    });
    this.protocol = secured.alpnProtocol;
  }

  async header(features: string): Promise<void> {
    await this.read(/<stream:stream[^>]*>/);
    this.send(streamHeader + features);
  }

  async starttls(certificate: StubCertificate): Promise<void> {
    await this.header(starttlsFeatures);
    await this.read(/<starttls[^>]*>/);
    this.send(`<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`);
    await this.encrypt(certificate);
  }

  /** Plays the server's side of SCRAM; `finish` makes the last words from the right signature. */
  scram(password: string, finish: (signature: string) => string): Promise<string> {
    return playScram(this, password, finish);
  }

  /** Binds; knows no earlier session. */
  async bind(features = ''): Promise<void> {
    await this.header(`<stream:features><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/>${features}</stream:features>`);
    const request = /<resume [^>]*>|<iq [^>]*id="([^"]+)"[^>]*>.*?<\/iq>/;
    let [asked, id] = await this.read(request);
    if (asked.startsWith('<resume')) {
      this.send(`<failed xmlns='urn:xmpp:sm:3' h='0'/>`);
      [asked, id] = await this.read(request);
    }
    this.send(
      `<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>user@stub.test/r</jid></bind></iq>`,
    );
  }

  /** Binds, and enables stream management. */
  async bindManaged(): Promise<void> {
    await this.bind(`<sm xmlns='urn:xmpp:sm:3'/>`);
    await this.read(/<enable [^>]*\/>/);
    this.send(`<enabled xmlns='urn:xmpp:sm:3' id='session' resume='true'/>`);
  }

  /** Answers every `<iq/>` with an error, and every `<r/>`: a server that is there, and can do nothing. */
  async refuseEverything(): Promise<never> {
    for (;;) {
      const [tag] = await this.read(/<iq [^>]*>|<r [^>]*>/);
      if (tag.startsWith('<r ')) {
        this.send(`<a xmlns='urn:xmpp:sm:3' h='0'/>`);
        continue;
      }
      const value = (name: string): string | undefined => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1];
      const from = value('to');
      this.send(
        `<iq type='error' id='${value('id')}'${from === undefined ? '' : ` from='${from}'`}><error type='cancel'>` +
          `<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`,
      );
    }
  }

  #take(chunk: Buffer, isEncrypted: boolean): void {
    const text = chunk.toString('utf8');
    if (isEncrypted) this.encrypted += text;
    else this.clear += text;
    this.#unread += text;
    this.#wake();
  }

  #watch(socket: Socket): void {
    socket.on('error', () => undefined);
    socket.on('close', () => {
      this.#isClosed = true;
      this.#wake();
    });
  }
}

/** The server's side of SCRAM, over whatever carries it. @returns the mechanism that the client chose */
export async function playScram(
  peer: Pick<StubPeer, 'read' | 'send'>,
  password: string,
  finish: (signature: string) => string,
): Promise<string> {
  const iterations = 4096;
  const [, mechanism = '', first = ''] = await peer.read(/<auth [^>]*mechanism="([^"]+)"[^>]*>([^<]*)<\/auth>/);
  const hash = mechanism.startsWith('SCRAM-SHA-256') ? 'sha256' : 'sha1';
  const clientFirst = Buffer.from(first, 'base64').toString().replace(/^[^,]*,[^,]*,/, '');
  const nonce = `${/r=(.*)$/.exec(clientFirst)?.[1]}${randomBytes(9).toString('base64')}`;
  const salt = randomBytes(16);
  const serverFirst = `r=${nonce},s=${salt.toString('base64')},i=${iterations}`;
  peer.send(`<challenge xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${Buffer.from(serverFirst).toString('base64')}</challenge>`);
  const [, response = ''] = await peer.read(/<response[^>]*>([^<]*)<\/response>/);
  const withoutProof = Buffer.from(response, 'base64').toString().replace(/,p=.*$/, '');
  const salted = pbkdf2Sync(password, salt, iterations, createHash(hash).update('').digest().length, hash);
  const serverKey = createHmac(hash, salted).update('Server Key').digest();
  const signature = createHmac(hash, serverKey).update(`${clientFirst},${serverFirst},${withoutProof}`).digest('base64');
  peer.send(finish(signature));
  return mechanism;
}

export const success = (signature: string): string =>
  `<success xmlns='urn:ietf:params:xml:ns:xmpp-sasl'>${Buffer.from(`v=${signature}`).toString('base64')}</success>`;

/** Listens on a free port of 127.0.0.1 and plays `script` to each client. A script that ends early is no fault. */
export async function startStubServer(script: Script): Promise<StubServer> {
  const peers: StubPeer[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((socket) => {
    sockets.add(socket);
    const peer = new StubPeer(socket);
    peers.push(peer);
    script(peer).catch(() => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    port: (server.address() as AddressInfo).port,
    peers,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
