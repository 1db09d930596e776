import type { ConnectionState } from '#bridge';
import type { BridgeFault } from '#bridge';
import type { AccountId, NetworkId, Presence } from '#model';
import type { AddressId, ConversationId, MessageId } from '#rpc';

export interface MessageChanges {
  readonly ids: Set<MessageId>;
  readonly removedIds: Set<MessageId>;
  /** One of them is newer than all that was there. */
  hasNewest: boolean;
}

export interface Notification {
  readonly conversationId: ConversationId;
  readonly title: string;
  readonly body: string;
  readonly network: NetworkId;
  /** Without a sound. */
  readonly isQuiet?: boolean | undefined;
}

export interface TypingChange {
  readonly conversationId: ConversationId;
  readonly addressId: AddressId;
  readonly isTyping: boolean;
}

export interface PresenceChange {
  readonly addressId: AddressId;
  readonly presence: Presence;
  readonly statusText: string | null;
  readonly idleSinceMs?: number | null | undefined;
  readonly lastSeenMs?: number | null | undefined;
}

export interface StateChange {
  readonly connection: ConnectionState;
  readonly fault: BridgeFault | null;
}

export interface VerificationChange {
  readonly requestId: string;
  readonly address: string;
  readonly isSelf: boolean;
  readonly deviceId: string | null;
  readonly isOpen: boolean;
}

export interface HeldChange {
  readonly requestId: string;
  readonly address: string;
  readonly what: 'message' | 'contact-request';
  readonly isOpen: boolean;
}

/** What a batch changed: published only after its commit. */
export class ChangeSet {
  readonly accountId: AccountId | null;
  readonly conversationIds = new Set<ConversationId>();
  readonly messages = new Map<ConversationId, MessageChanges>();
  /** At most one per conversation: the newest. */
  readonly notifications = new Map<ConversationId, Notification>();
  readonly typing: TypingChange[] = [];
  readonly presence: PresenceChange[] = [];
  readonly states: StateChange[] = [];
  readonly verifications: VerificationChange[] = [];
  readonly held: HeldChange[] = [];
  /** Files of the profile's folder of files that nothing refers to any more. */
  readonly removedFileNames: string[] = [];
  /** The contact list, or whom it keeps away, changed. */
  hasContactChanges = false;
  /** Somebody has another picture now, or none. */
  hasPictureChanges = false;
  /** A network named a picture that is not here yet. */
  wantsAvatars = false;
  hasEncryptionChanges = false;
  /** How far the reading of a file of keys got. */
  keyImport: { readonly doneCount: number; readonly totalCount: number } | null = null;
  hasFolderChanges = false;
  hasLoginChanges = false;
  /** Events that could not be stored and lie in quarantine. */
  quarantinedCount = 0;

  constructor(accountId: AccountId | null = null) {
    this.accountId = accountId;
  }

  /** Changes of the messages of a conversation; the conversation's row counts as changed too. */
  messagesOf(conversationId: ConversationId): MessageChanges {
    this.conversationIds.add(conversationId);
    let changes = this.messages.get(conversationId);
    if (!changes) {
      changes = { ids: new Set(), removedIds: new Set(), hasNewest: false };
      this.messages.set(conversationId, changes);
    }
    return changes;
  }

  /** Takes over everything of another one. */
  add(other: ChangeSet): void {
    for (const id of other.conversationIds) this.conversationIds.add(id);
    for (const [conversationId, theirs] of other.messages) {
      const ours = this.messagesOf(conversationId);
      for (const id of theirs.ids) ours.ids.add(id);
      for (const id of theirs.removedIds) ours.removedIds.add(id);
      ours.hasNewest ||= theirs.hasNewest;
    }
    for (const [conversationId, notification] of other.notifications) this.notifications.set(conversationId, notification);
    this.typing.push(...other.typing);
    this.presence.push(...other.presence);
    this.states.push(...other.states);
    this.verifications.push(...other.verifications);
    this.held.push(...other.held);
    this.hasEncryptionChanges ||= other.hasEncryptionChanges;
    this.hasFolderChanges ||= other.hasFolderChanges;
    this.hasLoginChanges ||= other.hasLoginChanges;
    this.removedFileNames.push(...other.removedFileNames);
    this.hasContactChanges ||= other.hasContactChanges;
    this.hasPictureChanges ||= other.hasPictureChanges;
    this.wantsAvatars ||= other.wantsAvatars;
    this.quarantinedCount += other.quarantinedCount;
  }
}
