import type { BridgeEvent } from '#bridge';
import { folders } from '../../store/repositories/folders.ts';
import { cutText } from '../../text/plain-line.ts';
import type { Batch } from '../batch.ts';
import { checkName, InvalidEvent } from '../event-checks.ts';

const mostFolders = 1_000;
const mostConversations = 10_000;
const longestName = 200;

export function applyFoldersReplaced(batch: Batch, event: Extract<BridgeEvent, { readonly type: 'folders.replaced' }>): void {
  if (event.folders.length > mostFolders) throw new InvalidEvent('too many folders');
  const checked = event.folders.map(({ remoteId, parentId, name, conversationIds }) => {
    checkName(remoteId, 'folder');
    if (parentId !== null) checkName(parentId, 'parent');
    for (const id of conversationIds.slice(0, mostConversations)) checkName(id, 'conversation');
    return { remoteId, parentId, name: cutText(name, longestName), conversationIds: conversationIds.slice(0, mostConversations) };
  });
  folders.replace(batch.db, batch.account.id, checked);
  batch.changes.hasFolderChanges = true;
}
