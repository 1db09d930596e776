import type { ConnectionId, RpcInput, RpcOutput } from '#rpc';
import { notFound, RpcFailure } from '../rpc/rpc-failure.ts';
import { secrets } from '../store/repositories/secrets.ts';
import { openValues, publicValues, readForm, sealValues } from './connection-values.ts';
import type { Connector, ConnectorContext, ConnectorManifest } from './connector.ts';
import { toFault } from './core/to-fault.ts';
import type { CrmDeps, CrmService } from './crm-service.ts';
import { AuthNeeded, Permanent, toConnectorError } from './errors.ts';
import { createPinnedHttp, noHttp } from './http/pinned-http.ts';
import { connections, toConnectionRow } from './ledger/connections.ts';
import type { ConnectionRecord } from './ledger/connections.ts';
import { createRenewingHttp } from './oauth/renewing-http.ts';
import { redirectAddress } from './oauth/redirect-address.ts';
import { createTokenKeeper, type TokenKeeper } from './oauth/token-keeper.ts';
import { forgetTokens, sealedTokens, tokensInMemory, type TokenStore } from './oauth/token-store.ts';
import { refusing } from './refusing.ts';
import { connectors as builtIn, loaded, type ConnectorEntry } from './registry.ts';
import { openSetup, type SharedSetup } from './setup/setup-file.ts';
import { setConnectionKey } from './workspace-key.ts';

/** A form that was read, for a new connection or for one that is there. */
export interface PreparedForm {
  readonly connector: Connector;
  readonly values: Readonly<Record<string, string>>;
  readonly target: { readonly id: ConnectionId } | { readonly name: string };
  /** What a file of the company's brought. */
  readonly shared: SharedSetup | null;
  /** Another server than before: tokens of the one before are not shown to it. */
  readonly isElsewhere: boolean;
}

export interface ConnectionDesk extends Pick<CrmService, 'connectors' | 'connect' | 'renew' | 'probe'> {
  /** @throws RpcFailure `not-found` */
  readonly get: (id: ConnectionId) => ConnectionRecord;
  /** Null: the default one. @throws RpcFailure `not-possible` when there is none */
  readonly choose: (id: ConnectionId | null) => ConnectionRecord;
  readonly manifestOf: (connection: Pick<ConnectionRecord, 'connectorId'>) => ConnectorManifest;
  readonly connectorOf: (connection: Pick<ConnectionRecord, 'connectorId'>) => Promise<Connector>;
  readonly contextOf: (connection: ConnectionRecord, signal: AbortSignal) => Promise<ConnectorContext>;
  /** @throws ConnectorError when a field is wrong or empty; RpcFailure `wrong-passphrase` for a file of the company's */
  readonly prepare: (input: RpcInput<'crm.connect'> & { readonly connectionId: ConnectionId | null }) => Promise<PreparedForm>;
  /** Asks the other side, and keeps it all when it is usable. */
  readonly settle: (form: PreparedForm, tokens: TokenStore | null) => Promise<Answer>;
  /** Connection, links and secrets; its pushes are the caller's to close first. */
  readonly remove: (id: ConnectionId) => void;
}

type Answer = RpcOutput<'crm.connect'>;

const probeTimeoutMs = 30_000;

/**
 * Adds, checks and removes connections, and opens the context in which a connector works.
 * @param onRenewed a login was repaired: what was stuck can go on
 */
export function createConnectionDesk(deps: CrmDeps, onRenewed: (id: ConnectionId) => void): ConnectionDesk {
  const { db, vault } = deps;
  const connectors: readonly ConnectorEntry[] = deps.connectors?.map(loaded) ?? builtIn;
  const memories = new Map<ConnectionId, Map<string, unknown>>();
  /** One a connection: whoever wants a token while it is renewed waits for the same answer. */
  const keepers = new Map<ConnectionId, TokenKeeper>();

  return {
    connectors: () =>
      connectors.map(({ manifest: { id, name, verifiedAgainst, fields, recordKinds, canWithdraw, isPersonnel, oauth } }) => ({
        id,
        name,
        verifiedAgainst,
        fields,
        recordKinds,
        canTakeBack: { notes: canWithdraw.note, files: canWithdraw.file },
        isPersonnel,
        ...(oauth?.grant === 'authorization-code' ? { signIn: { redirectAddress, clientIdField: oauth.clientIdField } } : {}),
      })),
    connect: (input) => refusing(async () => settle(await prepare({ ...input, connectionId: null }), null)),
    renew: ({ id, values }) => refusing(async () => settle(await prepareKnown(get(id), values), null)),
    prepare,
    settle,
    probe: async ({ id }) => refusing(() => probe(get(id))),
    get,
    choose,
    manifestOf: ({ connectorId }) => entryOf(connectorId).manifest,
    connectorOf: ({ connectorId }) => connectorNamed(connectorId),
    contextOf,
    remove: (id) => {
      secrets.deleteScope(db, `connection:${id}`);
      connections.remove(db, id);
      forget(id);
    },
  };

  function entryOf(id: string): ConnectorEntry {
    const found = connectors.find((one) => one.manifest.id === id);
    if (found === undefined) throw new Permanent('internal', { detail: `no connector ${id}` });
    return found;
  }

  async function connectorNamed(id: string): Promise<Connector> {
    return entryOf(id).load();
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

  async function contextOf(connection: ConnectionRecord, signal: AbortSignal): Promise<ConnectorContext> {
    const connector = await connectorNamed(connection.connectorId);
    const values = openValues(db, vault, connector.manifest, connection.id, connection.values);
    const memory = memories.get(connection.id) ?? new Map<string, unknown>();
    memories.set(connection.id, memory);
    return bareContext(connector, values, memory, signal, () => keeperOf(connection.id, connector, values));
  }

  function keeperOf(id: ConnectionId, connector: Connector, values: Readonly<Record<string, string>>): TokenKeeper {
    const known = keepers.get(id);
    if (known !== undefined) return known;
    const store = connector.manifest.oauth?.grant === 'client-credentials' ? tokensInMemory(null) : sealedTokens(db, vault, id);
    const keeper = newKeeper(connector, values, store);
    keepers.set(id, keeper);
    return keeper;
  }

  function newKeeper({ manifest }: Connector, values: Readonly<Record<string, string>>, store: TokenStore): TokenKeeper {
    if (manifest.oauth === undefined) throw new Permanent('internal', { detail: `${manifest.id} knows no OAuth` });
    return createTokenKeeper({ manifest: manifest.oauth, values, store, nowMs: deps.nowMs });
  }

  function bareContext(
    connector: Connector,
    values: Readonly<Record<string, string>>,
    memory: Map<string, unknown>,
    signal: AbortSignal,
    keeper: () => TokenKeeper,
  ): ConnectorContext {
    const baseUrl = connector.origin(values);
    const http = baseUrl === null ? noHttp : createPinnedHttp({ baseUrl, now: deps.nowMs });
    const common = { values, memory, signal, printPage: deps.printPage };
    if (connector.manifest.oauth === undefined) return { ...common, http, accessToken: () => Promise.reject(new AuthNeeded({ detail: 'nobody is signed in' })) };
    // A connector may have a pasted token as well: what OAuth needs is looked at when it is asked for.
    const lazy: TokenKeeper = { accessToken: async () => keeper().accessToken(), renew: async (refused) => keeper().renew(refused) };
    return { ...common, ...createRenewingHttp(http, lazy) };
  }

  /** What was remembered of an earlier sign-in or of other settings. */
  function forget(id: ConnectionId): void {
    memories.delete(id);
    keepers.delete(id);
  }

  /** A folder comes as the token of a path that only the engine and its host know. */
  function resolveFolders({ manifest }: Connector, values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
    const resolved = { ...values };
    for (const field of manifest.fields.filter(({ kind }) => kind === 'folder')) {
      const token = values[field.name];
      if (token === undefined) continue;
      const path = deps.resolveFolder(token);
      if (path === null) throw new Permanent('folder-missing', { detail: 'choose the folder again' });
      resolved[field.name] = path;
    }
    return resolved;
  }

  async function prepare({ connectorId, name, values: given, connectionId, setup }: Parameters<ConnectionDesk['prepare']>[0]): Promise<PreparedForm> {
    if (connectionId !== null) return prepareKnown(get(connectionId), given);
    const connector = await connectorNamed(connectorId);
    const hasSecret = setup !== undefined || connector.manifest.oauth !== undefined || connector.manifest.fields.some((field) => field.kind === 'password');
    if (hasSecret && !vault.isOpen()) throw new Permanent('locked', { detail: 'secrets are sealed' });
    const values = readForm(connector.manifest, resolveFolders(connector, given));
    return { connector, values, target: { name }, shared: setup === undefined ? null : await openSetup(setup.text, setup.passphrase, connectorId), isElsewhere: false };
  }

  async function prepareKnown({ id, connectorId, values: stored }: ConnectionRecord, given: Readonly<Record<string, string>>): Promise<PreparedForm> {
    const connector = await connectorNamed(connectorId);
    const changed = { ...stored, ...resolveFolders(connector, given) };
    // A password is known to the server it was typed for. To another one it goes only when it is typed again: a page
    // that was taken over must not send it wherever it likes.
    const isSameServer = connector.origin(changed) === connector.origin(stored) && isSameTokenEndpoint(connector, changed, stored);
    const known = isSameServer ? openValues(db, vault, connector.manifest, id, stored) : {};
    return { connector, values: readForm(connector.manifest, oneWayIn(connector.manifest, given, { ...known, ...changed })), target: { id }, shared: null, isElsewhere: !isSameServer };
  }

  async function settle({ connector, values, target, shared, isElsewhere }: PreparedForm, tokens: TokenStore | null): Promise<Answer> {
    const store = tokens ?? ('id' in target && !isElsewhere ? sealedTokens(db, vault, target.id) : tokensInMemory(null));
    const found = await probeUsable(connector, values, store);
    const visible = publicValues(connector.manifest, values);
    const id = 'id' in target ? get(target.id).id : connections.add(db, { connectorId: connector.manifest.id, name: target.name, values: visible, nowMs: deps.nowMs() });
    if ('id' in target) connections.setValues(db, id, visible);
    sealValues(db, vault, connector.manifest, id, values);
    const given = tokens?.read() ?? null;
    if (given !== null) sealedTokens(db, vault, id).write(given);
    else if (isElsewhere || isByToken(connector.manifest, values)) forgetTokens(db, id);
    if (shared !== null) takeOver(id, connector, shared);
    forget(id);
    if ('id' in target) {
      connections.setState(db, id, 'ready', null);
      onRenewed(id);
    }
    deps.notify.connectionsChanged();
    return { connection: toConnectionRow(get(id)), probe: found };
  }

  /** From its first push on it names what it writes as the colleagues do. */
  function takeOver(id: ConnectionId, { manifest }: Connector, { key, redaction, isOneClick, rules }: SharedSetup): void {
    setConnectionKey(db, vault, id, key);
    connections.update(db, id, { redaction, isOneClick });
    const known = rules.filter(({ recordKind }) => recordKind === null || manifest.recordKinds.includes(recordKind));
    // What happens by itself is everybody's own to switch on.
    if (known.length > 0) connections.setFollowUp(db, id, { isPushedWhenDone: false, eveningMinute: null, rules: known }, null);
  }

  async function probeUsable(connector: Connector, values: Readonly<Record<string, string>>, tokens: TokenStore) {
    const context = bareContext(connector, values, new Map(), AbortSignal.timeout(probeTimeoutMs), () => newKeeper(connector, values, tokens));
    const found = await connector.probe(context);
    if (!found.isUsable) throw new RpcFailure('setup-incomplete', 'the CRM is not set up for pushes', { detail: JSON.stringify(found.findings) });
    return found;
  }

  async function probe(connection: ConnectionRecord) {
    const connector = await connectorNamed(connection.connectorId);
    try {
      const found = await connector.probe(await contextOf(connection, AbortSignal.timeout(probeTimeoutMs)));
      // Kept, so that what an administrator has to add is still said after a restart.
      setState(connection, 'ready', found.isUsable ? null : { code: 'setup-incomplete', detail: JSON.stringify(found.findings) });
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

/** Where a pasted token and a registration are both taken, the one that is given now is in place of the other. */
function oneWayIn({ oauth }: ConnectorManifest, given: Readonly<Record<string, string>>, values: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  if (oauth === undefined) return values;
  const isGiven = (name: string): boolean => (given[name] ?? '').trim() !== '';
  if (isGiven(oauth.clientIdField)) return isGiven('token') ? values : { ...values, token: '' };
  return isGiven('token') ? { ...values, [oauth.clientIdField]: '', [oauth.clientSecretField ?? oauth.clientIdField]: '' } : values;
}

/** Nobody signs in there any more: a token was pasted in its place. */
const isByToken = ({ oauth }: ConnectorManifest, values: Readonly<Record<string, string>>): boolean => oauth !== undefined && (values[oauth.clientIdField] ?? '') === '';

/** The secret of a registration belongs to the place where tokens are given out. */
function isSameTokenEndpoint({ manifest: { oauth } }: Connector, left: Readonly<Record<string, string>>, right: Readonly<Record<string, string>>): boolean {
  return oauth === undefined || oauth.tokenEndpoint(left) === oauth.tokenEndpoint(right);
}
