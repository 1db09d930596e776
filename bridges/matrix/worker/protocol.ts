/** What the session in the engine and its worker thread say to each other. Everything is structured-clonable. */
import type {
  BridgeEvent,
  BridgeFault,
  ConnectionState,
  DialogAction,
  DialogStep,
  EncryptionHealth,
  EncryptionWarnings,
  EncryptionTask,
  ExportedKeys,
  FormValues,
  HistoryPage,
  MessageTarget,
  PersonTrust,
  NewPoll,
  SendReceipt,
  UnverifiedDevices,
  ThreadScope,
} from '#bridge';
import type {
  OutgoingMessage,
  RemoteAttachment,
  RemoteConversation,
  RemoteConversationId,
  RemoteMessageId,
  RemotePerson,
  RemotePersonId,
  RoomPowers,
} from '#model';
import type { RoomLimits } from '../bridged/room-limits.ts';
import type { SavedProgress } from '../account-settings.ts';
import type { OAuthAccount } from '../oauth.ts';
import type { Tokens } from '../refresh.ts';
import type { OpenedDialog } from './dialog-desk.ts';
import type { PeopleCalls } from './people-calls.ts';
import type { RoomCalls } from './room-calls.ts';
import type { ServiceCalls } from './service-calls.ts';

export interface WorkerConfig {
  readonly baseUrl: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly tokens: Tokens;
  /** Of an account that signed in by OAuth. */
  readonly oauth?: OAuthAccount | undefined;
  readonly storePath: string;
  /** Of this device's keys. */
  readonly cryptoFolder: string;
  /** Base64, 32 bytes: seals what is in that folder. */
  readonly cryptoKey: string;
  readonly progress: SavedProgress | null;
}

/** Everything the engine may ask of an account; the session forwards, the worker does. */
export interface AccountCalls extends RoomCalls, PeopleCalls, ServiceCalls {
  send(message: OutgoingMessage): Promise<SendReceipt>;
  edit(target: MessageTarget, text: string, id: string): Promise<void>;
  delete(target: MessageTarget, id: string): Promise<void>;
  react(target: MessageTarget, emojis: readonly string[], id: string): Promise<void>;
  markRead(target: MessageTarget, isShared: boolean, within?: ThreadScope): Promise<void>;
  loadMessage(conversationId: RemoteConversationId, id: RemoteMessageId): Promise<void>;
  loadThread(conversationId: RemoteConversationId, root: RemoteMessageId, cursor: string | null, limit: number): Promise<HistoryPage>;
  vote(target: MessageTarget, choices: readonly string[], id: string): Promise<void>;
  endPoll(target: MessageTarget, id: string): Promise<void>;
  createPoll(conversationId: RemoteConversationId, poll: NewPoll, id: string): Promise<void>;
  setTyping(conversationId: RemoteConversationId, isTyping: boolean): Promise<void>;
  download(attachment: RemoteAttachment, path: string, maxBytes: number): Promise<void>;
  loadOlder(
    conversationId: RemoteConversationId,
    cursor: string | null,
    oldestKnown: { readonly remoteId: RemoteMessageId; readonly sentAtMs: number } | null,
    limit: number,
  ): Promise<HistoryPage>;
  startConversation(address: string): Promise<RemoteConversationId>;
  accept(conversationId: RemoteConversationId): Promise<void>;
  leave(conversationId: RemoteConversationId): Promise<void>;
  loadConversation(conversationId: RemoteConversationId): Promise<RemoteConversation>;
  loadPerson(personId: RemotePersonId): Promise<RemotePerson>;
  encryptionHealth(): Promise<EncryptionHealth>;
  personTrust(userId: string): Promise<PersonTrust>;
  unverifiedDevices(userId: string): Promise<UnverifiedDevices>;
  encryptionWarnings(conversationId: RemoteConversationId): Promise<EncryptionWarnings>;
  exportKeys(passphrase: string): Promise<ExportedKeys>;
  importKeys(path: string, passphrase: string): Promise<{ readonly keyCount: number }>;
  /** Dialogs stay in the worker; the session knows them by number. */
  openTask(task: EncryptionTask): Promise<OpenedDialog>;
  answerTask(id: number, action: DialogAction, values: FormValues): Promise<DialogStep>;
  waitTask(id: number): Promise<DialogStep>;
  closeTask(id: number): Promise<void>;
}

export type CallName = keyof AccountCalls;

/** What we may do in a room; the session answers `capabilities` from it without asking. */
export interface RoomAbilities {
  readonly roomId: string;
  readonly isJoined: boolean;
  readonly isEncrypted: boolean;
  /** It goes on in another room. */
  readonly hasMoved?: boolean | undefined;
  readonly canSend: boolean;
  readonly canReact: boolean;
  readonly canRedact: boolean;
  readonly canPin: boolean;
  readonly canVote: boolean;
  readonly canMakePolls: boolean;
  /** Of a bridged room: what its network allows. */
  readonly limits?: RoomLimits | undefined;
  readonly powers: RoomPowers;
}

export type ToWorker =
  | { readonly kind: 'start'; readonly config: WorkerConfig }
  | { readonly kind: 'stop' }
  | { readonly kind: 'reconnect' }
  /** Somebody looks at the app, or nobody does. */
  | { readonly kind: 'active'; readonly isActive: boolean }
  /** The engine has committed this batch. */
  | { readonly kind: 'stored'; readonly batchId: number }
  | { readonly kind: 'call'; readonly id: number; readonly name: CallName; readonly args: readonly unknown[] }
  | { readonly kind: 'cancel'; readonly id: number }
  | { readonly kind: 'tokens-saved'; readonly id: number; readonly isSaved: boolean };

export type FromWorker =
  | { readonly kind: 'state'; readonly connection: ConnectionState; readonly fault?: BridgeFault | undefined }
  /** Must be committed and answered with `stored`; the next one comes after that. */
  | { readonly kind: 'batch'; readonly events: readonly BridgeEvent[]; readonly progress: SavedProgress }
  /** Typing and the like: told once, never repeated. */
  | { readonly kind: 'passing'; readonly events: readonly BridgeEvent[] }
  | { readonly kind: 'rooms'; readonly rooms: readonly RoomAbilities[] }
  | { readonly kind: 'limits'; readonly maxFileBytes: number }
  | { readonly kind: 'result'; readonly id: number; readonly value: unknown }
  | { readonly kind: 'failure'; readonly id: number; readonly fault: BridgeFault }
  | { readonly kind: 'save-tokens'; readonly id: number; readonly tokens: Tokens }
  | {
      readonly kind: 'log';
      readonly level: 'debug' | 'info' | 'warn';
      readonly message: string;
      readonly data?: Readonly<Record<string, unknown>> | undefined;
    }
  | { readonly kind: 'stopped' };
