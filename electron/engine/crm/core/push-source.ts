/** What the core asks of the rest of the engine: the conversation to push, and the bytes of its files. */
import type { AttachmentId, ConnectionId, ConversationId, Fault, MessageId } from '#rpc';
import type { ConversationKind, MessageKind, NetworkId, PersonIdentifier } from '#model';

export interface SourceConversation {
  readonly id: ConversationId;
  /** The same on every device that has this account: account address and the network's own id. */
  readonly stableId: string;
  readonly network: NetworkId;
  readonly kind: ConversationKind;
  readonly title: string;
  /** Our own name or address in it. */
  readonly ownName: string;
  /** Of the other person of a direct conversation, or of the group itself. */
  readonly handle: string;
  /** Verified ones only, besides the handle. */
  readonly identifiers: readonly PersonIdentifier[];
}

export interface SourceAttachment {
  readonly id: AttachmentId;
  readonly stableId: string;
  readonly name: string;
  readonly mime: string;
  readonly sizeBytes: number | null;
  /** Why its bytes cannot be had any more; null when they are here or can be fetched. */
  readonly fault: Fault | null;
}

export interface SourceMessage {
  readonly id: MessageId;
  /** The same on every device and over repeated deliveries. */
  readonly stableId: string;
  readonly sentAtMs: number;
  readonly senderName: string;
  readonly isOwn: boolean;
  readonly kind: MessageKind;
  readonly text: string;
  /** Grows with every edit and with deletion; 0: as first sent. */
  readonly version: number;
  readonly editedAtMs: number | null;
  readonly deletedAtMs: number | null;
  readonly replyTo: { readonly senderName: string; readonly excerpt: string } | null;
  readonly attachments: readonly SourceAttachment[];
  /** Version that is in the CRM already; null: not there. */
  readonly pushedVersion: number | null;
}

export interface PushSource {
  conversation(id: ConversationId): SourceConversation | null;
  /**
   * What a connection has not got, in the order of the conversation: new messages and those changed since. What is
   * on its way out or failed is left out, because a customer never saw it. After a first push, older history that
   * was loaded later stays out too: nobody expects one click to send last year.
   */
  pending(id: ConversationId, connectionId: ConnectionId, start?: SourceStart): Iterable<SourceMessage>;
  /** Nothing of it is in this CRM yet. */
  isFirst(id: ConversationId, connectionId: ConnectionId): boolean;
}

/** Where the first push of a conversation begins; without effect on later ones. */
export interface SourceStart {
  readonly atMs?: number | undefined;
  readonly messageId?: MessageId | undefined;
}

export interface FileOnDisk {
  readonly path: string;
  readonly sizeBytes: number;
}

export interface PushFiles {
  /**
   * The engine's copy of an attachment, fetched from its network when it is not here yet.
   * @throws ConnectorError `offline` when the network cannot be asked now, `file-unavailable` when it is gone
   */
  ensure(id: AttachmentId, signal: AbortSignal): Promise<FileOnDisk>;
}
