import { BridgeError, type BridgeEvent } from '#bridge';
import type { NetworkId } from '#model';
import type { Extension, ExtensionContext } from '../extension.ts';
import { discoInfoQuery, discoItemsQuery, readDiscoInfo, readDiscoItems } from '../extensions/0030-service-discovery.ts';
import { conversationOf } from '../ids.ts';
import { ns } from '../namespaces.ts';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { domainOf, GatewayBook, type GatewayFacts } from './gateway-book.ts';
import { isRegisteredAt, type Question } from './registration-state.ts';
import { networkBehind } from './service-kind.ts';

const mostAsked = 60;
const deadlineMs = 15_000;
const longestName = 100;

/**
 * The gateways of one account: which domains lead to other networks. Learned of those our server lists, those in the
 * contact list and those of rooms we are in; nobody else can claim to be one.
 */
export class Gateways implements Extension {
  readonly #context: ExtensionContext;
  readonly #book: GatewayBook;
  /** Domains that may say we are signed in there. A room's own may not: whoever keeps it would let all its people see us. */
  readonly #trusted = new Set<string>();

  constructor(context: ExtensionContext) {
    this.#context = context;
    this.#book = new GatewayBook(context.saved());
  }

  networkOf(jid: string): NetworkId | undefined {
    return this.#book.networkOf(jid);
  }

  /** Somebody that a gateway we are signed in to brings along: no stranger, whom we asked for by signing in. */
  isOurGuest(jid: string): boolean {
    return this.#book.isRegistered(domainOf(jid));
  }

  /** Whether they may see us and be seen without a question. */
  letsIn(jid: string): boolean {
    return this.#book.letsPeopleIn(domainOf(jid));
  }

  /** Lets in at once who waits. @throws BridgeError `not-found` where we are not signed in */
  async setLetsPeopleIn(address: string, isAllowed: boolean): Promise<void> {
    const domain = domainOf(address);
    if (!this.#book.setLetsPeopleIn(domain, isAllowed)) throw new BridgeError('not-found', { server: domain });
    const welcomed = isAllowed ? this.#waitingOf(domain) : [];
    await this.#context.write(welcomed.map(joined), this.#book.saved);
    this.#context.link.reply(welcomed.flatMap(welcome));
  }

  /** The name of the gateway itself; null: somebody else. */
  titleOf(jid: string): string | null {
    return this.#book.titleOf(jid);
  }

  async online(isFresh: boolean): Promise<void> {
    if (isFresh) await this.#learn(await this.#candidates());
  }

  /** Looks again at one gateway, where something was done a moment ago; `signsIn`: that we sign in, at the gateway itself and not at a room of it. Never throws. */
  async lookAgain(address: string, signsIn: boolean): Promise<void> {
    if (signsIn && !address.includes('@')) this.#trusted.add(domainOf(address));
    await this.#learn([domainOf(address)]).catch(() => undefined);
  }

  /** Asks these domains who they are, and tells about the conversations that change by that. */
  async #learn(domains: readonly string[]): Promise<void> {
    const asked = [...new Set(domains)].slice(0, mostAsked);
    const found = await Promise.all(asked.map(async (domain) => [domain, await this.#ask(domain)] as const));
    const changed = found.filter(([domain, facts]) => facts !== undefined && this.#book.learn(domain, facts)).map(([domain]) => domain);
    if (changed.length === 0) return;
    const welcomed = changed.filter((domain) => this.#book.letsPeopleIn(domain)).flatMap((domain) => this.#waitingOf(domain));
    await this.#context.write([...changed.flatMap((domain) => this.#eventsFor(domain)), ...welcomed.map(joined)], this.#book.saved);
    this.#context.link.reply(welcomed.flatMap(welcome));
  }

  async #candidates(): Promise<readonly string[]> {
    const { link } = this.#context;
    const items = await this.#get(link.domain, discoItemsQuery());
    const listed = items === undefined ? [] : readDiscoItems(items).filter((jid) => !/[@/]/.test(jid));
    const contacts = link.roster.addresses.filter((jid) => !jid.includes('@'));
    for (const domain of [...listed.slice(0, mostAsked), ...contacts]) this.#trusted.add(domain);
    const rooms = Object.keys(link.journal.state.rooms).map(domainOf);
    return [...this.#book.domains, ...listed, ...contacts, ...rooms].filter((domain) => domain !== link.domain);
  }

  /** Null: no gateway; undefined: it does not answer, so what was known stays. */
  async #ask(domain: string): Promise<GatewayFacts | null | undefined> {
    const answer = await this.#get(domain, discoInfoQuery());
    if (answer === undefined) return undefined;
    const { identities, features } = readDiscoInfo(answer);
    const network = networkBehind(identities);
    if (network === null) return null;
    const question: Question = (to, payload) => this.#get(to, payload);
    const isTrusted = this.#trusted.has(domain) || this.#book.isRegistered(domain);
    const isRegistered = isTrusted && features.has(ns.register) && (await isRegisteredAt(domain, features.has(ns.commands), question)) === true;
    return { network, name: identities.find(({ name }) => name !== null)?.name?.slice(0, longestName) ?? null, isRegistered };
  }

  async #get(to: string, payload: XmlElement): Promise<XmlElement | undefined> {
    return await this.#context.engine.request({ type: 'get', to, payload, deadlineMs }).catch(() => undefined);
  }

  /** Conversations of that domain are now on another network, or no more. */
  #eventsFor(domain: string): BridgeEvent[] {
    const { rooms, inbox } = this.#context.link;
    const patched = [...rooms.addresses, ...inbox.knownConversations]
      .filter((jid) => domainOf(jid) === domain)
      .map((jid): BridgeEvent => ({ type: 'conversation.patched', conversationId: conversationOf(jid), patch: { network: this.networkOf(jid) } }));
    const inside = rooms.addresses.filter((jid) => domainOf(jid) === domain && rooms.isJoined(jid));
    return [...patched, ...inside.flatMap((jid) => rooms.told(jid))];
  }

  /** Its people who asked before we knew that we are signed in there. */
  #waitingOf(domain: string): readonly string[] {
    const { requests } = this.#context.link;
    const waiting = Object.keys(requests.saved).filter((jid) => domainOf(jid) === domain);
    for (const jid of waiting) requests.settle(jid);
    return waiting;
  }
}

/** Lets somebody see us and asks to see them. */
export const welcome = (jid: string): readonly XmlElement[] => [
  element('presence', { to: jid, type: 'subscribed' }),
  element('presence', { to: jid, type: 'subscribe' }),
];

const joined = (jid: string): BridgeEvent => ({
  type: 'conversation.patched',
  conversationId: conversationOf(jid),
  patch: { membership: 'joined' },
});
