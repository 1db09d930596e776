import type { AccountId, NetworkId, RemoteConversationId, RemoteMessageId } from '#model';
import type { AddressId, ConversationId, MessageId } from '#rpc';
import type { WritableDb } from '../store/database.ts';
import { messageIds } from '../store/message-id.ts';
import type { MessageIds } from '../store/message-id.ts';
import { nameKey } from '../store/repositories/messages.ts';
import type { AddressBook } from './address-book.ts';
import type { ChangeSet } from './change-set.ts';
import type { ConversationCache } from './conversation-cache.ts';
import { findConversationState, getConversationState, insertConversation } from './conversation-state.ts';
import type { ConversationState } from './conversation-state.ts';

/** What the pipeline knows of an account between batches. */
export interface AccountContext {
  readonly id: AccountId;
  readonly network: NetworkId;
  /** Nothing older than this notifies. */
  readonly createdAtMs: number;
  readonly book: AddressBook;
  readonly conversations: ConversationCache;
  /** Keys of messages that parked events wait for. */
  readonly awaitedKeys: Set<number>;
}

/** Texts on their way into the full-text index. */
export interface IndexQueue {
  readonly ids: MessageId[];
  readonly texts: string[];
  readonly scopes: string[];
}

/** A message that may notify; the newest of a conversation wins. */
export interface Announcement {
  readonly senderId: AddressId;
  readonly senderName: string | null;
  readonly messageId: MessageId;
  readonly text: string;
}

/** The state of one batch while it goes through the stages. */
export class Batch {
  readonly db: WritableDb;
  readonly account: AccountContext;
  readonly nowMs: number;
  readonly ids: MessageIds;
  readonly changes: ChangeSet;
  readonly toIndex: IndexQueue = { ids: [], texts: [], scopes: [] };
  readonly announcements = new Map<ConversationId, Announcement>();
  /** Those this batch has touched, in the order it did. */
  private readonly touched = new Set<ConversationState>();

  constructor(db: WritableDb, account: AccountContext, nowMs: number, changes: ChangeSet) {
    this.db = db;
    this.account = account;
    this.nowMs = nowMs;
    this.ids = messageIds(db);
    this.changes = changes;
    account.conversations.refresh(db);
  }

  /** The conversation, or null when the store does not know it. */
  findConversation(remoteId: RemoteConversationId): ConversationState | null {
    const { conversations } = this.account;
    const cached = conversations.byRemoteId.get(remoteId);
    if (cached) return this.use(cached);
    const stored = findConversationState(this.db, this.account.id, remoteId);
    return stored && this.use(conversations.keep(stored));
  }

  /** The conversation; one never heard of is added. */
  conversation(remoteId: RemoteConversationId): ConversationState {
    const known = this.findConversation(remoteId);
    if (known) return known;
    const added = insertConversation(this.db, this.account.id, remoteId, this.account.network, 'direct');
    return this.use(this.account.conversations.keep(added));
  }

  conversationById(id: ConversationId): ConversationState | null {
    const { conversations } = this.account;
    const cached = conversations.byId.get(id);
    if (cached) return this.use(cached);
    const stored = getConversationState(this.db, id);
    return stored && this.use(conversations.keep(stored));
  }

  /** Every conversation the batch has used. */
  conversations(): Iterable<ConversationState> {
    return this.touched;
  }

  /** Marks the row of a conversation as changed. */
  touch(state: ConversationState): void {
    state.isDirty = true;
    this.changes.conversationIds.add(state.id);
  }

  keyOf(state: ConversationState, name: RemoteMessageId): number {
    return nameKey(state.id, name);
  }

  private use(state: ConversationState): ConversationState {
    this.touched.add(state);
    return state;
  }
}
