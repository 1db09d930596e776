import type { ConnectionId, ConversationId, PushId, PushPreview, PushRow } from '#rpc';
import { notFound, RpcFailure } from '../rpc/rpc-failure.ts';
import { createConnectionDesk } from './connection-desk.ts';
import { acceptPush } from './core/accept-push.ts';
import { createPushKeys } from './core/keys.ts';
import type { PushKeys } from './core/keys.ts';
import { readNever, setNeverPush } from './core/never-push.ts';
import { connectionByRule } from './core/match-rule.ts';
import type { PushDesk } from './core/push-desk.ts';
import { createPushQueue } from './core/push-queue.ts';
import { notifyPush } from './core/settle-push.ts';
import { linkOf, summarize } from './core/summarize.ts';
import { withdrawPush } from './core/withdraw-push.ts';
import type { CrmDeps, CrmService } from './crm-service.ts';
import { createFollowUp } from './follow-up.ts';
import { audit } from './ledger/audit.ts';
import { connections, toConnectionRow } from './ledger/connections.ts';
import type { ConnectionRecord } from './ledger/connections.ts';
import { ops } from './ledger/ops.ts';
import { plans } from './ledger/plans.ts';
import { pushRows } from './ledger/push-rows.ts';
import { createSqlPushSource } from './ledger/sql-push-source.ts';
import { createSignInDesk } from './oauth/sign-in-desk.ts';
import { refusing } from './refusing.ts';
import { createSetupDesk } from './setup/setup-desk.ts';
import { wordLocaleOf } from './text/words.ts';
import { openConnectionKey } from './workspace-key.ts';

export type { CrmDeps, CrmService } from './crm-service.ts';
export type { FileOnDisk, PushFiles } from './core/push-source.ts';
export { ConnectorError, Offline, Permanent } from './errors.ts';

/** Everything about pushing to CRMs behind the methods of the RPC contract. */
export function createCrmService(deps: CrmDeps): CrmService {
  const { db, vault, undoMs } = deps;
  const connectionDesk = createConnectionDesk(deps, (id) => {
    for (const push of pushRows.open(db)) if (push.connectionId === id && push.state === 'needs-you' && !isUndecided(push)) retry(push);
  });
  const keys = new Map<ConnectionId, PushKeys>();
  let timeZone = deps.timeZone;

  const desk: PushDesk = {
    db,
    source: createSqlPushSource(db),
    files: deps.files,
    nowMs: deps.nowMs,
    random: deps.random ?? Math.random,
    // Asked when it is needed: the first use of Intl takes longer than all the rest of this function.
    get timeZone() {
      return (timeZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone);
    },
    locale: () => wordLocaleOf(deps.locale?.() ?? 'system'),
    keys: keysOf,
    manifestOf: connectionDesk.manifestOf,
    connectorOf: connectionDesk.connectorOf,
    contextOf: connectionDesk.contextOf,
    notify: {
      pushChanged: deps.notify.pushChanged,
      lineAdded: deps.notify.lineAdded,
      messagesChanged: deps.notify.messagesChanged,
      connectionChanged: () => deps.notify.connectionsChanged(),
    },
  };
  const queue = createPushQueue(desk);
  const followUp = createFollowUp({ desk, connectionDesk, undoMs, poke: queue.poke });
  const signIns = createSignInDesk(connectionDesk, { nowMs: deps.nowMs, port: deps.signInPort });
  const setups = createSetupDesk(deps, connectionDesk);

  return {
    connectors: connectionDesk.connectors,
    connections: () => connections.list(db).map(toConnectionRow),
    connect: connectionDesk.connect,
    renew: connectionDesk.renew,
    probe: connectionDesk.probe,
    beginSignIn: signIns.beginSignIn,
    finishSignIn: signIns.finishSignIn,
    cancelSignIn: signIns.cancelSignIn,
    exportSetup: setups.exportSetup,
    readSetup: setups.readSetup,
    updateConnection: ({ id, patch }) => {
      connectionDesk.get(id);
      connections.update(db, id, patch);
      deps.notify.connectionsChanged();
      return toConnectionRow(connectionDesk.get(id));
    },
    disconnect,
    plan: async ({ conversationId, connectionId, range, revealed, summary, hasFullNames }) =>
      refusing(async () => {
        const choices = { asksAlways: true, range, revealed, summary, hasFullNames };
        const { planPush } = await import('./core/plan-push.ts');
        return (await planPush(desk, chosen(connectionId, conversationId), conversationOf(conversationId), choices)).preview;
      }),
    push: ({ planId, targetKey, rememberOneClick, isConfirmed }) => {
      const plan = plans.get(db, planId);
      if (plan === null) throw notFound('plan');
      const push = acceptPush(desk, connectionDesk.get(plan.connectionId), plan, { targetKey, rememberOneClick, undoMs: undoMs(), isConfirmed });
      if (rememberOneClick) deps.notify.connectionsChanged();
      queue.poke();
      return push;
    },
    pushNow: ({ conversationId, connectionId }) => refusing(() => pushNow(conversationId, chosen(connectionId, conversationId))),
    cancel: ({ id }) => cancel(pushOf(id)),
    retry: ({ id }) => retry(pushOf(id)),
    queue: ({ limit }) => pushRows.queue(db, limit),
    summary: ({ conversationId }) => summarize(desk, conversationId),
    withdraw: ({ id }) =>
      refusing(() => {
        const push = pushOf(id);
        if (push.state !== 'done') throw new RpcFailure('not-possible', 'it is not written');
        return withdrawPush(desk, connectionDesk.get(push.connectionId), id, push.conversationId);
      }),
    audit: ({ beforeId, limit }) => audit.page(db, beforeId, limit),
    neverPush: ({ conversationId }) => readNever(db, conversationOf(conversationId).id),
    setNeverPush: (input) => setNeverPush(desk, { ...input, conversationId: conversationOf(input.conversationId).id }, cancel),
    auditOf: (conversationId) => audit.ofConversation(db, conversationId),
    followUp,
    start: () => {
      queue.start();
      followUp.start();
    },
    wake,
    stop: () => (signIns.stop(), followUp.stop(), queue.stop()),
  };

  function keysOf(id: ConnectionId): PushKeys {
    const known = keys.get(id) ?? createPushKeys(openConnectionKey(db, vault, id));
    keys.set(id, known);
    return known;
  }

  function conversationOf(id: ConversationId) {
    const found = desk.source.conversation(id);
    if (found === null) throw notFound('conversation');
    return found;
  }

  function pushOf(id: PushId): PushRow {
    const found = pushRows.get(db, id);
    if (found === null) throw notFound('push');
    return found;
  }

  function disconnect({ id }: { readonly id: ConnectionId }) {
    connectionDesk.get(id);
    for (const push of pushRows.open(db).filter((one) => one.connectionId === id)) {
      pushRows.setState(db, push.id, { state: 'cancelled' });
      plans.drop(db, push.id);
      notifyPush(desk, push.id);
    }
    connectionDesk.remove(id);
    keys.delete(id);
    deps.notify.connectionsChanged();
    return { isRemoved: true as const };
  }

  async function pushNow(conversationId: ConversationId, connection: ConnectionRecord): Promise<{ push: PushRow | null; preview: PushPreview | null }> {
    const conversation = conversationOf(conversationId);
    const isPersonnel = connectionDesk.manifestOf(connection).isPersonnel === true;
    const isDecided = !isPersonnel && connection.isOneClick && linkOf(desk, connection, conversation) !== null;
    const { planPush } = await import('./core/plan-push.ts');
    const { plan, preview } = await planPush(desk, connection, conversation, { asksAlways: !isDecided });
    const hasNews = plan.content.entries.some((entry) => entry.kind !== 'silent');
    if (!hasNews) {
      const [open] = pushRows.openOf(db, connection.id, conversationId);
      if (open !== undefined) return { push: open, preview: null };
    }
    if (!isDecided || !hasNews || preview.suggestedKey === null) return { push: null, preview };
    const record = plans.get(db, plan.id);
    if (record === null) throw notFound('plan');
    const push = acceptPush(desk, connection, record, { targetKey: preview.suggestedKey, rememberOneClick: false, undoMs: undoMs() });
    queue.poke();
    return { push, preview: null };
  }

  function cancel(push: PushRow): PushRow {
    const canCancel = push.state === 'undoable' || push.state === 'needs-you' || (push.state === 'waiting' && !ops.hasStarted(db, push.id));
    if (push.state === 'cancelled') return push;
    if (!canCancel) throw new RpcFailure('not-possible', 'it is being written');
    pushRows.setState(db, push.id, { state: 'cancelled' });
    plans.drop(db, push.id);
    const row = notifyPush(desk, push.id);
    queue.poke();
    return row;
  }

  function retry(push: PushRow): PushRow {
    if (isUndecided(push)) throw new RpcFailure('not-possible', 'it waits for a choice');
    if (push.state !== 'needs-you' && push.state !== 'waiting') throw new RpcFailure('not-possible', 'it does not wait for you');
    plans.setFailures(db, push.id, 0);
    pushRows.setState(db, push.id, { state: 'waiting', nextAttemptAtMs: deps.nowMs() });
    const row = notifyPush(desk, push.id);
    queue.poke();
    return row;
  }

  function wake(): void {
    for (const push of pushRows.open(db)) {
      if (push.state === 'needs-you' && push.fault?.code === 'locked' && vault.isOpen()) {
        pushRows.setState(db, push.id, { state: 'waiting', nextAttemptAtMs: deps.nowMs() });
      }
    }
    queue.wake();
    followUp.wake();
  }

  /** Where nobody says which: the one with a rule for the conversation, else the default. */
  function chosen(id: ConnectionId | null, conversationId: ConversationId): ConnectionRecord {
    return (id === null ? connectionByRule(db, conversationId) : null) ?? connectionDesk.choose(id);
  }
}

/** Begun by itself, and nobody has said yet which record it is for. */
const isUndecided = (push: PushRow): boolean => push.fault?.code === 'needs-decision';
