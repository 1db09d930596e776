import type { AuditAction, AuditRow, ConnectionId, ConversationId, PushId } from '#rpc';
import type { RemoteRef } from '../connector.ts';
import type { ReadableDb, WritableDb } from '../../store/database.ts';
import { change, readAll } from '../../store/statements.ts';

export interface AuditEntry {
  readonly atMs: number;
  readonly connectionId: ConnectionId;
  readonly connectionName: string;
  readonly conversationId: ConversationId | null;
  readonly pushId: PushId | null;
  readonly action: AuditAction;
  readonly recordKind: string | null;
  readonly recordId: string | null;
  readonly key: string | null;
  /** Field names, part numbers: never what was written. */
  readonly detail: string | null;
}

/** What we wrote where and when, kept for good. */
export const audit = {
  add: (
    db: WritableDb,
    entry: Omit<AuditEntry, 'recordKind' | 'recordId' | 'key' | 'detail'> & {
      readonly ref?: RemoteRef | undefined;
      readonly key?: string | undefined;
      readonly detail?: string | undefined;
    },
  ): void => {
    change(
      db,
      `INSERT INTO crm_audit (at_ms, connection_id, connection_name, conversation_id, push_id, action, record_kind,
         record_id, key, detail) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      entry.atMs,
      entry.connectionId,
      entry.connectionName,
      entry.conversationId,
      entry.pushId,
      entry.action,
      entry.ref?.kind ?? null,
      entry.ref?.id ?? null,
      entry.key ?? null,
      entry.detail ?? null,
    );
  },

  ofConversation: (db: ReadableDb, conversationId: ConversationId): readonly AuditEntry[] =>
    readAll<AuditEntry>(
      db,
      `SELECT at_ms AS atMs, connection_id AS connectionId, connection_name AS connectionName,
         conversation_id AS conversationId, push_id AS pushId, action, record_kind AS recordKind,
         record_id AS recordId, key, detail
       FROM crm_audit WHERE conversation_id = ? ORDER BY id`,
      conversationId,
    ),

  /** Of all conversations, newest first, before the entry with this id. */
  page: (db: ReadableDb, beforeId: number | null, limit: number): readonly AuditRow[] =>
    readAll<AuditRow>(
      db,
      `SELECT crm_audit.id, at_ms AS atMs, accounts.address AS account, conversations.title AS conversationTitle,
         connection_name AS connectionName, action, record_kind AS recordKind, record_id AS recordId, detail
       FROM crm_audit LEFT JOIN conversations ON conversations.id = conversation_id
         LEFT JOIN accounts ON accounts.id = conversations.account_id
       WHERE crm_audit.id < ? ORDER BY crm_audit.id DESC LIMIT ?`,
      beforeId ?? Number.MAX_SAFE_INTEGER,
      limit,
    ),
};
