import type { FolderEntry } from '#model';
import type { AccountId } from '../networks.ts';
import type { ConversationId, FolderId } from '../rows.ts';

/** A folder that a network keeps conversations in (Matrix: a space). */
export interface FolderRow {
  readonly id: FolderId;
  readonly accountId: AccountId;
  /** Null: it stands by itself. */
  readonly parentId: FolderId | null;
  readonly name: string;
  /** Conversations in it with something unread. */
  readonly unreadCount: number;
}

export interface FolderMethods {
  /** Of all accounts, in the order of their networks. `conversations.list` takes one of them as a filter. */
  'folders.list': (input: Readonly<Record<string, never>>) => readonly FolderRow[];
  /** What lies in it, joined or not; asks the network. */
  'folders.browse': (input: { readonly id: FolderId; readonly next: string | null }) => {
    readonly entries: readonly FolderEntryRow[];
    readonly next: string | null;
  };
  /** Enters a room or a folder by the address of an entry. Errors as `rooms.join`. */
  'folders.join': (input: { readonly id: FolderId; readonly address: string }) => { readonly isDone: true };
  /** Makes one; null when the network has not told of it yet (`folders.changed` will). Errors as `rooms.create`. */
  'folders.create': (input: {
    readonly accountId: AccountId;
    readonly name: string;
    readonly topic: string;
    readonly isPublic: boolean;
    readonly invite: readonly string[];
    readonly parentId: FolderId | null;
  }) => { readonly id: FolderId | null };
  /** The folders of its account, and whether the conversation lies right in each. */
  'folders.places': (input: { readonly conversationId: ConversationId }) => readonly FolderPlaceRow[];
  /** Whether we may put things into it, take them out and order them. */
  'folders.canArrange': (input: { readonly id: FolderId }) => { readonly canArrange: boolean };
  'folders.put': (input: { readonly id: FolderId; readonly entry: FolderCandidate }) => { readonly isDone: true };
  /** `entryId`: as `folders.browse` named it. */
  'folders.take': (input: { readonly id: FolderId; readonly entryId: string }) => { readonly isDone: true };
  'folders.takeConversation': (input: { readonly id: FolderId; readonly conversationId: ConversationId }) => { readonly isDone: true };
  /** Right before another entry; null: to the end. */
  'folders.move': (input: { readonly id: FolderId; readonly entryId: string; readonly beforeId: string | null }) => { readonly isDone: true };
  'folders.invite': (input: { readonly id: FolderId; readonly address: string }) => { readonly isDone: true };
  /** What lies in it is not left. */
  'folders.leave': (input: { readonly id: FolderId }) => { readonly isDone: true };
}

/** An entry with what we have of it: null when it is not in our list. */
export interface FolderEntryRow extends FolderEntry {
  readonly conversationId: ConversationId | null;
  readonly folderId: FolderId | null;
}

/** What can be put into a folder: a conversation of its account, or another folder of it. */
export type FolderCandidate = { readonly conversationId: ConversationId } | { readonly folderId: FolderId };

export interface FolderPlaceRow {
  readonly id: FolderId;
  readonly isIn: boolean;
  readonly canArrange: boolean;
}
