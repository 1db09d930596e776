import type { ConnectionId } from '#rpc';
import { notFound, RpcFailure } from '../rpc/rpc-failure.ts';
import { secrets } from '../store/repositories/secrets.ts';
import { openValues, publicValues, readForm, sealValues } from './connection-values.ts';
import type { Connector, ConnectorContext } from './connector.ts';
import { toFault } from './core/to-fault.ts';
import type { CrmDeps, CrmService } from './crm-service.ts';
import { AuthNeeded, Permanent, toConnectorError } from './errors.ts';
import { createPinnedHttp, noHttp } from './http/pinned-http.ts';
import { connections, toConnectionRow } from './ledger/connections.ts';
import type { ConnectionRecord } from './ledger/connections.ts';
import { refusing } from './refusing.ts';
import { connectors as builtIn } from './registry.ts';

export interface ConnectionDesk extends Pick<CrmService, 'connectors' | 'connect' | 'renew' | 'probe'> {
  /** @throws RpcFailure `not-found` */
  readonly get: (id: ConnectionId) => ConnectionRecord;
  /** Null: the default one. @throws RpcFailure `not-possible` when there is none */
  readonly choose: (id: ConnectionId | null) => ConnectionRecord;
  readonly connectorOf: (connection: ConnectionRecord) => Connector;
  readonly contextOf: (connection: ConnectionRecord, signal: AbortSignal) => ConnectorContext;
  /** Connection, links and secrets; its pushes are the caller's to close first. */
  readonly remove: (id: ConnectionId) => void;
}

const probeTimeoutMs = 30_000;

/**
 * Adds, checks and removes connections, and opens the context in which a connector works.
 * @param onRenewed a login was repaired: what was stuck can go on
 */
export function createConnectionDesk(deps: CrmDeps, onRenewed: (id: ConnectionId) => void): ConnectionDesk {
  const { db, vault } = deps;
  const connectors = deps.connectors ?? builtIn;
  const memories = new Map<ConnectionId, Map<string, unknown>>();

  return {
    connectors: () =>
      connectors.map(({ manifest: { id, name, verifiedAgainst, fields, recordKinds, canWithdraw, isPersonnel } }) => ({
        id,
        name,
        verifiedAgainst,
        fields,
        recordKinds,
        canTakeBack: { notes: canWithdraw.note, files: canWithdraw.file },
        isPersonnel,
      })),
    connect,
    renew,
    probe: async ({ id }) => refusing(() => probe(get(id))),
    get,
    choose,
    connectorOf: ({ connectorId }) => connectorNamed(connectorId),
    contextOf,
    remove: (id) => {
      secrets.deleteScope(db, `connection:${id}`);
      connections.remove(db, id);
      memories.delete(id);
    },
  };

  function connectorNamed(id: string): Connector {
    const found = connectors.find((one) => one.manifest.id === id);
    if (found === undefined) throw new Permanent('internal', { detail: `no connector ${id}` });
    return found;
  }

  function get(id: ConnectionId): ConnectionRecord {
    const found = connections.get(db, id);
    if (found === null) throw notFound('connection');
    return found;
  }

  function choose(id: ConnectionId | null): ConnectionRecord {
    if (id !== null) return get(id);
    const preferred = connections.preferred(db);
    if (preferred === null) throw new RpcFailure('not-possible', 'no CRM is connected');
    return preferred;
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
    const http = baseUrl === null ? noHttp : createPinnedHttp({ baseUrl, now: deps.nowMs });
    const accessToken = (): Promise<string> => Promise.reject(new AuthNeeded({ detail: 'nobody is signed in' }));
    return { values, http, memory, signal, accessToken };
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
      const hasSecret = connector.manifest.fields.some((field) => field.kind === 'password');
      if (hasSecret && !vault.isOpen()) throw new Permanent('locked', { detail: 'secrets are sealed' });
      const values = readForm(connector.manifest, resolveFolders(connector, given));
      const found = await probeUsable(connector, values);
      const id = connections.add(db, { connectorId, name, values: publicValues(connector.manifest, values), nowMs: deps.nowMs() });
      sealValues(db, vault, connector.manifest, id, values);
      deps.notify.connectionsChanged();
      return { connection: toConnectionRow(get(id)), probe: found };
    });
  }

  async function renew({ id, values: given }: Parameters<CrmService['renew']>[0]) {
    return refusing(async () => {
      const connection = get(id);
      const connector = connectorNamed(connection.connectorId);
      const changed = { ...connection.values, ...resolveFolders(connector, given) };
      // A password is known to the server it was typed for. To another one it goes only when it is typed again: a page
      // that was taken over must not send it wherever it likes.
      const isSameServer = connector.origin(changed) === connector.origin(connection.values);
      const known = isSameServer ? openValues(db, vault, connector.manifest, id, connection.values) : {};
      const values = readForm(connector.manifest, { ...known, ...changed });
      const found = await probeUsable(connector, values);
      connections.setValues(db, id, publicValues(connector.manifest, values));
      sealValues(db, vault, connector.manifest, id, values);
      memories.delete(id);
      connections.setState(db, id, 'ready', null);
      onRenewed(id);
      deps.notify.connectionsChanged();
      return { connection: toConnectionRow(get(id)), probe: found };
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
}
