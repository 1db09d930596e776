import { inject, shallowRef, type InjectionKey, type ShallowRef } from 'vue';
import type { ConversationId, FolderId } from '../../rpc/index.ts';

/** What is open about folders; wherever it was asked for, it is drawn in one place (`FolderDialogs`). */
export type FolderDialog =
  | { readonly kind: 'create'; readonly parentId: FolderId | null }
  /** Null: the first one. */
  | { readonly kind: 'arrange'; readonly id: FolderId | null }
  | { readonly kind: 'places'; readonly conversationId: ConversationId };

export const folderDialogKey: InjectionKey<ShallowRef<FolderDialog | null>> = Symbol('folder dialog');

export const createFolderDialog = (): ShallowRef<FolderDialog | null> => shallowRef(null);

/** Set it to open one; null when none is open. */
export const useFolderDialog = (): ShallowRef<FolderDialog | null> => inject(folderDialogKey, createFolderDialog, true);
