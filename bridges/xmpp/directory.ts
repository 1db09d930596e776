import { BridgeError, type DirectoryAbility, type MembershipAbility } from '#bridge';
import type { RemoteConversationId } from '#model';
import type { AccountLink } from './account-link.ts';
import { addressOf, conversationOf } from './ids.ts';
import { formatBare, parseJid } from './jid.ts';
import { forgetRoom, joinRoom } from './join-room.ts';
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
    if (await this.#isRoomServer(jid.domain)) {
      await joinRoom(this.#link, bare, this.#ownNick());
    } else {
      await journal.write({ events: inbox.introduce(bare) });
    }
    return conversationOf(bare);
  }

  /** Lets somebody see our presence and asks to see theirs, or enters the room we were invited to. */
  async accept(conversationId: RemoteConversationId): Promise<void> {
    const jid = addressOf(conversationId);
    const { journal, inbox } = this.#link;
    if (await this.#isRoomServer(domainOf(jid))) {
      await joinRoom(this.#link, jid, this.#ownNick());
      return;
    }
    this.#sendPresence(jid, 'subscribed');
    this.#sendPresence(jid, 'subscribe');
    inbox.settleRequest(jid);
    await journal.write({ events: [{ type: 'conversation.patched', conversationId, patch: { membership: 'joined' } }] });
  }

  /** Leaves a room, or turns somebody's request down. */
  async leave(conversationId: RemoteConversationId): Promise<void> {
    const jid = addressOf(conversationId);
    const { rooms, inbox, journal } = this.#link;
    const left = { type: 'conversation.patched', conversationId, patch: { membership: 'left' } } as const;
    if (rooms.has(jid) || Object.hasOwn(journal.state.rooms, jid)) {
      rooms.leave(jid);
      await forgetRoom(this.#link, jid, [left]);
      return;
    }
    if (inbox.isRequested(jid)) this.#sendPresence(jid, 'unsubscribed');
    inbox.settleRequest(jid);
    await journal.write({ events: [left] });
  }

  #sendPresence(to: string, type: string): void {
    if (!this.#engine.send(element('presence', { to, type }))) throw new BridgeError('offline');
  }

  async #isRoomServer(domain: string): Promise<boolean> {
    if (domain === this.#link.domain) return false;
    const { identities } = await this.#link.services.info(domain);
    return identities.some(({ category, type }) => category === 'conference' && type !== 'irc-server');
  }

  #ownNick(): string {
    const { ownBareJid } = this.#link;
    return ownBareJid.slice(0, ownBareJid.indexOf('@'));
  }
}

const domainOf = (jid: string): string => jid.slice(jid.indexOf('@') + 1).replace(/\/.*$/s, '');
