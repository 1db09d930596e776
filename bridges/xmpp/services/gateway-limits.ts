import type { ConversationCapabilities, NetworkId, ReactionLimits } from '#model';
import { discoInfoQuery, readDiscoInfo } from '../extensions/0030-service-discovery.ts';
import { readReactionLimits } from '../extensions/0444-reactions.ts';
import { spoilerNamespace } from '../extensions/0382-spoilers.ts';
import { ephemeralNamespace } from '../extensions/0466-ephemeral-messages.ts';
import { ns } from '../namespaces.ts';
import type { StreamEngine } from '../stream/stream-engine.ts';

interface Told {
  readonly features: ReadonlySet<string>;
  readonly reactionLimits: ReactionLimits | null;
}

type Limits = Partial<ConversationCapabilities>;

export interface GatewayLimitsOptions {
  readonly engine: Pick<StreamEngine, 'request' | 'isOnline'>;
  networkOf(jid: string): NetworkId | undefined;
  /** The device of a person to ask what they can do, their address alone says nothing; null: none is there. */
  deviceOf(jid: string): string | null;
  /** What a conversation allows has changed. */
  onChange(jid: string): void;
}

const mostKnown = 2_000;
const deadlineMs = 15_000;

/** Networks that know nothing but lines of text, whatever a gateway makes of the rest. */
const plainText: Limits = { canHide: false, canExpire: false, canEdit: false, canDelete: false, canReact: false, showsDelivery: false, showsRead: false, showsTyping: false };
const byNetwork: Readonly<Record<string, Limits>> = {
  // A gateway cuts longer texts into lines of some 400 letters, and a server may take many of them for a flood.
  irc: { ...plainText, maxTextLength: 2_000 },
  // Ten parts of 153 letters.
  sms: { ...plainText, maxTextLength: 1_530 },
};

/** What a conversation behind a gateway does not allow: asked of its person once, when it is first looked at. */
export class GatewayLimits {
  readonly #options: GatewayLimitsOptions;
  /** Null: the answer is not here yet, or there is none. */
  readonly #known = new Map<string, Told | null>();

  constructor(options: GatewayLimitsOptions) {
    this.#options = options;
  }

  /** The capabilities of a conversation, as its network narrows them. */
  narrow(jid: string, isRoom: boolean, capabilities: ConversationCapabilities): ConversationCapabilities {
    const network = this.#options.networkOf(jid);
    if (network === undefined) return capabilities;
    const limits = Object.hasOwn(byNetwork, network) ? byNetwork[network] : undefined;
    if (limits !== undefined) return { ...capabilities, ...limits };
    // A room does not list what its people can do.
    const told = isRoom ? null : this.#told(jid);
    // Gateways pass on the words alone: what was to be hidden or to disappear would stand there in the open.
    const open = { ...capabilities, canHide: false, canExpire: false };
    return told === null ? open : narrowBy(told, open);
  }

  #told(jid: string): Told | null {
    const known = this.#known.get(jid);
    const device = known === undefined && this.#options.engine.isOnline ? this.#options.deviceOf(jid) : null;
    if (device !== null) void this.#ask(jid, device);
    return known ?? null;
  }

  async #ask(jid: string, device: string): Promise<void> {
    if (this.#known.size >= mostKnown) this.#known.clear();
    this.#known.set(jid, null);
    try {
      const answer = await this.#options.engine.request({ type: 'get', to: device, payload: discoInfoQuery(), deadlineMs });
      const { features } = readDiscoInfo(answer);
      if (features.size === 0) return;
      this.#known.set(jid, { features, reactionLimits: readReactionLimits(answer) });
      this.#options.onChange(jid);
    } catch {
      // Whoever does not answer has said nothing. Asked again after the next start.
    }
  }
}

const narrowBy = ({ features, reactionLimits }: Told, capabilities: ConversationCapabilities): ConversationCapabilities => ({
  ...capabilities,
  canHide: features.has(spoilerNamespace),
  canExpire: features.has(ephemeralNamespace),
  canEdit: capabilities.canEdit && features.has(ns.correction),
  canDelete: capabilities.canDelete && (features.has(ns.retraction) || features.has(ns.retractionOld)),
  canReact: capabilities.canReact && features.has(ns.reactions),
  canReply: capabilities.canReply && features.has(ns.reply),
  showsDelivery: capabilities.showsDelivery && features.has(ns.receipts),
  showsRead: capabilities.showsRead && features.has(ns.markers),
  showsTyping: capabilities.showsTyping && features.has(ns.chatStates),
  ...(reactionLimits === null ? {} : { reactionLimits }),
});
