import type { ConversationId, PushId } from '#rpc';
import { runDurably } from '../../store/transaction.ts';
import { Permanent } from '../errors.ts';
import { audit } from '../ledger/audit.ts';
import type { ConnectionRecord } from '../ledger/connections.ts';
import { ops } from '../ledger/ops.ts';
import type { Op } from '../ledger/ops.ts';
import { pushRows } from '../ledger/push-rows.ts';
import { pushedMessages } from '../ledger/pushed-messages.ts';
import type { PushDesk } from './push-desk.ts';
import { pushTag } from './push-tag.ts';
import { notifyPush } from './settle-push.ts';

/**
 * Takes back the notes and files of one push. Records of people stay: others may have worked with them since.
 * When all are gone, its messages count as not pushed again.
 */
export async function withdrawPush(desk: PushDesk, connection: ConnectionRecord, pushId: PushId, conversationId: ConversationId) {
  const connector = await desk.connectorOf(connection);
  const context = await desk.contextOf(connection, AbortSignal.timeout(60_000));
  const written = ops.ofPush(desk.db, pushId).filter((op) => isTakeable(op));
  let withdrawnCount = 0;
  for (const op of written) {
    if (op.remote === null || connector.withdraw === undefined || !connector.manifest.canWithdraw[op.role]) continue;
    try {
      await connector.withdraw(context, op.remote, op.key);
    } catch (error) {
      // Gone or changed by hand since: not ours to delete any more.
      if (!(error instanceof Permanent) || (error.code !== 'rejected' && error.code !== 'record-gone')) throw error;
      continue;
    }
    withdrawnCount += 1;
    runDurably(desk.db, () => {
      ops.settle(desk.db, pushId, { ...op, state: 'withdrawn' });
      audit.add(desk.db, {
        atMs: desk.nowMs(),
        connectionId: connection.id,
        connectionName: connection.name,
        conversationId,
        pushId,
        action: 'withdrawn',
        ref: op.remote ?? undefined,
        key: op.key,
      });
    });
  }
  const keptCount = written.length - withdrawnCount;
  if (keptCount === 0) untag(desk, pushId, conversationId);
  notifyPush(desk, pushId);
  return { withdrawnCount, keptCount };
}

/** Its messages count as not pushed; the conversation shows where else it was pushed, or nothing. */
function untag(desk: PushDesk, pushId: PushId, conversationId: ConversationId): void {
  const { db } = desk;
  const changed = runDurably(db, () => {
    const untagged = pushedMessages.removeOfPush(db, pushId);
    const left = pushRows.newestTagged(db, conversationId);
    if (left === null) pushedMessages.untagConversation(db, conversationId);
    else pushedMessages.refreshConversation(db, conversationId, left.connectionId, pushTag(left.connectionName, recordKindOf(desk, left.id), desk.locale()));
    const line = pushRows.lineOf(db, pushId);
    return line === null ? untagged : [...untagged, line];
  });
  desk.notify.messagesChanged(conversationId, changed);
}

const recordKindOf = (desk: PushDesk, pushId: PushId): string =>
  ops.ofPush(desk.db, pushId).find((op) => op.parent !== null && isTakeable(op))?.parent?.kind ?? '';

const isTakeable = (op: Op): boolean => op.state === 'done' && (op.role === 'note' || op.role === 'file');
