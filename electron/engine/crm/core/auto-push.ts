import type { ConversationId, PushRow } from '#rpc';
import { RpcFailure } from '../../rpc/rpc-failure.ts';
import { runDurably } from '../../store/transaction.ts';
import type { ConnectionRecord } from '../ledger/connections.ts';
import { plans } from '../ledger/plans.ts';
import { pushRows } from '../ledger/push-rows.ts';
import { pushedMessages } from '../ledger/pushed-messages.ts';
import { acceptPush } from './accept-push.ts';
import { neverBy } from './never-push.ts';
import type { Plan } from './plan.ts';
import type { PushDesk } from './push-desk.ts';
import { notifyPush } from './settle-push.ts';
import { linkOf } from './summarize.ts';

/**
 * A push that nobody pressed a button for. It goes only where a person has chosen the record before; else it is put
 * before the person as `needs-you` (`needs-decision`), and nothing is written. Never to files on staff, never against
 * "never push".
 * @returns null when there is nothing to push, or it must not be pushed
 * @throws ConnectorError `locked` while the vault is closed
 */
export async function autoPush(desk: PushDesk, connection: ConnectionRecord, id: ConversationId, undoMs: number): Promise<PushRow | null> {
  const { db } = desk;
  const conversation = desk.source.conversation(id);
  if (conversation === null || !mayPush(desk, connection, id)) return null;
  const isDecided = linkOf(desk, connection, conversation) !== null;
  const { planPush } = await import('./plan-push.ts');
  const { plan, preview } = await planPush(desk, connection, conversation, { asksAlways: !isDecided });
  // The look-up took a while: what was true before it need not be any more.
  if (!mayPush(desk, connection, id) || plan.content.entries.every((entry) => entry.kind === 'silent')) return null;
  if (!isDecided || preview.suggestedKey === null) return askPerson(desk, connection, plan);
  const record = plans.get(db, plan.id);
  if (record === null) return null;
  try {
    return acceptPush(desk, connection, record, { targetKey: preview.suggestedKey, rememberOneClick: false, undoMs });
  } catch (error) {
    if (error instanceof RpcFailure) return null;
    throw error;
  }
}

function mayPush(desk: PushDesk, connection: ConnectionRecord, id: ConversationId): boolean {
  if (desk.manifestOf(connection).isPersonnel === true || neverBy(desk.db, id) !== null) return false;
  // What waits for the person already is not said twice.
  return pushRows.openOf(desk.db, connection.id, id).every(({ state }) => state !== 'needs-you');
}

/** Stands in the queue with its plan; the choice is made in the sheet, and the push made there takes its place. */
function askPerson(desk: PushDesk, connection: ConnectionRecord, plan: Plan): PushRow {
  const { db } = desk;
  const fresh = plan.content.entries.filter((entry) => entry.kind === 'message');
  const id = runDurably(db, () => {
    const pushId = pushRows.add(db, {
      connectionId: connection.id,
      connectorId: connection.connectorId,
      connectionName: connection.name,
      conversationId: plan.conversationId,
      targetTitle: '',
      url: null,
      messageCount: fresh.length,
      fileCount: plan.content.chunks.reduce((sum, chunk) => sum + chunk.files.length, 0),
      anchorMessageId: fresh.at(-1)?.messageId ?? null,
      undoUntilMs: 0,
      createdAtMs: desk.nowMs(),
    });
    pushRows.setState(db, pushId, { state: 'needs-you', fault: { code: 'needs-decision' } });
    return pushId;
  });
  return notifyPush(desk, id);
}

/** Whether something of the conversation is not in this CRM; what became of older messages goes along with it. */
export const hasNewsFor = (desk: PushDesk, connection: ConnectionRecord, id: ConversationId): boolean =>
  pushedMessages.counts(desk.db, connection.id, id).openMessages > 0;
