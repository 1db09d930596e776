import { randomUUID } from 'node:crypto';
import { BridgeError, type DirectoryAbility, type MembershipAbility } from '#bridge';
import type { RemoteConversationId } from '#model';
import type { AccountLink } from './account-link.ts';
import { addressOf, conversationOf } from './ids.ts';
import { formatBare, parseJid } from './jid.ts';
import { declineInvitation } from './extensions/0045-multi-user-chat.ts';
import { forgetRoom, joinRoom } from './join-room.ts';
import type { RoomInvitation } from './extensions/0249-direct-invitations.ts';
import { ownNick } from './own-nick.ts';
import { isRoom } from './room-about.ts';
import type { StreamEngine } from './stream/stream-engine.ts';
import { element } from './stream/xml/element.ts';

/** Opening conversations by address, and deciding about those that others opened. */
export class Directory implements DirectoryAbility, MembershipAbility {
  readonly #link: AccountLink;
  readonly #engine: StreamEngine;

  constructor(link: AccountLink, engine: StreamEngine) {
    this.#link = link;
    this.#engine = engine;
  }

  async startConversation(address: string): Promise<RemoteConversationId> {
    const jid = parseJid(address.trim().replace(/^xmpp:/i, '').replace(/\?.*$/s, ''));
    if (jid === null || jid.local === '') {
      throw new BridgeError('wrong-address', { detail: 'an XMPP address looks like name@server' });
    }
    const bare = formatBare(jid);
    const { journal, inbox, rooms } = this.#link;
    if (rooms.isJoined(bare)) return conversationOf(bare);
    if (await this.#isRoom(bare)) {
      await joinRoom(this.#link, bare, this.#ownNick());
    } else {
      const wasRequest = this.#link.requests.settle(bare);
      const conversationId = conversationOf(bare);
      const joined = { type: 'conversation.patched', conversationId, patch: { membership: 'joined' } } as const;
      await journal.write({ events: [...inbox.introduce(bare), ...(wasRequest ? [joined] : [])] });
    }
    return conversationOf(bare);
  }

  /** Lets somebody see our presence and asks to see theirs, or enters the room we were invited to. */
  async accept(conversationId: RemoteConversationId): Promise<void> {
    const jid = addressOf(conversationId);
    const { journal, requests } = this.#link;
    if (this.#isKnownRoom(jid) || (await this.#isRoom(jid))) {
      await joinRoom(this.#link, jid, this.#ownNick());
      return;
    }
    // Who only wrote gets an answer and no look at when we are there.
    if (requests.asks(jid) || !requests.has(jid)) {
      this.#sendPresence(jid, 'subscribed');
      this.#sendPresence(jid, 'subscribe');
    }
    requests.settle(jid);
    await journal.write({ events: [{ type: 'conversation.patched', conversationId, patch: { membership: 'joined' } }] });
  }

  /** Leaves a room, or turns somebody's request down. */
  async leave(conversationId: RemoteConversationId): Promise<void> {
    const jid = addressOf(conversationId);
    const { rooms, requests, journal } = this.#link;
    const left = { type: 'conversation.patched', conversationId, patch: { membership: 'left' } } as const;
    if (rooms.has(jid) || Object.hasOwn(journal.state.rooms, jid)) {
      rooms.leave(jid);
      await forgetRoom(this.#link, jid, [left]);
      await this.#link.bookmarks.left(jid);
      return;
    }
    const invitation = rooms.invitation(jid);
    if (invitation !== null) this.#decline(invitation);
    if (requests.asks(jid)) this.#sendPresence(jid, 'unsubscribed');
    requests.settle(jid);
    await journal.write({ events: [left] });
  }

  #sendPresence(to: string, type: string): void {
    const id = type === 'subscribe' ? this.#link.held.noteRequest(to) : undefined;
    if (!this.#engine.send(element('presence', { to, type, id }))) throw new BridgeError('offline');
  }

  /** Only who asked through the room waits for an answer; it goes to nobody else. */
  #decline({ room, by, isMediated }: RoomInvitation): void {
    this.#link.rooms.settleInvitation(room);
    if (isMediated && by !== null) this.#engine.send(declineInvitation(room, by, randomUUID()));
  }

  #isKnownRoom(jid: string): boolean {
    const { rooms, journal } = this.#link;
    return rooms.has(jid) || rooms.invitation(jid) !== null || Object.hasOwn(journal.state.rooms, jid);
  }

  /** What the address says of itself; of one that is silent or not there yet, what its server is for. */
  async #isRoom(jid: string): Promise<boolean> {
    const domain = domainOf(jid);
    if (domain === this.#link.domain) return false;
    // IRC tells channels by their first sign (`&` is written as XEP-0106 does); biboumi calls its people rooms, too.
    if (this.#link.gateways.networkOf(jid) === 'irc') return /^(?:[#+!]|\\26)/.test(jid);
    const own = await this.#link.services.info(jid);
    if (own.identities.length > 0) return isRoom(own);
    const { identities } = await this.#link.services.info(domain);
    const isGateway = identities.some(({ category }) => category === 'gateway');
    return identities.some(({ category, type }) => category === 'conference' && type !== 'irc-server') && !isGateway;
  }

  #ownNick(): string {
    return ownNick(this.#link.ownBareJid);
  }
}

const domainOf = (jid: string): string => jid.slice(jid.indexOf('@') + 1).replace(/\/.*$/s, '');
