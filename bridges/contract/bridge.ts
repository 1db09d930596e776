/** What a network driver is, and what it is given. Presence of an ability object is the capability. */
import type { ConversationCapabilities } from './capabilities.ts';
import type { BlockAbility, ContactAbility, OwnPresenceAbility, ProfileAbility } from './contacts.ts';
import type { DiagnosticsAbility } from './diagnostics.ts';
import type { EncryptionAbility } from './encryption.ts';
import type { BridgeEvent } from './events.ts';
import type { FolderAbility, FolderKeepingAbility } from './folders.ts';
import type { Dialog } from './forms.ts';
import type {
  AccountId,
  ArchiveRule,
  BridgeId,
  MessageKind,
  NetworkId,
  OutgoingMessage,
  RemoteAttachment,
  RemoteAvatar,
  RemoteConversation,
  RemoteConversationId,
  RemoteMessageId,
  RemotePerson,
  SendHints,
} from './model.ts';
import type { PollAbility } from './polls.ts';
import type { PinAbility, RoomAbility } from './rooms.ts';
import type { PeopleSearchAbility, ServiceAbility } from './services.ts';
import type { ThreadAbility, ThreadScope } from './threads.ts';

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A field of a login form, rendered by the interface; labels come from its catalogues by `bridge.name`. */
export interface LoginField {
  readonly name: string;
  readonly kind: 'address' | 'password' | 'text' | 'port' | 'choice';
  readonly isRequired: boolean;
  /** Hidden behind "More options". */
  readonly isAdvanced: boolean;
  /** Of a choice; none of them is chosen at first. */
  readonly options?: readonly string[] | undefined;
  readonly placeholder?: string | undefined;
  /**
   * The secret that an optional password is kept as. Left empty at signing in again, it stays what it was, unless one
   * of the fields `with` which it was given changed: it goes to nobody else.
   */
  readonly kept?: { readonly secret: string; readonly with: readonly string[] } | undefined;
}

export interface LoginFlow {
  readonly id: string;
  readonly fields: readonly LoginField[];
}

/** Values of a login form by field name. */
export type LoginValues = Readonly<Record<string, string>>;

export interface LoginResult {
  /** Our own address on the network; one account per address. */
  readonly address: string;
  readonly displayName: string | null;
  /** Goes to the sealed store, under these names. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Plain settings: host, port, device id. */
  readonly settings: Readonly<Record<string, Json>>;
}

export interface BridgeDefinition {
  readonly id: BridgeId;
  readonly name: string;
  /** The network shown for conversations that name none. */
  readonly network: NetworkId;
  readonly loginFlows: readonly LoginFlow[];
  /**
   * Finds the server, checks address and password against it, and says what to keep.
   * @param before an account that signs in again
   * @throws BridgeError with a code that tells the person what was wrong.
   */
  login(flowId: string, values: LoginValues, signal: AbortSignal, before?: AccountBefore): Promise<LoginResult>;
  /** Makes a session; connects nothing before `start`. `savedState` is what was last saved with `emit`. */
  open(account: BridgeAccount, savedState: Json | null, host: BridgeHost): BridgeSession;
  /** Whether a secret of an account has nothing to do with its sign-in, and stays when somebody signs in again. */
  outlivesSignIn?(secretName: string): boolean;
  /** Signs out at the server and forgets devices, as far as the network can. */
  logout?(account: BridgeAccount, host: BridgeHost): Promise<void>;
  /**
   * Makes a new account on a server: a dialog whose last step leads to `login` with the values in `result`.
   * `values` are those of the login form that are known before: a host, a port.
   * @throws BridgeError `unsupported` when the server takes no registrations, with the page it names in `detail`.
   */
  signUp?(server: string, values: LoginValues, signal: AbortSignal): Promise<SignUpDialog>;
  /**
   * Signing in as the server has it, mostly on its own page in a browser: a dialog with a link, and a `result` for
   * `login` at its end.
   * @param before an account that signs in again, at the server it has
   * @throws BridgeError `no-login-method` when the server has no way that we know
   */
  signInOnWeb?(server: string, signal: AbortSignal, before?: AccountBefore): Promise<SignUpDialog>;
}

export interface SignUpDialog extends Dialog {
  /** The login that the finished dialog made; null before. */
  result(): { readonly flowId: string; readonly values: LoginValues } | null;
  /** The account is there: closing the dialog leaves its session alone. */
  kept?(): void;
}

/** An account that signs in again: what is known of it, and its secrets, to be read only. */
export interface AccountBefore {
  readonly account: BridgeAccount;
  readonly secrets: Pick<SecretStore, 'get'>;
}

export interface BridgeAccount {
  readonly id: AccountId;
  readonly address: string;
  readonly displayName: string | null;
  readonly settings: Readonly<Record<string, Json>>;
}

/** What a bridge receives. No database: it writes only by emitting. */
export interface BridgeHost {
  /**
   * Stores events in order, in one transaction together with `savedState` (when given), and resolves after the
   * commit. Only then may the bridge acknowledge to its server. Rejects when the disk refuses: stop and report.
   */
  emit(events: readonly BridgeEvent[], savedState?: Json): Promise<void>;
  readonly secrets: SecretStore;
  readonly log: BridgeLog;
  /** Aborted when the account is stopped for good. */
  readonly signal: AbortSignal;
  /** A folder of this account's own, for caches and protocol stores. */
  readonly dataDir: string;
}

export interface SecretStore {
  get(name: string): Promise<string | null>;
  set(name: string, value: string): Promise<void>;
  delete(name: string): Promise<void>;
}

/** Never pass message text, passwords or tokens. */
export interface BridgeLog {
  debug(message: string, data?: Readonly<Record<string, unknown>>): void;
  info(message: string, data?: Readonly<Record<string, unknown>>): void;
  warn(message: string, data?: Readonly<Record<string, unknown>>): void;
}

export interface SendReceipt {
  /** The strongest name the network gave the message. */
  readonly remoteId: RemoteMessageId;
  readonly alternateId?: RemoteMessageId | undefined;
  readonly sentAtMs: number;
  /** Attachments as the network now names them, so that they can be fetched again. */
  readonly attachments?: readonly RemoteAttachment[] | undefined;
  /** Where the network takes what was typed for something else than plain words: `/me waves`. */
  readonly shownAs?: { readonly kind: MessageKind; readonly text: string } | undefined;
}

/** A page of older messages; the messages themselves were emitted before this resolves. */
export interface HistoryPage {
  readonly messageCount: number;
  readonly hasMore: boolean;
  /** Give it back to continue; null at the beginning of the conversation. */
  readonly cursor: string | null;
}

export interface HistoryAbility {
  /**
   * Emits the page of messages before `cursor` with origin `history`. Null cursor: before `oldestKnown`, or the
   * newest page when nothing is known.
   */
  loadOlder(
    conversationId: RemoteConversationId,
    cursor: string | null,
    oldestKnown: { readonly remoteId: RemoteMessageId; readonly sentAtMs: number } | null,
    limit: number,
  ): Promise<HistoryPage>;
  /** Emits one message with origin `history`, wherever it stands. @throws BridgeError `not-found` */
  loadMessage?(conversationId: RemoteConversationId, id: RemoteMessageId): Promise<void>;
}

/** Edits and deletions of our own messages. `id` makes a retry harmless. */
export interface EditAbility {
  /** `hints`, `shownAs`: what the message carried and how it is shown, for a network whose corrections stand in the place of the whole message. */
  edit(target: MessageTarget, text: string, id: string, hints?: SendHints, shownAs?: MessageKind): Promise<void>;
  delete(target: MessageTarget, id: string): Promise<void>;
}

export interface MessageTarget {
  readonly conversationId: RemoteConversationId;
  readonly remoteId: RemoteMessageId;
  readonly alternateId?: RemoteMessageId | undefined;
}

export interface ReactionAbility {
  /** `emojis`: all reactions of ours to this message after the change. */
  react(target: MessageTarget, emojis: readonly string[], id: string): Promise<void>;
}

export interface ReceiptAbility {
  /**
   * Tells the network that we read up to this message. `isShared` false: only our own other devices may learn it;
   * a network that cannot tell only them tells nobody. `isSharedInRooms`: also those in closed rooms may, on a network
   * that tells nobody in rooms by itself. `within`: only of that thread, or of what stands in none.
   */
  markRead(target: MessageTarget, isShared?: boolean, isSharedInRooms?: boolean, within?: ThreadScope): Promise<void>;
}

/** Writing unencrypted into a conversation that is encrypted, after a person decided so. */
export interface PlainTextAbility {
  /** Holds while the session is open; whoever remembers it says it again to the next one. */
  allowPlain(conversationId: RemoteConversationId): void;
  /** The person thought better of it. */
  forbidPlain(conversationId: RemoteConversationId): void;
}

export interface ArchiveRuleAbility {
  /** @throws BridgeError `unsupported` when the server lets nobody choose. */
  load(): Promise<ArchiveRule>;
  /** Resolves with what the server then says; exceptions for single addresses stay as they are. */
  save(rule: ArchiveRule): Promise<ArchiveRule>;
}

export interface TypingAbility {
  /** Never throws when offline: typing is not worth a retry. */
  setTyping(conversationId: RemoteConversationId, isTyping: boolean): Promise<void>;
}

export interface AttachmentAbility {
  /**
   * Streams an attachment into `path` (created, never followed if it exists as a link).
   * @throws BridgeError `too-large` when more than `maxBytes` arrive, `not-found` when the server forgot it.
   */
  download(attachment: RemoteAttachment, path: string, maxBytes: number, signal: AbortSignal): Promise<void>;
}

export interface AvatarAbility {
  /** Streams the picture into `path`. @throws BridgeError `too-large`, `not-found` */
  download(avatar: RemoteAvatar, path: string, maxBytes: number, signal: AbortSignal): Promise<void>;
}

/** How a send goes on; both are optional for a bridge to heed. */
export interface SendControl {
  /** Of the file, in bytes. */
  readonly onProgress?: ((sentBytes: number, totalBytes: number) => void) | undefined;
  /** Stops an upload; the message then fails with `cancelled`. Once the message itself went out it is too late. */
  readonly signal?: AbortSignal | undefined;
}

export interface DirectoryAbility {
  /**
   * Opens (or finds) the direct conversation with an address, or joins the room it names.
   * Emits what it found before it resolves. @throws BridgeError `wrong-address`, `not-found`, `forbidden`.
   */
  startConversation(address: string): Promise<RemoteConversationId>;
}

export interface MembershipAbility {
  accept(conversationId: RemoteConversationId): Promise<void>;
  leave(conversationId: RemoteConversationId): Promise<void>;
}

export interface BridgeSession {
  /** Connects and keeps connected until `stop`; resolves at once. Progress comes as `state` events. */
  start(): Promise<void>;
  /** Disconnects cleanly; no event is emitted after it resolved. */
  stop(): Promise<void>;
  /** The computer woke up or the network changed: try now instead of at the next back-off. */
  reconnect(): void;
  /**
   * Sends once per `transactionId`, however often it is called with it, also after a restart.
   * Resolves when the server has taken it. @throws BridgeError; `isRetryable` says whether to wait.
   */
  send(message: OutgoingMessage, control?: SendControl): Promise<SendReceipt>;
  loadConversation(conversationId: RemoteConversationId): Promise<RemoteConversation>;
  loadPerson(personId: RemotePerson['remoteId']): Promise<RemotePerson>;
  capabilities(conversationId: RemoteConversationId): ConversationCapabilities;

  readonly history?: HistoryAbility | undefined;
  readonly edits?: EditAbility | undefined;
  readonly reactions?: ReactionAbility | undefined;
  readonly receipts?: ReceiptAbility | undefined;
  readonly typing?: TypingAbility | undefined;
  readonly attachments?: AttachmentAbility | undefined;
  readonly directory?: DirectoryAbility | undefined;
  readonly membership?: MembershipAbility | undefined;
  readonly rooms?: RoomAbility | undefined;
  readonly pins?: PinAbility | undefined;
  readonly threads?: ThreadAbility | undefined;
  readonly polls?: PollAbility | undefined;
  readonly folders?: FolderAbility | undefined;
  readonly folderKeeping?: FolderKeepingAbility | undefined;
  readonly contacts?: ContactAbility | undefined;
  readonly profiles?: ProfileAbility | undefined;
  readonly blocking?: BlockAbility | undefined;
  readonly ownPresence?: OwnPresenceAbility | undefined;
  readonly avatars?: AvatarAbility | undefined;
  readonly services?: ServiceAbility | undefined;
  readonly peopleSearch?: PeopleSearchAbility | undefined;
  readonly diagnostics?: DiagnosticsAbility | undefined;
  readonly encryption?: EncryptionAbility | undefined;
  readonly plainText?: PlainTextAbility | undefined;
  readonly archiveRule?: ArchiveRuleAbility | undefined;
  /** The person looks at the app, or does not: a server may then hold back what can wait (XEP-0352). */
  setActive?(isActive: boolean): void;
}
