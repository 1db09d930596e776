/** What the engine shows to the interface. Ids here are the store's own; no remote id, path or secret. */
import type {
  AccountId,
  BridgeId,
  Brand,
  ConversationCapabilities,
  ConversationKind,
  ConversationSecurity,
  DeliveryState,
  Membership,
  MessageKind,
  MessageShield,
  NetworkId,
  NotifyLevel,
  Poll,
  Presence,
  RoomHappening,
} from '#model';

export type ConversationId = Brand<number, 'ConversationId'>;
export type MessageId = Brand<number, 'MessageId'>;
/** One handle of one human on one network. */
export type AddressId = Brand<number, 'AddressId'>;

/** Somebody whom a text names. */
export type TextMention = {
  readonly personId: AddressId;
  readonly start: number;
  readonly end: number;
};
/** Of a thread in one conversation. */
export type ThreadId = Brand<number, 'ThreadId'>;
export type FolderId = Brand<number, 'FolderId'>;
/** One human, with one or more addresses. */
export type PersonId = Brand<number, 'PersonId'>;
export type AttachmentId = Brand<number, 'AttachmentId'>;
export type StagedFileId = Brand<string, 'StagedFileId'>;
export type ConnectionId = Brand<number, 'ConnectionId'>;
export type PushId = Brand<number, 'PushId'>;
/** Unguessable; of a dialog that is open now. */
export type DialogId = Brand<string, 'DialogId'>;
export type JobId = Brand<number, 'JobId'>;

export type AccountState =
  | 'disabled' // switched off by the person
  | 'locked' // its secrets are sealed until the passphrase is given
  | 'offline'
  | 'connecting'
  | 'catching-up'
  | 'online'
  | 'needs-login';

/** A sentence-to-be: the interface has one text per code; `detail` is technical and shown small. */
export interface Fault {
  readonly code: string;
  readonly detail?: string | undefined;
  readonly server?: string | undefined;
  readonly retryAtMs?: number | undefined;
  readonly limitBytes?: number | undefined;
}

export interface AccountRow {
  readonly id: AccountId;
  readonly bridgeId: BridgeId;
  readonly network: NetworkId;
  readonly address: string;
  readonly displayName: string | null;
  /** Name given by the person ("Shop", "Support"); null: the address. */
  readonly label: string | null;
  /** One of the account colours of the design, 0 … 7. */
  readonly color: number;
  readonly isEnabled: boolean;
  readonly state: AccountState;
  readonly fault: Fault | null;
  /** Since when it tries to reach its server without success; null while it does not have to. */
  readonly offlineSinceMs: number | null;
  /** Names of what the running session can do (`rooms`, `contacts`, `services` …); empty while it does not run. */
  readonly abilities: readonly string[];
}

export interface ConversationRow {
  readonly id: ConversationId;
  readonly accountId: AccountId;
  readonly network: NetworkId;
  readonly kind: ConversationKind;
  readonly title: string;
  readonly security: ConversationSecurity;
  readonly membership: Membership;
  readonly unreadCount: number;
  /** Of the newest message; sorts the list. */
  readonly activeAtMs: number;
  /** First line of the newest message, at most 200 characters, plain text. */
  readonly lastText: string;
  /** Null: written by ourselves. */
  readonly lastSenderName: string | null;
  readonly lastIsOwn: boolean;
  readonly lastKind: MessageKind | 'file' | 'deleted' | 'none';
  readonly lastDelivery: DeliveryState | null;
  /** "Tryton · Party": where it was pushed last; null: never. */
  readonly pushTag: string | null;
  /** Messages written after the last push; 0 when never pushed. */
  readonly unpushedCount: number;
  readonly hasDraft: boolean;
  readonly isMuted: boolean;
  /** The picture of the person or room; `/avatars/<id>` serves it. */
  readonly avatarId: number | null;
  /** Kept at the top of the list. */
  readonly isPinned: boolean;
  readonly notify: NotifyLevel;
  /** Marked as done, and the other side has not written since. */
  readonly isDone: boolean;
}

export interface AttachmentRow {
  readonly id: AttachmentId;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number | null;
  readonly widthPx: number | null;
  readonly heightPx: number | null;
  readonly durationMs: number | null;
  /** A tiny picture that came with the message, as a `data:` address. */
  readonly thumbnail: string | null;
  /** Of a voice message: its loudness over time, 0 to 100. */
  readonly waveform: readonly number[] | null;
  /** `ready`: `/files/<id>` serves it. */
  readonly state: 'remote' | 'fetching' | 'ready' | 'failed';
  readonly fault: Fault | null;
}

export interface ReactionRow {
  readonly emoji: string;
  readonly count: number;
  readonly isOwn: boolean;
  readonly names: readonly string[];
}

export interface ReplyRow {
  /** Null when the original is not in the store. */
  readonly messageId: MessageId | null;
  readonly senderName: string;
  readonly excerpt: string;
}

export interface PushLine {
  readonly pushId: PushId;
  readonly connectionName: string;
  readonly connectorId: string;
  readonly targetTitle: string;
  readonly messageCount: number;
  readonly fileCount: number;
  /** Opens the record; null when the target has no link (file folder). */
  readonly url: string | null;
  readonly isTakenBack: boolean;
}

/** What stands under the message that began a thread. */
export interface ThreadSummary {
  readonly id: ThreadId;
  readonly answerCount: number;
  readonly unreadCount: number;
  readonly lastAtMs: number;
}

export interface PollRow extends Poll {
  /** A vote of ours that has not gone out yet; none of them takes the vote back. */
  readonly waitingChoices?: readonly string[] | undefined;
}

export interface MessageRow {
  readonly id: MessageId;
  readonly conversationId: ConversationId;
  readonly senderId: AddressId | null;
  readonly senderName: string;
  /** The sender's picture, `/avatars/<id>` serves it; null: none is here, or it is ours. */
  readonly senderAvatarId: number | null;
  readonly isOwn: boolean;
  readonly kind: MessageKind | 'push';
  readonly text: string;
  readonly sentAtMs: number;
  readonly delivery: DeliveryState | null;
  readonly fault: Fault | null;
  readonly editedAtMs: number | null;
  readonly deletedAtMs: number | null;
  readonly replyTo: ReplyRow | null;
  readonly attachments: readonly AttachmentRow[];
  readonly reactions: readonly ReactionRow[];
  /** In the CRM already. */
  readonly isPushed: boolean;
  /** Set on the system line of a push. */
  readonly push: PushLine | null;
  /** Messages may be missing just before this one; asking for older ones fills the hole. */
  readonly hasGapBefore: boolean;
  /** Hidden until the person asks; the sender's hint, possibly empty. */
  readonly spoiler: string | null;
  /** Asterisks and the like mean themselves. */
  readonly isUnstyled: boolean;
  readonly isMention: boolean;
  /** How long it may stay once it was read, and when that is over. */
  readonly lifetimeMs: number | null;
  readonly expiresAtMs: number | null;
  /** What speaks against taking it for what it looks like. */
  readonly shield: MessageShield | null;
  /** Of a system line: what it tells, for the interface's own words. */
  readonly happening: RoomHappening | null;
  /** The thread it began, once that has an answer. */
  readonly thread: ThreadSummary | null;
  /** The thread it answers in; it stands there and not among the others. */
  readonly threadId: ThreadId | null;
  /** `text` says the same in words. */
  readonly poll: PollRow | null;
}

export const messageKeys: readonly (keyof MessageRow)[] = [
  'id',
  'conversationId',
  'senderId',
  'senderName',
  'senderAvatarId',
  'isOwn',
  'kind',
  'text',
  'sentAtMs',
  'delivery',
  'fault',
  'editedAtMs',
  'deletedAtMs',
  'replyTo',
  'attachments',
  'reactions',
  'isPushed',
  'push',
  'hasGapBefore',
  'spoiler',
  'isUnstyled',
  'isMention',
  'lifetimeMs',
  'expiresAtMs',
  'shield',
  'happening',
  'thread',
  'threadId',
  'poll',
];

export const conversationKeys: readonly (keyof ConversationRow)[] = [
  'id',
  'accountId',
  'network',
  'kind',
  'title',
  'security',
  'membership',
  'unreadCount',
  'activeAtMs',
  'lastText',
  'lastSenderName',
  'lastIsOwn',
  'lastKind',
  'lastDelivery',
  'pushTag',
  'unpushedCount',
  'hasDraft',
  'isMuted',
  'avatarId',
  'isPinned',
  'notify',
  'isDone',
];

export interface AddressRow {
  readonly id: AddressId;
  readonly network: NetworkId;
  readonly handle: string;
  readonly displayName: string | null;
  readonly presence: Presence;
  readonly statusText: string | null;
  readonly idleSinceMs?: number | null | undefined;
  readonly lastSeenMs?: number | null | undefined;
  /** `/avatars/<id>` serves it. */
  readonly avatarId?: number | null | undefined;
}

export interface PersonRow {
  readonly id: PersonId;
  readonly name: string;
  readonly addresses: readonly AddressRow[];
}

export interface FileSummary {
  readonly attachmentId: AttachmentId;
  readonly messageId: MessageId;
  readonly name: string;
  readonly sizeBytes: number | null;
  readonly isPushed: boolean;
  readonly sentAtMs: number;
}

/** Everything about one conversation beside its messages. */
export interface ConversationDetail {
  readonly row: ConversationRow;
  readonly topic: string | null;
  /** Who asks or invites, and their words, while a decision is to be taken. */
  readonly invitation: { readonly by: string | null; readonly text: string | null } | null;
  readonly accountAddress: string;
  readonly capabilities: ConversationCapabilities;
  readonly draft: string;
  /** Of a direct conversation. */
  readonly person: PersonRow | null;
  /** Of a group: the first hundred, ourselves left out. */
  readonly participants: readonly AddressRow[];
  readonly participantCount: number;
  readonly typing: readonly string[];
  readonly files: readonly FileSummary[];
  /** The newest message we have read; the "new" divider stands after it. */
  readonly readUpToId: MessageId | null;
  /** Threads that have an answer, and answers in them that we did not read. */
  readonly threads: { readonly count: number; readonly unreadCount: number };
  /** Messages that it holds up for all to see. */
  readonly pinnedIds: readonly MessageId[];
  readonly pinCount: number;
}

export interface SearchHit {
  readonly messageId: MessageId;
  readonly conversationId: ConversationId;
  readonly conversationTitle: string;
  readonly network: NetworkId;
  readonly accountId: AccountId;
  readonly senderName: string;
  readonly sentAtMs: number;
  /** Text around the hit; `marks` are [start, end) in UTF-16 units of it. Never markup. */
  readonly excerpt: string;
  readonly marks: readonly (readonly [number, number])[];
}
