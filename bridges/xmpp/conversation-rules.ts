import type { ConversationCapabilities, RemoteConversationId } from '#model';
import type { AccountLink } from './account-link.ts';
import { capabilitiesOf } from './capabilities.ts';
import { addressOf } from './ids.ts';
import { ReactionBook } from './reaction-limits.ts';
import { GatewayLimits } from './services/gateway-limits.ts';
import type { StreamEngine } from './stream/stream-engine.ts';

export interface ConversationRulesOptions {
  readonly link: AccountLink;
  readonly engine: StreamEngine;
  /** Whether the person let clear text into this conversation, though the other side encrypts. */
  isPlainAllowed(jid: string): boolean;
  /** What a conversation allows has changed. */
  onChange(jid: string): void;
}

/** What can be done in each conversation: by what we know of it, of the person's program and of the network behind. */
export class ConversationRules {
  readonly #options: ConversationRulesOptions;
  readonly #reactionBook: ReactionBook;
  readonly #gatewayLimits: GatewayLimits;

  constructor(options: ConversationRulesOptions) {
    this.#options = options;
    const { engine, link, onChange } = options;
    this.#gatewayLimits = new GatewayLimits({
      ...{ engine, onChange },
      networkOf: (jid) => link.gateways.networkOf(jid),
      // We see only the presence of those who may see ours: nobody else learns that somebody is here.
      deviceOf: (jid) => link.presence.deviceOf(jid),
    });
    this.#reactionBook = new ReactionBook({
      ...{ engine, onChange },
      mayAsk: (jid) => link.rooms.isJoined(jid) || link.roster.seesPresence(jid),
      // A person's own server answers for the bare address, and knows nothing of what their client or gateway takes.
      askedAt: (jid) => (link.rooms.isJoined(jid) ? jid : link.presence.deviceOf(jid)),
    });
  }

  capabilities(conversationId: RemoteConversationId): ConversationCapabilities {
    const jid = addressOf(conversationId);
    const { rooms, journal, inbox, services } = this.#options.link;
    const isRoom = rooms.has(jid) || Object.hasOwn(journal.state.rooms, jid);
    const capabilities = capabilitiesOf({
      isRoom,
      isJoined: rooms.isJoined(jid),
      isVoiceless: rooms.role(jid) === 'visitor' && !rooms.about(jid).isUnmoderated,
      isEncrypted: inbox.isEncrypted(jid) && !this.#options.isPlainAllowed(jid),
      isClosed: rooms.about(jid).isMembersOnly,
      hasArchive: isRoom ? rooms.hasArchive(jid) : services.hasArchive,
      maxUploadBytes: services.maxUploadBytes,
      canModerate: isRoom && rooms.powers(jid).canModerate,
      reactionLimits: this.#reactionBook.limits(jid),
    });
    return this.#gatewayLimits.narrow(jid, isRoom, capabilities);
  }
}
