import type { ConnectionId, ConversationId, PushId } from '#rpc';
import type { Plan, PlanContent } from '../core/plan.ts';
import type { ReadableDb, WritableDb } from '../../store/database.ts';
import { change, readAll, readOne } from '../../store/statements.ts';

export interface PlanRecord extends Plan {
  readonly pushId: PushId | null;
  readonly targetKey: string | null;
  /** Attempts that may have been applied, in a row. */
  readonly failures: number;
}

interface SqlRow {
  readonly id: string;
  readonly connection_id: ConnectionId;
  readonly conversation_id: ConversationId;
  readonly push_id: PushId | null;
  readonly target_key: string | null;
  readonly content: string;
  readonly failures: number;
  readonly planned_at_ms: number;
}

const toRecord = (row: SqlRow): PlanRecord => ({
  id: row.id,
  connectionId: row.connection_id,
  conversationId: row.conversation_id,
  pushId: row.push_id,
  targetKey: row.target_key,
  failures: row.failures,
  plannedAtMs: row.planned_at_ms,
  content: JSON.parse(row.content) as PlanContent,
});

const unusedKeptMs = 24 * 60 * 60 * 1000;

/** Plans: shown ones wait a day for their button, pushed ones live until they are written. */
export const plans = {
  add: (db: WritableDb, plan: Plan): void => {
    change(db, 'DELETE FROM crm_plans WHERE push_id IS NULL AND planned_at_ms < ?', plan.plannedAtMs - unusedKeptMs);
    // One shown plan a conversation and connection is enough: a newer one replaces it.
    change(
      db,
      'DELETE FROM crm_plans WHERE push_id IS NULL AND connection_id = ? AND conversation_id = ? AND planned_at_ms < ?',
      plan.connectionId,
      plan.conversationId,
      plan.plannedAtMs - 10 * 60 * 1000,
    );
    change(
      db,
      'INSERT INTO crm_plans (id, connection_id, conversation_id, content, planned_at_ms) VALUES (?, ?, ?, ?, ?)',
      plan.id,
      plan.connectionId,
      plan.conversationId,
      JSON.stringify(plan.content),
      plan.plannedAtMs,
    );
  },

  get: (db: ReadableDb, id: string): PlanRecord | null => {
    const row = readOne<SqlRow>(db, 'SELECT * FROM crm_plans WHERE id = ?', id);
    return row ? toRecord(row) : null;
  },

  ofPush: (db: ReadableDb, pushId: PushId): PlanRecord | null => {
    const row = readOne<SqlRow>(db, 'SELECT * FROM crm_plans WHERE push_id = ?', pushId);
    return row ? toRecord(row) : null;
  },

  /** Of pushes that will write what they hold without a person's help. */
  active: (db: ReadableDb, connectionId: ConnectionId, conversationId: ConversationId): readonly PlanRecord[] =>
    readAll<SqlRow>(
      db,
      `SELECT crm_plans.* FROM crm_plans JOIN pushes ON pushes.id = crm_plans.push_id
       WHERE crm_plans.connection_id = ? AND crm_plans.conversation_id = ?
         AND pushes.state IN ('undoable', 'waiting', 'sending') ORDER BY pushes.id`,
      connectionId,
      conversationId,
    ).map(toRecord),

  assign: (db: WritableDb, id: string, pushId: PushId, targetKey: string): void => {
    change(db, 'UPDATE crm_plans SET push_id = ?, target_key = ? WHERE id = ?', pushId, targetKey, id);
  },

  setContent: (db: WritableDb, id: string, content: PlanContent): void => {
    change(db, 'UPDATE crm_plans SET content = ? WHERE id = ?', JSON.stringify(content), id);
  },

  setFailures: (db: WritableDb, pushId: PushId, failures: number): void => {
    change(db, 'UPDATE crm_plans SET failures = ? WHERE push_id = ?', failures, pushId);
  },

  /** The texts have been written or never will be: they need not lie here twice. */
  drop: (db: WritableDb, pushId: PushId): void => {
    change(db, 'DELETE FROM crm_plans WHERE push_id = ?', pushId);
  },
};
