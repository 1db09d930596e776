import type { FolderEntry } from '#model';
import type { AccountId } from '../networks.ts';
import type { FolderId } from '../rows.ts';

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
    readonly entries: readonly FolderEntry[];
    readonly next: string | null;
  };
  /** Enters a room or a folder by the address of an entry. Errors as `rooms.join`. */
  'folders.join': (input: { readonly id: FolderId; readonly address: string }) => { readonly isDone: true };
}
