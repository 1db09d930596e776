/** Folders that a network itself keeps conversations in (Matrix: spaces). */
import type { RemoteConversationId } from './ids.ts';
import type { RoomListing } from './room-data.ts';

export interface RemoteFolder {
  /** As the network names it; means nothing to others. */
  readonly remoteId: string;
  readonly name: string;
  /** Null: it stands by itself. */
  readonly parentId: string | null;
  /** Everything in it, what is in its own folders too. */
  readonly conversationIds: readonly RemoteConversationId[];
}

/** Something that lies in a folder, whether we are in it or not. */
export interface FolderEntry extends RoomListing {
  /** A folder itself. */
  readonly isFolder: boolean;
  readonly isJoined: boolean;
  /** Below the folder that was asked about: 1 for what lies right in it. */
  readonly depth: number;
  /** As the network names it; means nothing to others. Absent: it cannot be moved or taken out. */
  readonly entryId?: string | undefined;
}

export interface NewFolder {
  readonly name: string;
  readonly topic: string;
  /** Anybody may find and enter it; else only who is invited. */
  readonly isPublic: boolean;
  readonly invite: readonly string[];
  /** The folder it is put into; null: it stands by itself. */
  readonly parentId: string | null;
}

/** A folder as one conversation sees it. */
export interface FolderPlace {
  readonly folderId: string;
  /** Right in it, not only in a folder of it. */
  readonly isIn: boolean;
  /** We may put things in, take them out and order them. */
  readonly canArrange: boolean;
}

/** Making folders and arranging what is in them. What comes of it is told by `folders.replaced`. */
export interface FolderKeepingAbility {
  /** @returns the new folder. @throws BridgeError `conflict` with `alias-taken`, `wrong-address`, `forbidden` */
  create(folder: NewFolder): Promise<string>;
  /** Folders of the account, and whether this conversation lies in each. */
  places(conversationId: RemoteConversationId): Promise<readonly FolderPlace[]>;
  /** Whether what lies in this folder may be arranged. */
  canArrange(folderId: string): Promise<boolean>;
  /** `entryId`: a conversation or a folder. At the end of it; twice is the same as once. @throws BridgeError `forbidden`, `conflict` for a folder inside of itself */
  put(folderId: string, entryId: string): Promise<void>;
  take(folderId: string, entryId: string): Promise<void>;
  /** Right before another one that lies in the folder too; null: to the end. @throws BridgeError `not-found`, `too-large` */
  move(folderId: string, entryId: string, beforeId: string | null): Promise<void>;
  invite(folderId: string, address: string): Promise<void>;
  /** What lies in it is not left. */
  leave(folderId: string): Promise<void>;
}

export interface FolderAbility {
  /** What the network shows of a folder, in its order. `next` continues. @throws BridgeError `not-found`, `forbidden` */
  browse(folderId: string, next: string | null, signal: AbortSignal): Promise<{ readonly entries: readonly FolderEntry[]; readonly next: string | null }>;
  /** Enters a folder or a room by the address that `browse` gave. @throws BridgeError as `RoomAbility.join` */
  join(address: string): Promise<void>;
}
