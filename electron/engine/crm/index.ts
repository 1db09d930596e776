import type { ConnectionId, ConversationId, PushId, PushPreview, PushRow } from '#rpc';
import { notFound, RpcFailure } from '../rpc/rpc-failure.ts';
import { secrets } from '../store/repositories/secrets.ts';
import { openValues, publicValues, readForm, sealValues } from './connection-values.ts';
import type { Connector, ConnectorContext } from './connector.ts';
import { acceptPush } from './core/accept-push.ts';
import { createPushKeys } from './core/keys.ts';
import type { PushKeys } from './core/keys.ts';
import { planPush } from './core/plan-push.ts';
import type { PushDesk } from './core/push-desk.ts';
import { createPushQueue } from './core/push-queue.ts';
import { notifyPush } from './core/settle-push.ts';
import { linkOf, summarize } from './core/summarize.ts';
import { toFault } from './core/to-fault.ts';
import { withdrawPush } from './core/withdraw-push.ts';
import type { CrmDeps, CrmService } from './crm-service.ts';
import { ConnectorError, Permanent, toConnectorError } from './errors.ts';
import { createPinnedHttp, noHttp } from './http/pinned-http.ts';
import { audit } from './ledger/audit.ts';
import { connections, toConnectionRow } from './ledger/connections.ts';
import type { ConnectionRecord } from './ledger/connections.ts';
import { ops } from './ledger/ops.ts';
import { plans } from './ledger/plans.ts';
import { pushRows } from './ledger/push-rows.ts';
import { createSqlPushSource } from './ledger/sql-push-source.ts';
import { connectors as builtIn } from './registry.ts';
import { openWorkspaceKey } from './workspace-key.ts';

export type { CrmDeps, CrmService } from './crm-service.ts';
export type { FileOnDisk, PushFiles } from './core/push-source.ts';
export { ConnectorError, Offline, Permanent } from './errors.ts';

const probeTimeoutMs = 30_000;

/** Everything about pushing to CRMs behind the methods of the RPC contract. */
export function createCrmService(deps: CrmDeps): CrmService {
  const { db, vault } = deps;
  const connectors = deps.connectors ?? builtIn;
  const undoMs = deps.undoMs ?? 10_000;
  const memories = new Map<ConnectionId, Map<string, unknown>>();
  let keys: PushKeys | null = null;

  const desk: PushDesk = {
    db,
    source: createSqlPushSource(db),
    files: deps.files,
    nowMs: deps.nowMs,
    random: deps.random ?? Math.random,
    timeZone: deps.timeZone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
    keys: () => (keys ??= createPushKeys(openWorkspaceKey(db, vault))),
    connectorOf: ({ connectorId }) => connectorNamed(connectorId),
    contextOf,
    notify: {
      pushChanged: deps.notify.pushChanged,
      lineAdded: deps.notify.lineAdded,
      connectionChanged: () => deps.notify.connectionsChanged(),
    },
  };
  const queue = createPushQueue(desk);

  return {
    connectors: () =>
      connectors.map(({ manifest: { id, name, verifiedAgainst, fields, recordKinds } }) => ({ id, name, verifiedAgainst, fields, recordKinds })),
    connections: () => connections.list(db).map(toConnectionRow),
    connect,
    renew,
    probe: async ({ id }) => refusing(() => probe(connectionOf(id))),
    updateConnection: ({ id, patch }) => {
      connectionOf(id);
      connections.update(db, id, patch);
      deps.notify.connectionsChanged();
      return toConnectionRow(connectionOf(id));
    },
    disconnect,
    plan: async ({ conversationId, connectionId }) =>
      refusing(async () => (await planPush(desk, connectionFor(connectionId), conversationOf(conversationId), true)).preview),
    push: ({ planId, targetKey, rememberOneClick }) => {
      const plan = plans.get(db, planId);
      if (plan === null) throw notFound('plan');
      const push = acceptPush(desk, connectionOf(plan.connectionId), plan, { targetKey, rememberOneClick, undoMs });
      if (rememberOneClick) deps.notify.connectionsChanged();
      queue.poke();
      return push;
    },
    pushNow: ({ conversationId, connectionId }) => refusing(() => pushNow(conversationId, connectionFor(connectionId))),
    cancel: ({ id }) => cancel(pushOf(id)),
    retry: ({ id }) => retry(pushOf(id)),
    queue: ({ limit }) => pushRows.queue(db, limit),
    summary: ({ conversationId }) => summarize(desk, conversationId),
    withdraw: ({ id }) =>
      refusing(() => {
        const push = pushOf(id);
        return withdrawPush(desk, connectionOf(push.connectionId), id, push.conversationId);
      }),
    auditOf: (conversationId) => audit.ofConversation(db, conversationId),
    start: queue.start,
    wake,
    stop: queue.stop,
  };

  function connectorNamed(id: string): Connector {
    const found = connectors.find((one) => one.manifest.id === id);
    if (found === undefined) throw new Permanent('internal', { detail: `no connector ${id}` });
    return found;
  }

  function connectionOf(id: ConnectionId): ConnectionRecord {
    const found = connections.get(db, id);
    if (found === null) throw notFound('connection');
    return found;
  }

  function connectionFor(id: ConnectionId | null): ConnectionRecord {
    if (id !== null) return connectionOf(id);
    const preferred = connections.preferred(db);
    if (preferred === null) throw new RpcFailure('not-possible', 'no CRM is connected');
    return preferred;
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

  function contextOf(connection: ConnectionRecord, signal: AbortSignal): ConnectorContext {
    const connector = connectorNamed(connection.connectorId);
    const values = openValues(db, vault, connector.manifest, connection.id, connection.values);
    const memory = memories.get(connection.id) ?? new Map<string, unknown>();
    memories.set(connection.id, memory);
    return bareContext(connector, values, memory, signal);
  }

  function bareContext(
    connector: Connector,
    values: Readonly<Record<string, string>>,
    memory: Map<string, unknown>,
    signal: AbortSignal,
  ): ConnectorContext {
    const baseUrl = connector.origin(values);
    return { values, http: baseUrl === null ? noHttp : createPinnedHttp({ baseUrl, now: deps.nowMs }), memory, signal };
  }

  /** A folder comes as the token of a path that only the engine and its host know. */
  function resolveFolders(connector: Connector, values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const resolved = { ...values };
    for (const field of connector.manifest.fields.filter(({ kind }) => kind === 'folder')) {
      const token = values[field.name];
      if (token === undefined) continue;
      const path = deps.resolveFolder(token);
      if (path === null) throw new Permanent('folder-missing', { detail: 'choose the folder again' });
      resolved[field.name] = path;
    }
    return resolved;
  }

  async function connect({ connectorId, name, values: given }: Parameters<CrmService['connect']>[0]) {
    return refusing(async () => {
      const connector = connectorNamed(connectorId);
      if (!vault.isOpen()) throw new Permanent('locked', { detail: 'secrets are sealed' });
      const values = readForm(connector.manifest, resolveFolders(connector, given));
      const found = await probeUsable(connector, values);
      const id = connections.add(db, { connectorId, name, values: publicValues(connector.manifest, values), nowMs: deps.nowMs() });
      sealValues(db, vault, connector.manifest, id, values);
      deps.notify.connectionsChanged();
      return { connection: toConnectionRow(connectionOf(id)), probe: found };
    });
  }

  async function renew({ id, values: given }: Parameters<CrmService['renew']>[0]) {
    return refusing(async () => {
      const connection = connectionOf(id);
      const connector = connectorNamed(connection.connectorId);
      const known = openValues(db, vault, connector.manifest, id, connection.values);
      const values = readForm(connector.manifest, { ...known, ...resolveFolders(connector, given) });
      const found = await probeUsable(connector, values);
      connections.setValues(db, id, publicValues(connector.manifest, values));
      sealValues(db, vault, connector.manifest, id, values);
      memories.delete(id);
      connections.setState(db, id, 'ready', null);
      for (const push of pushRows.open(db)) if (push.connectionId === id && push.state === 'needs-you') retry(push);
      deps.notify.connectionsChanged();
      return { connection: toConnectionRow(connectionOf(id)), probe: found };
    });
  }

  async function probeUsable(connector: Connector, values: Readonly<Record<string, string>>) {
    const found = await connector.probe(bareContext(connector, values, new Map(), AbortSignal.timeout(probeTimeoutMs)));
    if (!found.isUsable) throw new RpcFailure('setup-incomplete', 'the CRM is not set up for pushes', { detail: JSON.stringify(found.findings) });
    return found;
  }

  async function probe(connection: ConnectionRecord) {
    const connector = connectorNamed(connection.connectorId);
    try {
      const found = await connector.probe(contextOf(connection, AbortSignal.timeout(probeTimeoutMs)));
      setState(connection, 'ready', null);
      return found;
    } catch (error) {
      const refusal = toConnectorError(error);
      const state = refusal.code === 'needs-login' ? 'needs-login' : refusal.code === 'locked' ? 'locked' : 'unreachable';
      setState(connection, state, toFault(refusal));
      throw refusal;
    }
  }

  function setState(connection: ConnectionRecord, state: ConnectionRecord['state'], fault: ConnectionRecord['fault']): void {
    if (connections.setState(db, connection.id, state, fault)) deps.notify.connectionsChanged();
  }

  function disconnect({ id }: { readonly id: ConnectionId }) {
    connectionOf(id);
    for (const push of pushRows.open(db).filter((one) => one.connectionId === id)) {
      pushRows.setState(db, push.id, { state: 'cancelled' });
      plans.drop(db, push.id);
      notifyPush(desk, push.id);
    }
    secrets.deleteScope(db, `connection:${id}`);
    connections.remove(db, id);
    memories.delete(id);
    deps.notify.connectionsChanged();
    return { isRemoved: true as const };
  }

  async function pushNow(conversationId: ConversationId, connection: ConnectionRecord): Promise<{ push: PushRow | null; preview: PushPreview | null }> {
    const conversation = conversationOf(conversationId);
    const isDecided = connection.isOneClick && linkOf(desk, connection, conversation) !== null;
    const { plan, preview } = await planPush(desk, connection, conversation, !isDecided);
    const hasNews = plan.content.entries.some((entry) => entry.kind !== 'silent');
    if (!hasNews) {
      const [open] = pushRows.openOf(db, connection.id, conversationId);
      if (open !== undefined) return { push: open, preview: null };
    }
    if (!isDecided || !hasNews || preview.suggestedKey === null) return { push: null, preview };
    const record = plans.get(db, plan.id);
    if (record === null) throw notFound('plan');
    const push = acceptPush(desk, connection, record, { targetKey: preview.suggestedKey, rememberOneClick: false, undoMs });
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
  }
}

/** Refusals of a CRM as the interface expects them. */
async function refusing<Result>(work: () => Promise<Result> | Result): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ConnectorError)) throw error;
    const { code, more } = error;
    const isRetryable = code === 'offline' || code === 'server-unreachable' || code === 'server-error' || code === 'rate-limited';
    throw new RpcFailure(code, error.message, { isRetryable, ...more });
  }
}
