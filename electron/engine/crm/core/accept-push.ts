import type { PushRow } from '#rpc';
import { RpcFailure } from '../../rpc/rpc-failure.ts';
import { runDurably } from '../../store/transaction.ts';
import type { RemoteRef } from '../connector.ts';
import { audit } from '../ledger/audit.ts';
import { connections } from '../ledger/connections.ts';
import type { ConnectionRecord } from '../ledger/connections.ts';
import { links } from '../ledger/links.ts';
import { plans } from '../ledger/plans.ts';
import type { PlanRecord } from '../ledger/plans.ts';
import { pushRows } from '../ledger/push-rows.ts';
import { ranges } from '../ledger/ranges.ts';
import { choiceKey } from './choice-key.ts';
import { refuseNever } from './never-push.ts';
import type { PlannedOption } from './plan.ts';
import type { PushDesk } from './push-desk.ts';
import { notifyPush } from './settle-push.ts';

/**
 * A person pressed the button: the choice is remembered and the push stands in the queue, on the disk, before
 * anything is sent. Pressing again gives the same push.
 * @throws RpcFailure `not-possible` when there is nothing to tell, or part of it is on its way already
 */
export function acceptPush(
  desk: PushDesk,
  connection: ConnectionRecord,
  plan: PlanRecord,
  given: { readonly targetKey: string; readonly rememberOneClick: boolean; readonly undoMs: number; readonly isConfirmed?: boolean | undefined },
): PushRow {
  const { db } = desk;
  refuseNever(db, plan.conversationId);
  if (desk.manifestOf(connection).isPersonnel === true && given.isConfirmed !== true) {
    throw new RpcFailure('needs-confirmation', 'a file on staff wants a second yes');
  }
  if (plan.pushId !== null) return pushRows.get(db, plan.pushId) ?? refuse('the push is gone');
  const option = plan.content.options.find((one) => one.key === given.targetKey);
  if (option === undefined) return refuse('no such target in the plan');
  const told = plan.content.entries.filter((entry) => entry.kind !== 'silent');
  if (told.length === 0) return refuse('nothing to push');

  const twin = twinOf(desk, plan);
  if (twin === 'partly') return refuse('part of it is on its way already');
  if (twin !== null) return twin;

  const id = runDurably(db, () => {
    supersede(desk, connection, plan);
    if (given.rememberOneClick) connections.update(db, connection.id, { isOneClick: true });
    const nowMs = desk.nowMs();
    const auditBase = { atMs: nowMs, connectionId: connection.id, connectionName: connection.name, conversationId: plan.conversationId };
    const fresh = told.filter((entry) => entry.kind === 'message');
    const pushId = pushRows.add(db, {
      connectionId: connection.id,
      connectorId: connection.connectorId,
      connectionName: connection.name,
      conversationId: plan.conversationId,
      targetTitle: option.title,
      url: option.url,
      messageCount: fresh.length,
      fileCount: plan.content.chunks.reduce((sum, chunk) => sum + chunk.files.length, 0),
      anchorMessageId: (fresh.at(-1) ?? told.at(-1))?.messageId ?? null,
      undoUntilMs: nowMs + given.undoMs,
      createdAtMs: nowMs,
    });
    plans.assign(db, plan.id, pushId, given.targetKey);
    rememberChoice(desk, connection, plan, option);
    if (plan.content.range) ranges.set(db, plan.conversationId, plan.content.range);
    for (const { kind, messageId } of plan.content.revealed ?? []) {
      audit.add(db, { ...auditBase, pushId, action: 'revealed', detail: `${kind} in message ${messageId}` });
    }
    audit.add(db, { ...auditBase, pushId, action: 'chosen', ref: option.ref ?? undefined, detail: option.reason });
    return pushId;
  });
  return notifyPush(desk, id);
}

/** The open push that tells all of this already; `partly` when only some of it. */
function twinOf(desk: PushDesk, plan: PlanRecord): PushRow | 'partly' | null {
  const wanted = new Set(plan.content.entries.map((entry) => entry.id));
  for (const other of plans.active(desk.db, plan.connectionId, plan.conversationId)) {
    const has = new Set(other.content.entries.map((entry) => entry.id));
    const common = [...wanted].filter((id) => has.has(id)).length;
    if (common === wanted.size && other.pushId !== null) return pushRows.get(desk.db, other.pushId);
    if (common > 0) return 'partly';
  }
  return null;
}

/** A stuck push of the same conversation gives way: the new one holds its messages again, under the same keys. */
function supersede(desk: PushDesk, connection: ConnectionRecord, plan: PlanRecord): void {
  for (const open of pushRows.openOf(desk.db, connection.id, plan.conversationId)) {
    if (open.state !== 'needs-you') continue;
    pushRows.setState(desk.db, open.id, { state: 'cancelled' });
    plans.drop(desk.db, open.id);
    notifyPush(desk, open.id);
  }
}

/** The record taken is linked; those that were offered as the same person and not taken are remembered as not. */
function rememberChoice(desk: PushDesk, connection: ConnectionRecord, plan: PlanRecord, option: PlannedOption): void {
  const { db } = desk;
  const key = choiceKey(desk.manifestOf(connection), plan.content);
  const isNew = links.get(db, connection.id, key) === null;
  for (const other of plan.content.options) {
    if (other.ref !== null && other.key !== option.key && other.reason !== 'linked') links.reject(db, connection.id, key, other.ref);
  }
  if (option.ref === null) return links.remove(db, connection.id, key);
  const role = roleOf(option.ref);
  const isByKey = option.reason === 'linked' && isNew;
  links.set(db, connection.id, key, { ref: { ...option.ref, role, title: option.title }, decidedBy: isByKey ? 'key' : 'person' }, desk.nowMs());
}

const roleOf = (ref: RemoteRef): 'contact' | 'container' => (ref.role === 'contact' ? 'contact' : 'container');

function refuse(reason: string): never {
  throw new RpcFailure('not-possible', reason);
}
