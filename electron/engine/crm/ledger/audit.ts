import type { ConnectionId, ConversationId, PushId } from '#rpc';
import type { RemoteRef } from '../connector.ts';
import type { ReadableDb, WritableDb } from '../../store/database.ts';
import { change, readAll } from '../../store/statements.ts';

export type AuditAction =
  | 'chosen'
  | 'created'
  | 'adopted'
  | 'filled'
  | 'changed'
  | 'written'
  | 'withdrawn'
  | 'skipped'
  | 'converged'
  | 'cancelled'
  | 'revealed'
  | 'forbidden'
  | 'allowed';

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
};
