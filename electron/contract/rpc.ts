/**
 * Every method and event between interface and engine. Client and handlers derive from these maps;
 * a missing handler does not compile; inputs are checked at the engine's door with `schemas.ts`.
 */
import type { AccountId, BridgeId, LoginFieldInfo, NetworkId } from './networks.ts';
import type { SendHints } from '#model';
import type { Columns } from './columns.ts';
import type { ConnectionRow, PushRow } from './crm.ts';
import type { CrmMethods } from './methods/crm.ts';
import type { FollowUpMethods } from './methods/follow-up.ts';
import type { MessageMethods } from './methods/messages.ts';
import type { FolderMethods } from './methods/folders.ts';
import type { DiagnosticsMethods } from './methods/diagnostics.ts';
import type { PeopleMethods } from './methods/people.ts';
import type { PinMethods } from './methods/pins.ts';
import type { PollMethods } from './methods/polls.ts';
import type { RoomMethods } from './methods/rooms.ts';
import type { ThreadMethods } from './methods/threads.ts';
import type { DialogMethods } from './methods/dialogs.ts';
import type { EncryptionMethods, VerificationNews } from './methods/encryption.ts';
import type { HeldNews, ServiceAlertKind, ServiceAlertRow, ServiceMethods } from './methods/services.ts';
import type {
  AccountRow,
  AttachmentId,
  ConversationDetail,
  ConversationId,
  ConversationRow,
  Fault,
  FolderId,
  MessageId,
  MessageRow,
  SearchHit,
  StagedFileId,
  TextMention,
  ThreadId,
} from './rows.ts';

export interface NetworkInfo {
  readonly bridgeId: BridgeId;
  readonly network: NetworkId;
  readonly name: string;
  readonly loginFlows: readonly { readonly id: string; readonly fields: readonly LoginFieldInfo[] }[];
  /** New accounts can be made from here, on a server of one's choice. */
  readonly canSignUp: boolean;
  /** Some of its servers let people sign in on a web page of theirs. */
  readonly canSignInOnWeb: boolean;
}

export interface ConversationFilter {
  readonly isUnread?: boolean | undefined;
  readonly accountId?: AccountId | undefined;
  /** Matches title and handles, accents folded. */
  readonly text?: string | undefined;
  /** True: only people who wait for a decision; else they are left out. */
  readonly isRequest?: boolean | undefined;
  /** Pushed at least once, with newer messages since. */
  readonly hasUnpushed?: boolean | undefined;
  /** True: pushed at least once; false: never. */
  readonly isPushed?: boolean | undefined;
  /** True: done and nobody wrote since; false: open. */
  readonly isDone?: boolean | undefined;
  /** In this folder of its network, or in one inside it. */
  readonly folderId?: FolderId | undefined;
}

/** Keyset cursor of the conversation list. */
export interface ConversationCursor {
  readonly isPinned: boolean;
  readonly activeAtMs: number;
  readonly id: ConversationId;
}

export interface ConversationPage {
  readonly rows: Columns<ConversationRow>;
  readonly next: ConversationCursor | null;
  readonly totalUnread: number;
}

/** Messages in ascending order. */
export interface MessagePage {
  readonly rows: Columns<MessageRow>;
  readonly hasOlder: boolean;
  readonly hasNewer: boolean;
}

export type MessageAnchor =
  | { readonly kind: 'newest' }
  | { readonly kind: 'before'; readonly id: MessageId }
  | { readonly kind: 'after'; readonly id: MessageId }
  | { readonly kind: 'around'; readonly id: MessageId };

/** How secrets are kept. `locked`: a passphrase was set and has to be given. `open`: passphrase given. */
export type Protection = 'keychain' | 'passphrase-unset' | 'passphrase-locked' | 'passphrase-open';

export interface Settings {
  readonly locale: 'system' | 'en' | 'es' | 'et';
  readonly theme: 'system' | 'light' | 'dark' | 'contrast';
  readonly closesToTray: boolean;
  readonly notifications: 'full' | 'name-only' | 'off';
  readonly isWelcomeDone: boolean;
  readonly sendsReadReceipts: boolean;
  /** Also to those in closed rooms, on networks where rooms are told nothing by themselves. */
  readonly sendsRoomReceipts: boolean;
  readonly sendsTyping: boolean;
  /** Draws `*bold*` as bold. */
  readonly showsStyling: boolean;
  /** What we tell about ourselves on every account; `offline` is invisible. */
  readonly presence: 'online' | 'away' | 'busy' | 'offline';
  readonly statusText: string;
  /** Minutes without a touch after which we count as away; 0: never. */
  readonly awayAfterMinutes: number;
  /** How long a push can be taken back before it goes; 0: it goes at once. */
  readonly pushUndoSeconds: number;
}

export interface AppInfo {
  readonly version: string;
  readonly protection: Protection;
  readonly host: 'electron' | 'browser';
  readonly settings: Settings;
  readonly networks: readonly NetworkInfo[];
  readonly accounts: readonly AccountRow[];
  readonly connections: readonly ConnectionRow[];
}

export interface RpcMethods extends PeopleMethods, CrmMethods, MessageMethods, DiagnosticsMethods, DialogMethods, ServiceMethods, RoomMethods, FolderMethods, EncryptionMethods, ThreadMethods, PollMethods, PinMethods, FollowUpMethods {
  /** All that the first painted screen needs, in one answer. */
  'app.start': (input: Record<string, never>) => AppInfo;
  /** Whether this page is looked at. */
  'app.setActive': (input: { readonly isActive: boolean }) => { readonly isSet: true };
  'settings.set': (input: { readonly patch: Partial<Settings> }) => Settings;

  /** First use without a keychain: sets the passphrase that seals secrets. At least 8 characters. */
  'vault.create': (input: { readonly passphrase: string }) => { readonly protection: Protection };
  /** Errors: `wrong-passphrase` (with `retryAtMs` after five wrong tries). */
  'vault.unlock': (input: { readonly passphrase: string }) => { readonly protection: Protection };
  /** The passphrase is forgotten: sets a new one. Accounts and connections have to be signed in again; nothing else is lost. */
  'vault.startOver': (input: { readonly passphrase: string }) => { readonly protection: Protection };

  /** Checks the login at the server and adds the account. Errors carry the bridge's fault codes. */
  'accounts.add': (input: {
    readonly bridgeId: BridgeId;
    readonly flowId: string;
    readonly values: Readonly<Record<string, string>>;
  }) => AccountRow;
  /** Signs in again in place (password changed, token revoked). */
  'accounts.renew': (input: { readonly id: AccountId; readonly values: Readonly<Record<string, string>> }) => AccountRow;
  'accounts.update': (input: {
    readonly id: AccountId;
    readonly patch: { readonly label?: string | null; readonly color?: number; readonly isEnabled?: boolean };
  }) => AccountRow;
  /** Signs out and deletes the account's conversations from this computer. */
  'accounts.remove': (input: { readonly id: AccountId }) => { readonly isRemoved: true };
  'accounts.reconnect': (input: { readonly id: AccountId }) => { readonly isStarted: true };

  'conversations.list': (input: {
    readonly filter: ConversationFilter;
    readonly after: ConversationCursor | null;
    readonly limit: number;
  }) => ConversationPage;
  /** Rows that changed, for patching a list in place. Unknown ids are left out. */
  'conversations.get': (input: { readonly ids: readonly ConversationId[] }) => Columns<ConversationRow>;
  /** Detail and first page of messages in one answer. */
  'conversations.open': (input: {
    readonly id: ConversationId;
    readonly anchor: MessageAnchor;
    readonly limit: number;
  }) => { readonly detail: ConversationDetail; readonly page: MessagePage };
  'conversations.detail': (input: { readonly id: ConversationId }) => ConversationDetail;
  'conversations.markRead': (input: { readonly id: ConversationId; readonly upTo: MessageId }) => { readonly unreadCount: number };
  'conversations.setDraft': (input: { readonly id: ConversationId; readonly text: string }) => { readonly isSaved: true };
  'conversations.setTyping': (input: { readonly id: ConversationId; readonly isTyping: boolean }) => { readonly isSent: boolean };
  'conversations.setMuted': (input: { readonly id: ConversationId; readonly isMuted: boolean }) => { readonly isMuted: boolean };
  /** Finds or opens the conversation with an address, or joins a room by its address. */
  'conversations.start': (input: { readonly accountId: AccountId; readonly address: string }) => { readonly id: ConversationId };
  'conversations.accept': (input: { readonly id: ConversationId }) => { readonly isAccepted: true };
  'conversations.leave': (input: { readonly id: ConversationId }) => { readonly isLeft: true };

  'messages.page': (input: {
    readonly conversationId: ConversationId;
    readonly anchor: MessageAnchor;
    readonly limit: number;
  }) => MessagePage;
  'messages.get': (input: { readonly ids: readonly MessageId[] }) => Columns<MessageRow>;
  /** Asks the network for messages older than `before` (or the hole before it); they are stored, then paged. */
  'messages.loadOlder': (input: { readonly conversationId: ConversationId; readonly before: MessageId | null }) => {
    readonly addedCount: number;
    readonly hasMore: boolean;
  };
  /**
   * Writes the message and its job in one transaction; it goes out when the account is online, once, in order.
   * `clientId` (a UUID of the caller) makes a repeated call harmless. One message per file, text with the first.
   */
  'messages.send': (input: {
    readonly conversationId: ConversationId;
    readonly clientId: string;
    readonly text: string;
    readonly replyToId: MessageId | null;
    readonly files: readonly StagedFileId[];
    /** Whom the text names; `start` and `end` in UTF-16 units. */
    readonly mentions?: readonly TextMention[] | undefined;
    /** Only where the conversation's capabilities say so. */
    readonly hints?: SendHints | undefined;
    /** Into this thread; `replyToId` then is one of its answers or null. */
    readonly threadId?: ThreadId | null | undefined;
  }) => { readonly ids: readonly MessageId[] };
  /** Sends a failed message again; one that was refused after the network took it goes out as a new message. */
  'messages.retry': (input: { readonly id: MessageId }) => { readonly isQueued: true };
  /** Takes back a message that has not gone out. */
  'messages.discard': (input: { readonly id: MessageId }) => { readonly isDiscarded: true };
  'messages.edit': (input: { readonly id: MessageId; readonly text: string }) => { readonly isQueued: true };
  'messages.delete': (input: { readonly id: MessageId }) => { readonly isQueued: true };
  'messages.react': (input: { readonly id: MessageId; readonly emoji: string; readonly isOn: boolean }) => { readonly isQueued: true };

  /** Fetches an attachment into the local store; progress comes as `messages.changed`. */
  'files.fetch': (input: { readonly attachmentId: AttachmentId }) => { readonly isReady: boolean };
  'files.unstage': (input: { readonly id: StagedFileId }) => { readonly isRemoved: true };

  /** Newest first; accents folded; `before` is the last hit of the previous page. */
  'search.messages': (input: {
    readonly query: string;
    readonly conversationId: ConversationId | null;
    readonly before: MessageId | null;
    readonly limit: number;
  }) => { readonly hits: readonly SearchHit[]; readonly next: MessageId | null };
}

export type RefusedAction = 'edit' | 'delete' | 'react' | 'vote';

export interface RpcEvents {
  'accounts.changed': { readonly accounts: readonly AccountRow[] };
  /** Ask again for the rows you show. `null`: too many changed, reload the list. */
  'conversations.changed': { readonly ids: readonly ConversationId[] | null; readonly totalUnread: number };
  'messages.changed': {
    readonly conversationId: ConversationId;
    readonly ids: readonly MessageId[];
    readonly removedIds: readonly MessageId[];
    /** True when any of them is newer than all that was there. */
    readonly hasNewest: boolean;
  };
  /** An edit, deletion or reaction that the network refused for good; what stood before stands again. */
  'action.refused': {
    readonly conversationId: ConversationId;
    readonly messageId: MessageId;
    readonly action: RefusedAction;
    readonly fault: Fault;
  };
  /** How far the file of a message of ours got. */
  'uploads.changed': {
    readonly conversationId: ConversationId;
    readonly messageId: MessageId;
    readonly sentBytes: number;
    readonly totalBytes: number;
  };
  'typing.changed': { readonly conversationId: ConversationId; readonly names: readonly string[] };
  'presence.changed': { readonly conversationId: ConversationId };
  'encryption.changed': { readonly accountId: AccountId };
  'encryption.requested': VerificationNews;
  'services.held': HeldNews;
  'encryption.importing': { readonly accountId: AccountId; readonly doneCount: number; readonly totalCount: number };
  /** Contacts, their presence, or whom we keep away changed. */
  'contacts.changed': { readonly accountId: AccountId };
  /** Pictures of people came, changed or went: rows of messages may name another one. */
  'pictures.changed': { readonly accountId: AccountId };
  /** Folders of its network came, went or hold something else. */
  'folders.changed': { readonly accountId: AccountId };
  'crm.changed': { readonly conversationId: ConversationId | null; readonly push: PushRow | null };
  'connections.changed': { readonly connections: readonly ConnectionRow[] };
  'vault.changed': { readonly protection: Protection };
  'settings.changed': { readonly settings: Settings };
  /** The host shows it: one plain line each, already clean of control and bidi characters. */
  'notification.raised': {
    readonly conversationId: ConversationId;
    readonly title: string;
    readonly body: string;
    readonly network: NetworkId;
    /** Without a sound. */
    readonly isQuiet?: boolean | undefined;
  };
  /** What is wrong with networks behind bridges, all of it. */
  'alerts.changed': { readonly alerts: readonly ServiceAlertRow[] };
  /** Something of it is new; told once, whether a page is open or not. */
  'alert.raised': { readonly kind: ServiceAlertKind; readonly network: NetworkId; readonly networkName: string; readonly sinceMs: number };
  /** Browser mode: another tab took the one connection. */
  'session.replaced': Record<string, never>;
}

export type RpcMethod = keyof RpcMethods;
export type RpcInput<Method extends RpcMethod> = Parameters<RpcMethods[Method]>[0];
export type RpcOutput<Method extends RpcMethod> = ReturnType<RpcMethods[Method]>;
export type RpcEvent = keyof RpcEvents;

export type RpcErrorCode =
  | 'invalid-input'
  | 'not-found'
  | 'locked'
  | 'wrong-passphrase'
  | 'already-exists'
  | 'not-possible'
  | 'disk-full'
  | 'internal'
  | (string & {});

export interface RpcError {
  readonly code: RpcErrorCode;
  /** English, for logs and support; the interface shows its own text per code. */
  readonly message: string;
  readonly isRetryable: boolean;
  readonly detail?: string | undefined;
  readonly server?: string | undefined;
  readonly retryAtMs?: number | undefined;
  readonly limitBytes?: number | undefined;
}

/** Frames on the wire, the same over a MessagePort (cloned) and a WebSocket or pipe (JSON). */
export type ClientFrame = { readonly id: number; readonly method: string; readonly input: unknown };
export type EngineFrame =
  | { readonly id: number; readonly output: unknown }
  | { readonly id: number; readonly error: RpcError }
  | { readonly event: RpcEvent; readonly payload: unknown };
