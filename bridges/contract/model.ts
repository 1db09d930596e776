/** The data every room shares: plain, structured-clonable, free of any network's words. */
import type { Poll } from './polls.ts';
import type { RoomHappening } from './room-data.ts';
import type { MessageShield } from './shields.ts';
import type {
  NetworkId,
  RemoteConversationId,
  RemoteMessageId,
  RemotePersonId,
  TransactionId,
} from './ids.ts';

export * from './ids.ts';
export * from './capabilities.ts';
export * from './file-limits.ts';
export * from './shields.ts';
export type * from './room-data.ts';
export type { FolderEntry } from './folders.ts';
export type { NewPoll, Poll, PollAnswer } from './polls.ts';
export type * from './forms.ts';
export type { DevicePolicy, EncryptionDevice, EncryptionHealth, EncryptionTask, EncryptionWarnings, PersonTrust, UnreadableReason, UnverifiedDevices } from './encryption.ts';
export type { ConsoleLine, FactTone, ReportFact, ReportSection } from './diagnostics.ts';
export type { CommandInfo, ServiceDetail, ServiceItem, ServiceKind, ServiceLogin, ServiceLoginState, ServiceOffer } from './services.ts';

/** `direct`: two people. `group`: a closed circle. `channel`: open to join. */
export type ConversationKind = 'direct' | 'group' | 'channel';

/** `encrypted`: we cannot read or write it yet, and must never answer it in clear text. */
export type ConversationSecurity = 'plain' | 'encrypted';

/** How far we are in it. `invited` and `requested` show a decision to take, never a chat from a stranger. */
export type Membership = 'joined' | 'invited' | 'requested' | 'left';

export interface RemoteConversation {
  readonly remoteId: RemoteConversationId;
  readonly kind: ConversationKind;
  /** Null: use the names of the people in it. */
  readonly title: string | null;
  readonly topic?: string | undefined;
  readonly network?: NetworkId | undefined;
  readonly security: ConversationSecurity;
  readonly membership: Membership;
  /** The other person of a `direct` conversation. */
  readonly peerId?: RemotePersonId | undefined;
  /** When the network counts for us; otherwise the engine counts. */
  readonly unreadCount?: number | undefined;
  /** Sorts a conversation that has no message yet. */
  readonly activeAtMs?: number | undefined;
  /** The room's own picture; null: it took its picture away; absent: nothing new. */
  readonly avatar?: RemoteAvatar | null | undefined;
  /** What the network remembers about it for all our devices; absent: it does not. */
  readonly isPinned?: boolean | undefined;
  readonly notify?: NotifyLevel | undefined;
  /** Who asked or invited, and their words, while `invited` or `requested`. */
  readonly invitation?: { readonly by: RemotePersonId | null; readonly text: string | null } | undefined;
}

/** Which messages of a conversation ask for attention. */
export type NotifyLevel = 'all' | 'mentions' | 'none';

/** A small picture of a person or room. `id` changes with the picture (a hash where the network has one). */
export interface RemoteAvatar {
  readonly id: string;
  readonly mime: string;
  readonly sizeBytes?: number | undefined;
  /** Opaque: what the bridge needs to fetch it. Holds no secret. */
  readonly source: string;
}

/** Whose messages the server's archive keeps. */
export type ArchiveRule = 'always' | 'contacts' | 'never';

export type Presence = 'online' | 'away' | 'busy' | 'offline' | 'unknown';

export interface RemotePerson {
  readonly remoteId: RemotePersonId;
  /** Null: the network told no name; the interface shows the handle. */
  readonly displayName: string | null;
  /** What a person would write down: `marta@levante.example`, `@marta:levante.example`, `+34600123456`. */
  readonly handle: string;
  /** Verified identifiers that a CRM may know: e-mail addresses and E.164 numbers. Never guessed. */
  readonly identifiers?: readonly PersonIdentifier[] | undefined;
  readonly isSelf?: boolean | undefined;
  /** Where they are when it is not this network: behind a gateway. */
  readonly network?: NetworkId | undefined;
  /** Null: they took their picture away; absent: nothing new. */
  readonly avatar?: RemoteAvatar | null | undefined;
}

export interface PersonIdentifier {
  readonly kind: 'email' | 'phone' | 'handle';
  readonly value: string;
}

/**
 * `message`: what somebody wrote. `notice`: an automatic text. `action`: "/me waves".
 * `system`: a change of the conversation (topic, membership). `unreadable`: encrypted, and we have no key; `text`
 * then names the method ("OMEMO"), or is `reason:` and an `UnreadableReason`. `unsupported`: a kind we do not show yet; `text` holds the network's fallback.
 */
export type MessageKind = 'message' | 'notice' | 'action' | 'system' | 'unreadable' | 'unsupported';

/** Grows only: waiting → sent → delivered → read; `failed` offers a retry. */
export type DeliveryState = 'waiting' | 'sending' | 'sent' | 'delivered' | 'read' | 'failed';

export interface RemoteAttachment {
  /** Unique in its message; stable over repeated deliveries. */
  readonly remoteId: string;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes?: number | undefined;
  readonly widthPx?: number | undefined;
  readonly heightPx?: number | undefined;
  readonly durationMs?: number | undefined;
  /** A tiny picture of it that came with the message, as a `data:` address of a raster image; nothing is fetched for it. */
  readonly thumbnail?: string | undefined;
  /** A sound that somebody spoke into their device. */
  readonly voice?: VoiceNote | undefined;
  /** Opaque: what the bridge needs to fetch it again later. May hold the key of an encrypted file: never logged or shown. */
  readonly source: string;
}

export interface VoiceNote {
  /** Loudness over its length, 0 to 100; at most 128 values, possibly none. */
  readonly waveform: readonly number[];
}

export interface ReplyReference {
  readonly remoteId: RemoteMessageId;
  /** The weaker name of the original, where it is known: some networks reply by it (XMPP between two people). */
  readonly alternateId?: RemoteMessageId | undefined;
  readonly senderId?: RemotePersonId | undefined;
  /** Text the network carried along, for when the original is not in the store. */
  readonly excerpt?: string | undefined;
}

export interface RemoteMessage {
  readonly conversationId: RemoteConversationId;
  /** The strongest name known now (XMPP: stanza-id of the archive; Matrix: event id). */
  readonly remoteId: RemoteMessageId;
  /**
   * A weaker name, scoped to conversation and sender (XMPP: origin-id or message id). Two deliveries of one
   * message agree in `remoteId`, or in `senderId` + `alternateId`; the store folds them into one row.
   */
  readonly alternateId?: RemoteMessageId | undefined;
  /** Set on the echo of a message of ours: folds into the row that waits for it. */
  readonly transactionId?: TransactionId | undefined;
  readonly senderId: RemotePersonId;
  /** A name that holds for this one message only (bridged people, per-message profiles). */
  readonly senderName?: string | undefined;
  readonly isOwn: boolean;
  readonly kind: MessageKind;
  /** Plain text, as written. Never markup to be interpreted. */
  readonly text: string;
  /** The network's own time, clamped to a sane range. */
  readonly sentAtMs: number;
  /** Sorts messages of one conversation where the network has an order of its own; else `sentAtMs` does. */
  readonly order?: number | undefined;
  readonly attachments?: readonly RemoteAttachment[] | undefined;
  readonly replyTo?: ReplyReference | undefined;
  /** The message that began the thread it stands in; absent: it stands in none. */
  readonly threadRootId?: RemoteMessageId | undefined;
  /** `text` then says the same in words, for whoever shows no polls. */
  readonly poll?: Poll | undefined;
  readonly editedAtMs?: number | undefined;
  readonly deletedAtMs?: number | undefined;
  readonly delivery?: DeliveryState | undefined;
  /** Of a `system` message: what it tells, apart from its words in `text`. */
  readonly happening?: RoomHappening | undefined;
  /** Names us; asks for attention also where only mentions do. */
  readonly isMention?: boolean | undefined;
  /** The sender hides it behind a click; the text is the hint they gave, possibly empty. */
  readonly spoiler?: string | undefined;
  /** The sender wants it gone by then. */
  readonly expiresAtMs?: number | undefined;
  /** The sender wants it gone so long after it was read (one of ours: after it was sent). */
  readonly lifetimeMs?: number | undefined;
  /** What speaks against taking it for what it looks like. */
  readonly shield?: MessageShield | undefined;
  /** The sender's marks (`*bold*`) mean themselves and are not to be drawn as style. */
  readonly isUnstyled?: boolean | undefined;
}

/** What the engine asks a bridge to send. */
export interface OutgoingMessage {
  readonly conversationId: RemoteConversationId;
  readonly transactionId: TransactionId;
  readonly text: string;
  readonly replyTo?: ReplyReference | undefined;
  /** Into the thread that this message began, or begins with it. */
  readonly threadRootId?: RemoteMessageId | undefined;
  /** People the text names; `start` and `end` in UTF-16 units. */
  readonly mentions?: readonly { readonly personId: RemotePersonId; readonly start: number; readonly end: number }[] | undefined;
  readonly attachment?: OutgoingAttachment | undefined;
  readonly hints?: SendHints | undefined;
  /** When the person pressed Send; a late delivery may say so to the receiver. */
  readonly writtenAtMs: number;
}

/** What we wish for a message of ours; only where the conversation's capabilities say so. */
export interface SendHints {
  /** Hidden until a click; the words tell what it is about, possibly none. */
  readonly spoiler?: string | undefined;
  /** To be gone so long after it was read. */
  readonly lifetimeMs?: number | undefined;
}

export interface OutgoingAttachment {
  /** Absolute path of the engine's own copy. Read it, do not move it. */
  readonly path: string;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number;
  /** Of the bytes at `path`, in hex. */
  readonly sha256?: string | undefined;
  readonly widthPx?: number | undefined;
  readonly heightPx?: number | undefined;
  /** A tiny picture of it, as a `data:` address. */
  readonly thumbnail?: string | undefined;
  readonly durationMs?: number | undefined;
  readonly voice?: VoiceNote | undefined;
}
