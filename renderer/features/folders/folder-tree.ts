import type { FolderId, FolderRow } from '../../rpc/index.ts';
import { visibleText } from '../../ui/visible-text.ts';

const deepest = 8;

/** How deep a folder lies; a network that puts folders into each other in a circle ends somewhere. */
export const depthOf = (folder: FolderRow, all: readonly FolderRow[]): number => {
  const byId = new Map<FolderId, FolderRow>(all.map((row) => [row.id, row]));
  let depth = 0;
  for (let parent = folder.parentId; parent !== null && depth < deepest; parent = byId.get(parent)?.parentId ?? null) depth += 1;
  return depth;
};

/** For a list to choose from: what lies in another one is set in. */
export const folderOptions = (folders: readonly FolderRow[]): readonly { readonly value: string; readonly label: string }[] =>
  folders.map((folder) => ({ value: String(folder.id), label: `${'\u2003'.repeat(depthOf(folder, folders))}${visibleText(folder.name)}` }));
