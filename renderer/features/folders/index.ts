/** The door of this feature. */
export { depthOf } from './folder-tree.ts';
export { createFolderDialog, folderDialogKey, useFolderDialog, type FolderDialog } from './useFolderDialog.ts';
export { useFolders } from './useFolders.ts';
