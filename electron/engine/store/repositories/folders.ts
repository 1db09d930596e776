import type { RemoteFolder } from '#bridge';
import type { AccountId } from '#model';
import type { FolderId, FolderRow } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';

export interface FolderRecord {
  readonly accountId: AccountId;
  readonly remoteId: string;
}

/** Folders of the networks: which there are, and what lies in each. */
export const folders = {
  /** In the order of the networks, each with what is unread in it. */
  list: (db: ReadableDb): FolderRow[] =>
    readAll(
      db,
      `SELECT folders.id, folders.account_id AS accountId, parents.id AS parentId, folders.name,
         (SELECT count(*) FROM folder_conversations JOIN conversations
            ON conversations.account_id = folders.account_id AND conversations.remote_id = conversation_remote_id
          WHERE folder_id = folders.id AND is_listed = 1 AND unread_count > 0) AS unreadCount
       FROM folders LEFT JOIN folders AS parents
         ON parents.account_id = folders.account_id AND parents.remote_id = folders.parent_remote_id
       ORDER BY folders.account_id, folders.position`,
    ),

  get: (db: ReadableDb, id: FolderId): FolderRecord | null =>
    readOne<FolderRecord>(db, 'SELECT account_id AS accountId, remote_id AS remoteId FROM folders WHERE id = ?', id) ?? null,

  findId: (db: ReadableDb, accountId: AccountId, remoteId: string): FolderId | null =>
    readOne<{ id: FolderId }>(db, 'SELECT id FROM folders WHERE account_id = ? AND remote_id = ?', accountId, remoteId)?.id ?? null,

  /** Makes them what the network says; a folder that stays keeps its id. */
  replace: (db: WritableDb, accountId: AccountId, all: readonly RemoteFolder[]): void => {
    change(
      db,
      'DELETE FROM folders WHERE account_id = ? AND remote_id NOT IN (SELECT value FROM json_each(?))',
      accountId,
      JSON.stringify(all.map(({ remoteId }) => remoteId)),
    );
    for (const [position, { remoteId, parentId, name, conversationIds }] of all.entries()) {
      change(
        db,
        `INSERT INTO folders (account_id, remote_id, parent_remote_id, name, position) VALUES (?, ?, ?, ?, ?)
         ON CONFLICT (account_id, remote_id) DO UPDATE SET
           parent_remote_id = excluded.parent_remote_id, name = excluded.name, position = excluded.position`,
        accountId,
        remoteId,
        parentId,
        name,
        position,
      );
      const ofFolder = '(SELECT id FROM folders WHERE account_id = ? AND remote_id = ?)';
      change(db, `DELETE FROM folder_conversations WHERE folder_id = ${ofFolder}`, accountId, remoteId);
      change(
        db,
        `INSERT OR IGNORE INTO folder_conversations SELECT ${ofFolder}, value FROM json_each(?)`,
        accountId,
        remoteId,
        JSON.stringify(conversationIds),
      );
    }
  },
};

/** Whether a conversation of the list lies in the folder of the one parameter. */
export const inFolder = `EXISTS (SELECT 1 FROM folder_conversations JOIN folders ON folders.id = folder_id
  WHERE folder_id = ? AND folders.account_id = conversations.account_id AND conversation_remote_id = conversations.remote_id)`;
