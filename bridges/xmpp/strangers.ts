import type { BridgeEvent } from '#bridge';
import type { InboxOptions } from './inbox-options.ts';
import { bareJid, formatBare, parseJid, type Jid } from './jid.ts';
import type { XmlElement } from './stream/xml/element.ts';

type StrangersOptions = Pick<
  InboxOptions,
  'ownBareJid' | 'domain' | 'roster' | 'rooms' | 'requests' | 'gatewayTitle' | 'isOurGuest' | 'isKeptAway'
>;

/** Who is known to us, and who has to ask first. */
export class Strangers {
  readonly #options: StrangersOptions;

  constructor(options: StrangersOptions) {
    this.#options = options;
  }

  /** Not in the contact list, no gateway or server of ours, nobody in a room we are in: they have to ask first. */
  has(jid: string): boolean {
    const { roster, rooms, ownBareJid } = this.#options;
    const address = parseJid(jid);
    if (!roster.isLoaded || address === null || jid === ownBareJid || rooms.has(formatBare(address))) return false;
    if (this.#options.isOurGuest(jid) || this.#options.gatewayTitle(jid) !== null) return false;
    return !this.#isOwnService(address) && roster.contact(formatBare(address)) === undefined && roster.contact(address.domain) === undefined;
  }

  /** Presence that a stranger sent us unasked. Only that they ask to see ours is of interest. */
  isPresenceOfOne(presence: XmlElement): boolean {
    const sender = bareJid(presence.attribute('from'));
    return sender !== null && presence.attribute('type') !== 'subscribe' && this.has(sender);
  }

  /** Whether this sender may learn from our answer that we are here. */
  mayKnowUs(from: string | undefined): boolean {
    const { roster, rooms, ownBareJid, isKeptAway, isOurGuest } = this.#options;
    if (from === undefined) return true;
    const address = parseJid(from);
    if (address === null || isKeptAway(from)) return false;
    const jid = formatBare(address);
    if (jid === ownBareJid || rooms.has(jid) || roster.seesPresence(jid) || isOurGuest(jid)) return true;
    return this.#isOwnService(address) || (address.local === '' && roster.contact(jid) !== undefined);
  }

  /** Whoever writes without being known asks by that; whom we write to is no stranger. */
  note({ message: { conversationId, isOwn } }: Extract<BridgeEvent, { readonly type: 'message.upserted' }>): void {
    const { requests } = this.#options;
    if (isOwn) requests.settle(conversationId);
    else if (this.has(conversationId)) requests.add(conversationId, 'wrote');
  }

  #isOwnService({ local, domain }: Jid): boolean {
    const own = this.#options.domain;
    return local === '' && (domain === own || domain.endsWith(`.${own}`));
  }
}
