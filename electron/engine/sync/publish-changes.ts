import type { ConversationId, RpcEvent, RpcEvents } from '#rpc';
import type { ReadableDb } from '../store/database.ts';
import { conversations } from '../store/repositories/conversations.ts';
import { readAll } from '../store/statements.ts';
import type { ChangeSet } from './change-set.ts';
import type { PresenceBoard } from './presence-board.ts';
import type { TypingBoard } from './typing-board.ts';

/** Sends one event to whoever shows things. */
export type Publish = <Name extends RpcEvent>(event: Name, payload: RpcEvents[Name]) => void;

export interface Boards {
  readonly typing: TypingBoard;
  readonly presence: PresenceBoard;
}

/** More rows than this: the interface reloads its list instead of patching it. */
const maxPatchedRows = 100;

/** Tells the interface what a committed batch changed. Has to come after the commit, never before. */
export function publishChanges(db: ReadableDb, changes: ChangeSet, boards: Boards, publish: Publish): void {
  if (changes.conversationIds.size > 0) {
    const ids = [...changes.conversationIds];
    publish('conversations.changed', {
      ids: ids.length > maxPatchedRows ? null : ids,
      totalUnread: conversations.totalUnread(db),
    });
  }
  for (const [conversationId, { ids, removedIds, hasNewest }] of changes.messages) {
    publish('messages.changed', { conversationId, ids: [...ids], removedIds: [...removedIds], hasNewest });
  }
  publishTyping(db, changes, boards.typing, publish);
  const isPresenceNew = publishPresence(db, changes, boards.presence, publish);
  if (changes.accountId !== null && (isPresenceNew || changes.hasContactChanges)) {
    publish('contacts.changed', { accountId: changes.accountId });
  }
  if (changes.accountId !== null) {
    if (changes.hasPictureChanges) publish('pictures.changed', { accountId: changes.accountId });
    if (changes.hasFolderChanges) publish('folders.changed', { accountId: changes.accountId });
    if (changes.hasEncryptionChanges) publish('encryption.changed', { accountId: changes.accountId });
    if (changes.keyImport !== null) publish('encryption.importing', { accountId: changes.accountId, ...changes.keyImport });
    for (const news of changes.verifications) publish('encryption.requested', { accountId: changes.accountId, ...news });
    for (const news of changes.held) publish('services.held', { accountId: changes.accountId, ...news });
  }
  for (const notification of changes.notifications.values()) publish('notification.raised', notification);
}

function publishTyping(db: ReadableDb, changes: ChangeSet, board: TypingBoard, publish: Publish): void {
  const changed = new Set<ConversationId>();
  for (const change of changes.typing) if (board.set(change)) changed.add(change.conversationId);
  for (const conversationId of changed) {
    publish('typing.changed', { conversationId, names: typingNames(db, board, conversationId) });
  }
}

/** Names of who is typing in a conversation. */
export function typingNames(db: ReadableDb, board: TypingBoard, conversationId: ConversationId): string[] {
  return readAll<{ name: string }>(
    db,
    `SELECT coalesce(display_name, handle) AS name FROM json_each(?) AS wanted
     JOIN addresses ON addresses.id = wanted.value ORDER BY wanted.key`,
    JSON.stringify(board.typing(conversationId)),
  ).map((row) => row.name);
}

function publishPresence(db: ReadableDb, changes: ChangeSet, board: PresenceBoard, publish: Publish): boolean {
  const addressIds = changes.presence.filter((change) => board.set(change)).map(({ addressId }) => addressId);
  if (addressIds.length === 0) return false;
  const rows = readAll<{ id: ConversationId }>(
    db,
    `SELECT conversations.id FROM json_each(?) AS wanted
     JOIN conversations ON conversations.peer_id = wanted.value WHERE is_listed = 1`,
    JSON.stringify(addressIds),
  );
  for (const { id } of rows) publish('presence.changed', { conversationId: id });
  return true;
}
