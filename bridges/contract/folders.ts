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
}

export interface FolderAbility {
  /** What the network shows of a folder, in its order. `next` continues. @throws BridgeError `not-found`, `forbidden` */
  browse(folderId: string, next: string | null, signal: AbortSignal): Promise<{ readonly entries: readonly FolderEntry[]; readonly next: string | null }>;
  /** Enters a folder or a room by the address that `browse` gave. @throws BridgeError as `RoomAbility.join` */
  join(address: string): Promise<void>;
}
