import type { ConversationId, Fault, PushId, PushRow } from '#rpc';
import { AuthNeeded, Offline, Permanent, RateLimited } from '../errors.ts';
import type { ConnectorError } from '../errors.ts';
import { connections } from '../ledger/connections.ts';
import type { ConnectionRecord } from '../ledger/connections.ts';
import { links } from '../ledger/links.ts';
import { plans } from '../ledger/plans.ts';
import type { PlanRecord } from '../ledger/plans.ts';
import { pushRows } from '../ledger/push-rows.ts';
import { pushedMessages } from '../ledger/pushed-messages.ts';
import { runDurably } from '../../store/transaction.ts';
import { failureWaitMs, maxFailures, offlineWaitMs } from './backoff.ts';
import { choiceKey } from './choice-key.ts';
import type { PushDesk } from './push-desk.ts';
import { pushTag } from './push-tag.ts';
import type { PushResult } from './run-push.ts';
import { toFault } from './to-fault.ts';

/** Everything written: tags, the system line and the list's tag appear together. */
export function settleDone(desk: PushDesk, connection: ConnectionRecord, pushId: PushId, conversationId: ConversationId, result: PushResult): void {
  const { db } = desk;
  const atMs = desk.nowMs();
  const fault: Fault | null =
    result.skippedFiles.length === 0 ? null : { code: 'file-unavailable', detail: result.skippedFiles.join(', ') };
  const lineId = runDurably(db, () => {
    const lineMessageId = pushedMessages.addLine(db, conversationId, pushRows.anchorOf(db, pushId), atMs);
    pushRows.finish(db, pushId, { atMs, fileCount: result.fileCount, lineMessageId, fault });
    plans.drop(db, pushId);
    pushedMessages.refreshConversation(db, conversationId, connection.id, pushTag(connection.name, result.parent.kind, desk.locale()));
    return lineMessageId;
  });
  setConnectionState(desk, connection, 'ready', null);
  notifyPush(desk, pushId);
  desk.notify.lineAdded(conversationId, lineId);
}

/** What a failed attempt means: wait and try again, or ask the person. Nothing is ever dropped. */
export function settleFailed(desk: PushDesk, connection: ConnectionRecord, push: PushRow, plan: PlanRecord, error: ConnectorError): void {
  const fault = toFault(error);
  const { db } = desk;
  runDurably(db, () => {
    if (error instanceof RateLimited) {
      connections.pause(db, connection.id, error.atMs);
      return wait(desk, push, fault, error.atMs);
    }
    if (error instanceof Offline) return wait(desk, push, fault, desk.nowMs() + offlineWaitMs(push.attempts + 1, desk.random));
    if (error instanceof AuthNeeded || error instanceof Permanent || error.code === 'locked') {
      if (error.code === 'record-gone') forgetTarget(desk, connection, plan);
      return pushRows.setState(db, push.id, { state: 'needs-you', fault, hasAttempted: true });
    }
    const failures = plan.failures + 1;
    plans.setFailures(db, push.id, failures);
    if (failures >= maxFailures) return pushRows.setState(db, push.id, { state: 'needs-you', fault, hasAttempted: true });
    return wait(desk, push, fault, desk.nowMs() + failureWaitMs(failures, desk.random));
  });
  setConnectionState(desk, connection, stateAfter(error), error instanceof RateLimited ? null : fault);
  notifyPush(desk, push.id);
}

export function notifyPush(desk: PushDesk, id: PushId): PushRow {
  const push = pushRows.get(desk.db, id);
  if (push === null) throw new Permanent('internal', { detail: 'no such push' });
  desk.notify.pushChanged(push);
  return push;
}

function wait(desk: PushDesk, push: PushRow, fault: Fault, nextAttemptAtMs: number): void {
  pushRows.setState(desk.db, push.id, { state: 'waiting', fault: { ...fault, retryAtMs: nextAttemptAtMs }, nextAttemptAtMs, hasAttempted: true });
}

/** The record was deleted over there: the next plan asks again. */
function forgetTarget(desk: PushDesk, connection: ConnectionRecord, plan: PlanRecord): void {
  links.remove(desk.db, connection.id, choiceKey(desk.manifestOf(connection), plan.content));
  links.remove(desk.db, connection.id, plan.content.containerKey);
}

function stateAfter(error: ConnectorError): ConnectionRecord['state'] {
  if (error instanceof AuthNeeded) return 'needs-login';
  if (error.code === 'locked') return 'locked';
  return error instanceof Offline || error.code === 'server-unreachable' || error.code === 'server-error' ? 'unreachable' : 'ready';
}

function setConnectionState(desk: PushDesk, connection: ConnectionRecord, state: ConnectionRecord['state'], fault: Fault | null): void {
  const shown = state === 'ready' ? null : fault;
  if (connections.setState(desk.db, connection.id, state, shown)) desk.notify.connectionChanged(connection.id, state, shown);
}
