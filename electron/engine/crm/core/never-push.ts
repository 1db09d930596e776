import type { ConversationId, NeverPush, PushRow } from '#rpc';
import { RpcFailure } from '../../rpc/rpc-failure.ts';
import type { ReadableDb } from '../../store/database.ts';
import { change, readAll, readOne } from '../../store/statements.ts';
import { runDurably } from '../../store/transaction.ts';
import { audit } from '../ledger/audit.ts';
import { ops } from '../ledger/ops.ts';
import { pushRows } from '../ledger/push-rows.ts';
import type { PushDesk } from './push-desk.ts';

export type NeverScope = 'person' | 'conversation' | 'account';

/** Which rule forbids pushing a conversation; null: none. The widest one is named. */
export function neverBy(db: ReadableDb, id: ConversationId): NeverScope | null {
  const { isAccount, isPerson, isConversation } = readNever(db, id);
  if (isAccount) return 'account';
  if (isPerson || hasNeverInGroup(db, id)) return 'person';
  return isConversation ? 'conversation' : null;
}

/** @throws RpcFailure `never-push`, with the rule in `detail` */
export function refuseNever(db: ReadableDb, id: ConversationId): void {
  const by = neverBy(db, id);
  if (by !== null) throw new RpcFailure('never-push', `pushing is forbidden for this ${by}`, { detail: by });
}

/** The rules as they are set for the conversation, its other person and its account. */
export function readNever(db: ReadableDb, id: ConversationId): NeverPush {
  const row = readOne<{ account: number; person: number; conversation: number }>(
    db,
    `SELECT EXISTS (SELECT 1 FROM crm_never_accounts WHERE account_id = conversations.account_id) AS account,
       EXISTS (SELECT 1 FROM addresses JOIN crm_never_addresses ON address_id = addresses.id
         WHERE conversations.kind = 'direct' AND (addresses.id = conversations.peer_id
           OR addresses.person_id = (SELECT person_id FROM addresses AS peer WHERE peer.id = conversations.peer_id))) AS person,
       EXISTS (SELECT 1 FROM crm_never_conversations WHERE conversation_id = conversations.id) AS conversation
     FROM conversations WHERE id = ?`,
    id,
  );
  return { isAccount: row?.account === 1, isPerson: row?.person === 1, isConversation: row?.conversation === 1 };
}

/** Somebody who is never pushed wrote in this group: their words must not go along with those of the others. */
const hasNeverInGroup = (db: ReadableDb, id: ConversationId): boolean =>
  readOne(
    db,
    `SELECT 1 FROM addresses AS never_addresses JOIN crm_never_addresses ON address_id = never_addresses.id
       JOIN addresses ON addresses.person_id = never_addresses.person_id OR addresses.id = never_addresses.id
     WHERE EXISTS (SELECT 1 FROM messages WHERE messages.conversation_id = ? AND messages.sender_id = addresses.id) LIMIT 1`,
    id,
  ) !== undefined;

/**
 * Sets or lifts a rule. Set, it ends every push of these conversations that can still be stopped; what is being
 * written ends before its next attempt.
 */
export function setNeverPush(
  desk: PushDesk,
  given: { readonly conversationId: ConversationId; readonly scope: NeverScope; readonly isOn: boolean },
  cancel: (push: PushRow) => PushRow,
): NeverPush {
  const { db } = desk;
  const { conversationId, scope, isOn } = given;
  runDurably(db, () => {
    if (scope === 'account') setRow(desk, 'crm_never_accounts', 'account_id', `SELECT account_id AS id FROM conversations WHERE id = ?`, given);
    else if (scope === 'conversation') setRow(desk, 'crm_never_conversations', 'conversation_id', 'SELECT id FROM conversations WHERE id = ?', given);
    else setRow(desk, 'crm_never_addresses', 'address_id', addressesOfPeer, given);
    audit.add(db, {
      atMs: desk.nowMs(),
      ...{ connectionId: 0 as never, connectionName: '', conversationId, pushId: null },
      action: isOn ? 'forbidden' : 'allowed',
      detail: scope,
    });
  });
  if (isOn) {
    for (const push of pushRows.open(db)) {
      const isStoppable = push.state !== 'sending' && (push.state !== 'waiting' || !ops.hasStarted(db, push.id));
      if (isStoppable && neverBy(db, push.conversationId) !== null) cancel(push);
    }
  }
  desk.notify.connectionChanged(0 as never, 'ready', null);
  return readNever(db, conversationId);
}

const addressesOfPeer = `SELECT addresses.id FROM conversations JOIN addresses AS peer ON peer.id = conversations.peer_id
  JOIN addresses ON addresses.id = peer.id OR addresses.person_id = peer.person_id
  WHERE conversations.id = ? AND conversations.kind = 'direct'`;

function setRow(
  { db }: PushDesk,
  table: 'crm_never_accounts' | 'crm_never_conversations' | 'crm_never_addresses',
  column: string,
  query: string,
  { conversationId, isOn }: { readonly conversationId: ConversationId; readonly isOn: boolean },
): void {
  const ids = readAll<{ id: number }>(db, query, conversationId);
  if (ids.length === 0) throw new RpcFailure('not-possible', 'nobody to set this for');
  for (const { id } of ids) {
    if (isOn) change(db, `INSERT OR IGNORE INTO ${table} (${column}) VALUES (?)`, id);
    else change(db, `DELETE FROM ${table} WHERE ${column} = ?`, id);
  }
}
