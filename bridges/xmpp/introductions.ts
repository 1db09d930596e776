import type { BridgeEvent } from '#bridge';
import type { RemoteConversation } from '#model';
import type { EncryptionWatch } from './encryption-watch.ts';
import { conversationOf, personOf } from './ids.ts';
import type { InboxOptions } from './inbox-options.ts';
import type { Strangers } from './strangers.ts';

type IntroductionsOptions = Pick<InboxOptions, 'roster' | 'requests' | 'rooms' | 'networkOf' | 'gatewayTitle'> & {
  readonly encryption: Pick<EncryptionWatch, 'has'>;
  readonly strangers: Strangers;
};

/** More than that is not remembered: to say again who somebody is does no harm. */
const mostKnown = 20_000;

/** What the store needs to know before a message: the conversation and the people in it. */
export class Introductions {
  readonly #options: IntroductionsOptions;
  readonly #known = new Set<string>();

  constructor(options: IntroductionsOptions) {
    this.#options = options;
  }

  /** Direct conversations that something was said about in this run. */
  get known(): ReadonlySet<string> {
    return this.#known;
  }

  /** A direct conversation, and who it is with. */
  introduce(jid: string): BridgeEvent[] {
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.add(jid);
    const { roster, requests } = this.#options;
    return [
      roster.person(jid, requests.introduction(jid).name),
      { type: 'conversation.upserted', conversation: this.describe(jid) },
    ];
  }

  describe(jid: string): RemoteConversation {
    const { rooms, requests } = this.#options;
    if (rooms.has(jid)) return rooms.describe(jid, rooms.isJoined(jid) ? 'joined' : 'left');
    if (rooms.invitation(jid) !== null) return rooms.describe(jid, 'invited');
    const { words } = requests.introduction(jid);
    const network = this.#options.networkOf(jid);
    return {
      remoteId: conversationOf(jid),
      kind: 'direct',
      title: this.#options.gatewayTitle(jid),
      security: this.#options.encryption.has(jid) ? 'encrypted' : 'plain',
      membership: requests.has(jid) ? 'requested' : 'joined',
      peerId: personOf(jid),
      ...(network === undefined ? {} : { network }),
      ...(words === null ? {} : { invitation: { by: personOf(jid), text: words } }),
    };
  }

  /** Puts conversation and person in front of the first message of each conversation. */
  inFrontOf(events: readonly BridgeEvent[]): BridgeEvent[] {
    return events.flatMap((event) => {
      // A system line tells of a conversation that is known, if only as one that just ended.
      if (event.type !== 'message.upserted' || event.message.kind === 'system') return [event];
      const conversation: string = event.message.conversationId;
      const isKnown = this.#known.has(conversation) || this.#options.rooms.has(conversation);
      if (!isKnown || event.message.isOwn) this.#options.strangers.note(event);
      return isKnown ? [event] : [...this.introduce(conversation), event];
    });
  }
}
