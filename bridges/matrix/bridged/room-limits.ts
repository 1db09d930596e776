/** What a bridged room allows: by `com.beeper.room_features`, else by what is known of the network. */
import type { ConversationCapabilities, FileKind, FileLimit, NetworkId, ReactionLimits } from '#model';
import { asArray, asCount, asRecord, asString, entriesOf, type JsonRecord } from '../event-shape.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import type { RoomBridge } from './room-bridge.ts';

export type RoomLimits = Partial<ConversationCapabilities>;

const minutes = 60_000;
const hours = 60 * minutes;
const plainText: RoomLimits = { canEdit: false, canDelete: false, canReact: false, canReply: false, showsDelivery: false, showsRead: false, showsTyping: false };
const oneReaction: ReactionLimits = { perPerson: 1 };

/** Known limits of networks, for bridges that do not tell. */
const byNetwork: Readonly<Record<string, RoomLimits>> = {
  whatsapp: { editWindowMs: 15 * minutes, deleteWindowMs: 48 * hours, reactionLimits: oneReaction, maxTextLength: 65_536 },
  telegram: { editWindowMs: 48 * hours, maxTextLength: 4_096 },
  signal: { editWindowMs: 24 * hours, deleteWindowMs: 24 * hours, reactionLimits: oneReaction },
  facebook: { editWindowMs: 15 * minutes },
  instagram: { editWindowMs: 15 * minutes, maxTextLength: 1_000 },
  discord: { maxTextLength: 2_000 },
  slack: { maxTextLength: 40_000 },
  googlechat: { maxTextLength: 4_096 },
  // Lines of some 400 letters; a server may take many of them for a flood.
  irc: { ...plainText, maxTextLength: 2_000 },
  sms: { ...plainText, maxTextLength: 1_530 },
};

/** Above zero: the network takes it. Nothing told: it may. */
const isAllowed = (features: JsonRecord, name: string): boolean => {
  const level = features[name];
  return typeof level !== 'number' || level > 0;
};

const within = (features: JsonRecord, name: string, key: 'editWindowMs' | 'deleteWindowMs'): RoomLimits => {
  const seconds = asCount(features[name]);
  return seconds === undefined || seconds === 0 ? {} : { [key]: seconds * 1_000 };
};

const mostReactions = 500;

const reactionsOf = (features: JsonRecord): RoomLimits => {
  const perPerson = asCount(features['reaction_count']);
  const allowed = asArray(features['allowed_reactions']).filter((emoji): emoji is string => typeof emoji === 'string' && emoji.length < 40);
  const limits: ReactionLimits = {
    ...(perPerson === undefined || perPerson === 0 ? {} : { perPerson }),
    ...(allowed.length === 0 ? {} : { allowed: allowed.slice(0, mostReactions) }),
  };
  return Object.keys(limits).length === 0 ? {} : { reactionLimits: limits };
};

const kinds: ReadonlyMap<string, FileKind> = new Map([
  ['m.image', 'image'],
  ['m.video', 'video'],
  ['m.audio', 'audio'],
  ['m.file', 'file'],
  ['org.matrix.msc3245.voice', 'voice'],
]);
const mostMimes = 100;

/** The kinds we send, as far as the network takes them. */
const limitsOfKinds = (features: JsonRecord): readonly FileLimit[] =>
  entriesOf(features['file']).slice(0, 50).flatMap(([type, value]): FileLimit[] => {
    const kind = kinds.get(type);
    const maxBytes = asCount(asRecord(value)['max_size']) ?? 0;
    const mimes = entriesOf(asRecord(value)['mime_types'])
      .slice(0, mostMimes)
      .flatMap(([mime, level]) => (typeof level === 'number' && level > 0 && mime.length <= 100 ? [mime.toLowerCase()] : []));
    return kind === undefined || mimes.length === 0 ? [] : [{ kind, mimes, ...(maxBytes === 0 ? {} : { maxBytes }) }];
  });

/** A kind of file that is missing is rejected. The largest of the kinds is the limit for all. */
const filesOf = (features: JsonRecord): RoomLimits => {
  if (typeof features['file'] !== 'object' || features['file'] === null) return {};
  const kinds = entriesOf(features['file']).slice(0, 50).map(([, kind]) => asRecord(kind));
  const usable = kinds.filter((kind) => entriesOf(kind['mime_types']).some(([, level]) => typeof level === 'number' && level > 0));
  const sizes = usable.map((kind) => asCount(kind['max_size']) ?? 0);
  if (usable.length === 0) return { canSendFiles: false };
  return { fileLimits: limitsOfKinds(features), ...(sizes.includes(0) ? {} : { maxFileBytes: Math.max(...sizes) }) };
};

/** Reads the content of `com.beeper.room_features`. */
export const readRoomFeatures = (features: JsonRecord): RoomLimits => {
  const length = asCount(features['max_text_length']);
  return {
    ...(isAllowed(features, 'edit') ? within(features, 'edit_max_age', 'editWindowMs') : { canEdit: false }),
    ...(isAllowed(features, 'delete') ? within(features, 'delete_max_age', 'deleteWindowMs') : { canDelete: false }),
    ...(isAllowed(features, 'reply') ? {} : { canReply: false }),
    ...(isAllowed(features, 'thread') ? {} : { canThread: false }),
    ...(isAllowed(features, 'poll') ? {} : { canVote: false }),
    ...(isAllowed(features, 'reaction') ? reactionsOf(features) : { canReact: false }),
    ...(length === undefined || length === 0 ? {} : { maxTextLength: length }),
    ...(features['read_receipts'] === false ? { showsRead: false } : {}),
    ...(features['typing_notifications'] === false ? { showsTyping: false } : {}),
    ...filesOf(features),
  };
};

/** Of the bridge's bot alone: others must not narrow what we may do. */
const featuresOf = (store: MatrixStore, roomId: string, { bots }: RoomBridge): JsonRecord | null => {
  for (const event of store.rooms.statesOfType(roomId, 'com.beeper.room_features', 20)) {
    if (bots.has(asString(event['sender']) ?? '')) return asRecord(event['content']);
  }
  return null;
};

const ofNetwork = (network: NetworkId): RoomLimits => (Object.hasOwn(byNetwork, network) ? (byNetwork[network] ?? {}) : {});

export const limitsOfRoom = (store: MatrixStore, roomId: string, bridge: RoomBridge): RoomLimits => {
  const features = featuresOf(store, roomId, bridge);
  return features === null ? ofNetwork(bridge.network) : readRoomFeatures(features);
};

const smaller = (one: number | undefined, other: number | undefined): number | undefined =>
  one === undefined || other === undefined ? (one ?? other) : Math.min(one, other);

/** A network narrows what Matrix would allow, and never widens it. */
export const narrow = (capabilities: ConversationCapabilities, limits: RoomLimits | undefined): ConversationCapabilities => {
  if (limits === undefined) return capabilities;
  const maxFileBytes = smaller(capabilities.maxFileBytes, limits.maxFileBytes);
  const maxTextLength = smaller(capabilities.maxTextLength, limits.maxTextLength);
  return {
    ...capabilities,
    ...(limits.editWindowMs === undefined ? {} : { editWindowMs: limits.editWindowMs }),
    ...(limits.deleteWindowMs === undefined ? {} : { deleteWindowMs: limits.deleteWindowMs }),
    ...(limits.reactionLimits === undefined ? {} : { reactionLimits: limits.reactionLimits }),
    ...(maxFileBytes === undefined ? {} : { maxFileBytes }),
    ...(limits.fileLimits === undefined ? {} : { fileLimits: limits.fileLimits }),
    ...(maxTextLength === undefined ? {} : { maxTextLength }),
    canReply: capabilities.canReply && limits.canReply !== false,
    canThread: capabilities.canThread === true && limits.canThread !== false,
    canVote: capabilities.canVote === true && limits.canVote !== false,
    canReact: capabilities.canReact && limits.canReact !== false,
    canEdit: capabilities.canEdit && limits.canEdit !== false,
    canDelete: capabilities.canDelete && limits.canDelete !== false,
    canSendFiles: capabilities.canSendFiles && limits.canSendFiles !== false,
    showsRead: capabilities.showsRead && limits.showsRead !== false,
    showsTyping: capabilities.showsTyping && limits.showsTyping !== false,
  };
};
