import type { ConversationId, PushRule } from '#rpc';
import type { ReadableDb } from '../../store/database.ts';
import { readAll, readOne } from '../../store/statements.ts';
import { connections } from '../ledger/connections.ts';
import type { ConnectionRecord } from '../ledger/connections.ts';

/** The first rule of the connection that is true of the conversation; null: none. A rule that names nothing is true of nothing. */
export function matchRule(db: ReadableDb, connection: ConnectionRecord, id: ConversationId): PushRule | null {
  if (connection.rules.length === 0) return null;
  const row = readOne<{ account_id: number; network: string; remote_id: string }>(
    db,
    'SELECT account_id, network, remote_id FROM conversations WHERE id = ?',
    id,
  );
  if (!row) return null;
  const folders = readAll<{ id: number }>(
    db,
    `SELECT folders.id FROM folders JOIN folder_conversations ON folder_id = folders.id
     WHERE account_id = ? AND conversation_remote_id = ?`,
    row.account_id,
    row.remote_id,
  ).map((folder) => folder.id);
  const isTrue = (rule: PushRule): boolean =>
    (rule.accountId !== undefined || rule.network !== undefined || rule.folderId !== undefined) &&
    (rule.accountId === undefined || rule.accountId === row.account_id) &&
    (rule.network === undefined || rule.network === row.network) &&
    (rule.folderId === undefined || folders.includes(rule.folderId));
  return connection.rules.find(isTrue) ?? null;
}

/** Where a conversation goes when nobody says so: to the first connection with a rule for it. */
export const connectionByRule = (db: ReadableDb, id: ConversationId): ConnectionRecord | null =>
  connections.list(db).find((connection) => matchRule(db, connection, id) !== null) ?? null;

/** The connection as it is for this conversation: a rule may want another kind of record. */
export function underRules(db: ReadableDb, connection: ConnectionRecord, id: ConversationId): ConnectionRecord {
  const rule = matchRule(db, connection, id);
  return rule === null || rule.recordKind === null ? connection : withKind(connection, rule.recordKind);
}

/** The same connection, writing to this kind of record. */
export const withKind = (connection: ConnectionRecord, recordKind: string): ConnectionRecord => ({
  ...connection,
  values: { ...connection.values, recordKind },
});
