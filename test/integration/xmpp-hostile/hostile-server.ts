/**
 * An XMPP server that does as a case tells it: enough of a good one that any client signs in, and then whatever is
 * hostile about the case. Knows nothing of the client under test.
 */
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { playScram, success } from '../xmpp/stub-server.ts';
import { archiveEnd, archiveResult, pageOf, type Archived } from './hostile-archive.ts';
import { HostilePeer, type Certificate } from './hostile-peer.ts';

export interface HostilePlace {
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  readonly domain: string;
}

export interface HostileOptions extends HostilePlace {
  readonly password: string;
  readonly certificate: Certificate;
  /** For the same domain, and not to be trusted. */
  readonly badCertificate: Certificate;
}

export interface HostileCase {
  /** Row of the table it comes from: `A2-1`, `A4-27`. */
  readonly id: string;
  readonly title: string;
  /** What a good client does, for whoever points another one here. */
  readonly expected: string;
  /** Once a client has sent its first presence in a session. */
  play?(session: HostileSession): Promise<void> | void;
  /** In place of everything, for the `count`th connection after the first sign-in. False: as usual. */
  connect?(peer: HostilePeer, server: HostileServer, count: number): Promise<boolean>;
  /** An answer of its own to a request; null: as usual. */
  answer?(iq: string, session: HostileSession): string | null;
  /** The page of the archive as it goes out. */
  page?(page: readonly Archived[], server: HostileServer): readonly Archived[];
  /** A presence of the client arrived that is for somebody. */
  presence?(presence: string, session: HostileSession): void;
  /** A message of the client arrived. False: it is not counted. */
  message?(message: string, session: HostileSession): boolean;
  /** Forgets sessions, so that none can be resumed. */
  readonly forgetsSessions?: boolean;
  /** What the server itself saw the client do wrong, in words. What it shows to a person is for others to look at. */
  faults?(server: HostileServer): readonly string[];
}

const streamsNs = 'http://etherx.jabber.org/streams';
const privateInClear = /<auth|<authenticate|<iq|<message|<presence/;
export const attribute = (xml: string, name: string): string | undefined =>
  new RegExp(`^<[^>]*?\\s${name}=(?:"([^"]*)"|'([^']*)')`).exec(xml)?.slice(1).find((value) => value !== undefined);

/** What stays when a connection breaks (XEP-0198). */
interface Kept {
  readonly jid: string;
  inbound: number;
  outbound: number;
  unacked: string[];
}

/** A client that is signed in. */
export class HostileSession {
  readonly server: HostileServer;
  readonly peer: HostilePeer;
  readonly isResumed: boolean;
  readonly kept: Kept;
  isManaged = false;
  hasBegun = false;

  constructor(server: HostileServer, peer: HostilePeer, kept: Kept, isResumed: boolean) {
    this.server = server;
    this.peer = peer;
    this.kept = kept;
    this.isResumed = isResumed;
  }

  get jid(): string {
    return this.kept.jid;
  }

  get bare(): string {
    return this.kept.jid.slice(0, this.kept.jid.indexOf('/'));
  }

  /** A stanza, counted. */
  say(xml: string): void {
    if (this.isManaged) this.kept.unacked.push(xml);
    this.peer.send(xml);
  }

  /** A message of a contact, which the archive holds too. */
  sayGood(text: string): void {
    const friend = `friend@${this.server.domain}`;
    const id = this.server.archive(`<message from='${friend}/phone' to='${this.bare}' type='chat' id='g-${text}'><body>${text}</body></message>`);
    this.say(
      `<message from='${friend}/phone' to='${this.jid}' type='chat' id='g-${text}'><body>${text}</body>` +
        `<stanza-id xmlns='urn:xmpp:sid:0' id='${id}' by='${this.bare}'/></message>`,
    );
  }
}

export class HostileServer {
  readonly domain: string;
  readonly peers: HostilePeer[] = [];
  readonly connectedAtMs: number[] = [];
  /** Everything signed-in clients said, element by element. */
  readonly received: string[] = [];
  readonly archived: Archived[] = [];
  /** Sessions in which `play` came to its end. */
  playCount = 0;
  readonly #options: HostileOptions;
  readonly #case: HostileCase;
  readonly #sessions = new Map<string, Kept>();
  readonly #sockets = new Set<Socket>();
  readonly #listener = createServer((socket) => void this.#accept(socket));
  /** A client first tries what the person typed; that attempt is served well. */
  #hasSignedIn = false;
  #count = 0;

  private constructor(options: HostileOptions, played: HostileCase) {
    this.#options = options;
    this.#case = played;
    this.domain = options.domain;
  }

  static async start(options: HostileOptions, played: HostileCase): Promise<HostileServer> {
    const server = new HostileServer(options, played);
    await new Promise<void>((resolve, reject) => {
      server.#listener.once('error', reject);
      server.#listener.listen(options.port, options.host, resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#listener.address() as AddressInfo).port;
  }

  get badCertificate(): Certificate {
    return this.#options.badCertificate;
  }

  get certificate(): Certificate {
    return this.#options.certificate;
  }

  /** What the client has done wrong so far, as far as a server can see it. */
  get faults(): readonly string[] {
    const isTold = this.peers.some(({ clear }) => privateInClear.test(clear) || clear.includes(this.#options.password));
    return [...(isTold ? ['what is private was sent in clear'] : []), ...(this.#case.faults?.(this) ?? [])];
  }

  /** Keeps a message. @returns its id in the archive */
  archive(xml: string, stamp = new Date().toISOString()): string {
    const id = `arc-${this.archived.length + 1}`;
    this.archived.push({ id, xml, stamp });
    return id;
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#listener.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Opens the stream; without `features` nothing is offered yet. */
  header(features: string): string {
    return `<?xml version='1.0'?><stream:stream xmlns='jabber:client' xmlns:stream='${streamsNs}' from='${this.domain}' id='s' version='1.0'>${features === '' ? '' : `<stream:features>${features}</stream:features>`}`;
  }

  /** STARTTLS, and the client's stream inside it. */
  async encrypt(peer: HostilePeer, certificate: Certificate): Promise<void> {
    await peer.read(/<stream:stream[^>]*>/);
    peer.send(this.header(`<starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'><required/></starttls>`));
    await peer.read(/<starttls[^>]*>/);
    peer.send(`<proceed xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>`);
    await peer.encrypt(certificate);
  }

  async #accept(socket: Socket): Promise<void> {
    this.#sockets.add(socket);
    socket.once('close', () => this.#sockets.delete(socket));
    const peer = new HostilePeer(socket);
    try {
      // Some clients try both ways at once; only one of them is played here.
      if (await peer.beginsWithTls()) return peer.reset();
      this.peers.push(peer);
      this.connectedAtMs.push(performance.now());
      if (this.#hasSignedIn && (await this.#case.connect?.(peer, this, this.#count++)) === true) return;
      await this.#serve(peer);
    } catch {
      // The client left, or never spoke as one.
    }
  }

  async #serve(peer: HostilePeer): Promise<void> {
    await this.encrypt(peer, this.#options.certificate);
    const [opening] = await peer.read(/<stream:stream[^>]*>/);
    peer.send(this.header(`<mechanisms xmlns='urn:ietf:params:xml:ns:xmpp-sasl'><mechanism>SCRAM-SHA-256</mechanism></mechanisms>`));
    await playScram(peer, this.#options.password, success);
    await peer.read(/<stream:stream[^>]*>/);
    peer.send(this.header(`<bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'/><sm xmlns='urn:xmpp:sm:3'/>`));
    this.#hasSignedIn = true;
    const user = /\sfrom=["']([^"'@]+)@/.exec(opening)?.[1] ?? 'user';
    let session: HostileSession | null = null;
    for (;;) session = this.#take(await peer.element(), peer, session, user);
  }

  #take(xml: string, peer: HostilePeer, session: HostileSession | null, user: string): HostileSession | null {
    if (xml.startsWith('<resume')) return this.#resume(xml, peer);
    if (session === null) {
      const id = attribute(xml, 'id') ?? '';
      const kept: Kept = { jid: `${user}@${this.domain}/r${this.peers.length}`, inbound: 0, outbound: 0, unacked: [] };
      peer.send(`<iq type='result' id='${id}'><bind xmlns='urn:ietf:params:xml:ns:xmpp-bind'><jid>${kept.jid}</jid></bind></iq>`);
      return new HostileSession(this, peer, kept, false);
    }
    this.received.push(xml);
    if (xml.startsWith('<enable')) {
      const id = `session-${this.peers.length}`;
      if (this.#case.forgetsSessions !== true) this.#sessions.set(id, session.kept);
      session.isManaged = true;
      peer.send(`<enabled xmlns='urn:xmpp:sm:3' id='${id}' resume='true' max='300'/>`);
    } else if (xml.startsWith('<r ') || xml.startsWith('<r>')) peer.send(`<a xmlns='urn:xmpp:sm:3' h='${session.kept.inbound}'/>`);
    else if (xml.startsWith('<a ')) this.#acknowledge(session.kept, Number(attribute(xml, 'h')));
    else if (/^<(iq|message|presence)/.test(xml)) this.#stanza(xml, session);
    return session;
  }

  #resume(xml: string, peer: HostilePeer): HostileSession | null {
    const kept = this.#sessions.get(attribute(xml, 'previd') ?? '');
    if (kept === undefined) {
      peer.send(`<failed xmlns='urn:xmpp:sm:3'><item-not-found xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></failed>`);
      return null;
    }
    this.#acknowledge(kept, Number(attribute(xml, 'h')));
    peer.send(`<resumed xmlns='urn:xmpp:sm:3' previd='${attribute(xml, 'previd')}' h='${kept.inbound}'/>`);
    const session = new HostileSession(this, peer, kept, true);
    session.isManaged = true;
    for (const stanza of kept.unacked) peer.send(stanza);
    void this.#play(session);
    return session;
  }

  #acknowledge(kept: Kept, h: number): void {
    kept.unacked.splice(0, h - kept.outbound);
    kept.outbound = h;
  }

  #stanza(xml: string, session: HostileSession): void {
    if (xml.startsWith('<message') && this.#case.message?.(xml, session) === false) return;
    session.kept.inbound += 1;
    const isRequest = ['get', 'set'].includes(attribute(xml, 'type') ?? '');
    if (xml.startsWith('<iq')) {
      if (isRequest) session.say(this.#case.answer?.(xml, session) ?? this.#answer(xml, session));
      return;
    }
    if (!xml.startsWith('<presence')) return;
    // The first presence is the word of a client that it is there (RFC 6121).
    if (attribute(xml, 'to') === undefined) void this.#play(session);
    else this.#case.presence?.(xml, session);
  }

  async #play(session: HostileSession): Promise<void> {
    // Some clients say more than once that they are there.
    if (session.hasBegun) return;
    session.hasBegun = true;
    try {
      await this.#case.play?.(session);
      this.playCount += 1;
      // Whoever reads this went on well after what was played.
      session.sayGood(`done-${this.playCount}`);
    } catch {
      // The client left in the middle of it, as some cases want it to.
    }
  }

  #answer(iq: string, session: HostileSession): string {
    const id = attribute(iq, 'id') ?? '';
    const to = attribute(iq, 'to');
    const result = (payload: string): string => `<iq type='result' id='${id}'${to === undefined ? '' : ` from='${to}'`}>${payload}</iq>`;
    if (iq.includes('jabber:iq:roster')) {
      return result(`<query xmlns='jabber:iq:roster'><item jid='friend@${this.domain}' name='Friend' subscription='both'/></query>`);
    }
    if (iq.includes('disco#info')) {
      const features = to === session.bare ? ['urn:xmpp:mam:2', 'http://jabber.org/protocol/pubsub#publish-options'] : ['urn:xmpp:carbons:2', 'urn:xmpp:ping'];
      return result(`<query xmlns='http://jabber.org/protocol/disco#info'><identity category='server' type='im'/>${features.map((one) => `<feature var='${one}'/>`).join('')}</query>`);
    }
    if (iq.includes('urn:xmpp:mam:2')) return this.#answerArchive(iq, id, session);
    if (/urn:xmpp:ping|urn:xmpp:carbons:2/.test(iq)) return result('');
    if (iq.includes('disco#items')) return result(`<query xmlns='http://jabber.org/protocol/disco#items'/>`);
    return (
      `<iq type='error' id='${id}'${to === undefined ? '' : ` from='${to}'`}><error type='cancel'>` +
      `<service-unavailable xmlns='urn:ietf:params:xml:ns:xmpp-stanzas'/></error></iq>`
    );
  }

  #answerArchive(iq: string, id: string, session: HostileSession): string {
    const queryId = /queryid="([^"]*)"/.exec(iq)?.[1] ?? '';
    const { page, isComplete } = pageOf(this.archived, iq);
    for (const one of this.#case.page?.(page, this) ?? page) {
      session.say(archiveResult(one, { to: session.jid, from: session.bare, queryId }));
    }
    return `<iq type='result' id='${id}'>${archiveEnd(page, isComplete)}</iq>`;
  }
}
