import { rmSync } from 'node:fs';
import type { AccountBefore, BridgeDefinition, LoginFlow, LoginResult, LoginValues, SecretStore } from '#bridge';
import type { AccountId, BridgeId } from '#model';
import type { AccountRow, RpcInput } from '#rpc';
import { withoutUndefined } from '../rpc/without-undefined.ts';
import type { EventHub } from '../rpc/event-hub.ts';
import { RpcFailure, notFound } from '../rpc/rpc-failure.ts';
import type { WritableDb } from '../store/database.ts';
import { accounts, type AccountRecord } from '../store/repositories/accounts.ts';
import { conversations } from '../store/repositories/conversations.ts';
import { secrets } from '../store/repositories/secrets.ts';
import { runDurably } from '../store/transaction.ts';
import type { Vault } from '../vault/vault.ts';
import { accountScope, createSealedStore } from './account-secrets.ts';
import { flowFor, flowOf, signIn, signInWith } from './login.ts';
import type { Supervisor } from './supervisor.ts';

export interface AccountServiceOptions {
  readonly db: WritableDb;
  readonly bridges: readonly BridgeDefinition[];
  readonly vault: Vault;
  readonly supervisor: Supervisor;
  readonly events: EventHub;
  readonly now: () => number;
  /** The account is gone from the store; `fileNames`: files that no row refers to any more. */
  readonly onRemoved: (id: AccountId, fileNames: readonly string[]) => void;
}

/** A login in the bridge's own words; a page never makes one. */
export interface BridgeLogin {
  readonly flowId: string;
  readonly values: LoginValues;
}

export interface AccountService {
  readonly add: (input: RpcInput<'accounts.add'>) => Promise<AccountRow>;
  readonly renew: (input: RpcInput<'accounts.renew'>) => Promise<AccountRow>;
  /** A login that a dialog of the bridge made: a new account, or (`id`) one that signs in again. */
  readonly take: (bridgeId: BridgeId, login: BridgeLogin, id: AccountId | null) => Promise<AccountRow>;
  /** What an account that signs in again brings along. @throws RpcFailure `not-found`, `locked` */
  readonly before: (id: AccountId) => { readonly bridgeId: BridgeId; readonly before: AccountBefore };
  readonly update: (input: RpcInput<'accounts.update'>) => Promise<AccountRow>;
  readonly remove: (id: AccountId) => Promise<void>;
  readonly reconnect: (id: AccountId) => void;
}

/** What a person does with accounts: the store first, then the supervisor follows it. */
export const createAccountService = (options: AccountServiceOptions): AccountService => {
  const { db, bridges, vault, supervisor, events, now, onRemoved } = options;

  const existing = (id: AccountId): AccountRecord => {
    const record = accounts.get(db, id);
    if (record === null) throw notFound('account');
    return record;
  };
  const announce = (): void => events.emit('accounts.changed', { accounts: supervisor.rows() });
  const refuseWhenSealed = (flow: LoginFlow): void => {
    // Asked before the server is: a password that cannot be kept is not worth sending.
    const hasSecret = flow.fields.some((field) => field.kind === 'password');
    if (hasSecret && !vault.isOpen()) throw new RpcFailure('locked', 'a passphrase is needed to keep secrets');
  };
  const keepSecrets = (id: AccountId, definition: BridgeDefinition, result: LoginResult): void => {
    const scope = accountScope(id);
    const isOfSignIn = (name: string): boolean => definition.outlivesSignIn?.(name) !== true;
    for (const one of secrets.list(db)) if (one.scope === scope && isOfSignIn(one.name)) secrets.delete(db, scope, one.name);
    for (const [name, value] of Object.entries(result.secrets)) {
      secrets.set(db, scope, name, vault.seal(`${scope} ${name}`, value));
    }
  };

  const before: AccountService['before'] = (id) => {
    const { bridgeId, address, displayName, settings } = existing(id);
    const account = { id, address, displayName, settings };
    return { bridgeId, before: { account, secrets: createSealedStore(db, vault, accountScope(id)) } };
  };

  const insert = async (definition: BridgeDefinition, result: LoginResult): Promise<AccountRow> => {
    const { id: bridgeId, network } = definition;
    const record = runDurably(db, () => {
      if (accounts.findByAddress(db, bridgeId, result.address) !== null) {
        throw new RpcFailure('already-exists', 'this account is here already');
      }
      const { address, displayName, settings } = result;
      const added = accounts.insert(db, { bridgeId, network, address, displayName, settings, createdAtMs: now() });
      secrets.deleteScope(db, accountScope(added.id));
      keepSecrets(added.id, definition, result);
      return added;
    });
    await supervisor.restart(record.id);
    announce();
    return supervisor.row(record);
  };

  const replace = async (record: AccountRecord, definition: BridgeDefinition, result: LoginResult): Promise<AccountRow> => {
    const { id } = record;
    if (result.address !== record.address) throw new RpcFailure('other-account', 'that is another account');
    const renewed = runDurably(db, () => {
      keepSecrets(id, definition, result);
      return accounts.update(db, id, { settings: result.settings, displayName: result.displayName ?? record.displayName });
    });
    await supervisor.restart(id);
    return supervisor.row(renewed);
  };

  return {
    async add({ bridgeId, flowId, values }) {
      const definition = bridges.find((one) => one.id === bridgeId);
      if (definition === undefined) throw notFound('network');
      const flow = flowOf(definition, flowId);
      refuseWhenSealed(flow);
      return await insert(definition, await signIn(definition, flow, values));
    },

    async renew({ id, values }) {
      const record = existing(id);
      const definition = supervisor.definitionOf(record);
      if (definition === null) throw new RpcFailure('not-possible', 'this network is not known here');
      const known = knownValues(record, definition);
      const flow = flowFor(definition, { ...known, ...values });
      refuseWhenSealed(flow);
      const typed = { ...known, ...filled(values) };
      const kept = await keptPasswords(flow, known, typed, createSealedStore(db, vault, accountScope(id)));
      return await replace(record, definition, await signIn(definition, flow, { ...typed, ...kept }, before(id).before));
    },

    async take(bridgeId, { flowId, values }, id) {
      const definition = bridges.find((one) => one.id === bridgeId);
      if (definition === undefined) throw notFound('network');
      if (!vault.isOpen()) throw new RpcFailure('locked', 'a passphrase is needed to keep secrets');
      const known = definition.loginFlows.find((flow) => flow.id === flowId);
      const about = id === null ? undefined : before(id).before;
      const result = await (known === undefined ? signInWith(definition, flowId, values, about) : signIn(definition, known, values, about));
      return await (id === null ? insert(definition, result) : replace(existing(id), definition, result));
    },

    before: (id) => {
      // Without its secrets a device would be given up that is still known.
      if (!vault.isOpen()) throw new RpcFailure('locked', 'a passphrase is needed to read secrets');
      return before(id);
    },

    async update({ id, patch }) {
      const before = existing(id);
      const record = accounts.update(db, id, withoutUndefined(patch));
      if (record.isEnabled !== before.isEnabled) await supervisor.restart(id);
      announce();
      return supervisor.row(record);
    },

    async remove(id) {
      existing(id);
      await supervisor.signOut(id);
      const { fileNames } = accounts.remove(db, id);
      onRemoved(id, fileNames);
      rmSync(supervisor.dataDirOf(id), { recursive: true, force: true });
      announce();
      events.emit('conversations.changed', { ids: null, totalUnread: conversations.totalUnread(db) });
    },

    reconnect(id) {
      existing(id);
      supervisor.reconnect(id);
    },
  };
};

const filled = (values: LoginValues): LoginValues =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

/** Further passwords that were left empty, as they were: but only to be given to whom they were given before. */
async function keptPasswords(flow: LoginFlow, known: LoginValues, typed: LoginValues, store: SecretStore): Promise<LoginValues> {
  const values: Record<string, string> = {};
  for (const { name, kept } of flow.fields) {
    const isSamePlace = kept?.with.every((other) => typed[other] === known[other]) === true;
    const secret = kept === undefined || !isSamePlace || typed[name] !== undefined ? null : await store.get(kept.secret);
    if (secret !== null) values[name] = secret;
  }
  return values;
}

/** What a person need not type again: the address, and settings such as host and port. */
const knownValues = (record: AccountRecord, definition: BridgeDefinition): LoginValues => {
  const known: Record<string, string> = {};
  for (const field of definition.loginFlows.flatMap((flow) => flow.fields)) {
    const setting = Object.hasOwn(record.settings, field.name) ? record.settings[field.name] : undefined;
    if (field.kind === 'address') known[field.name] = record.address;
    else if (typeof setting === 'string' || typeof setting === 'number') known[field.name] = String(setting);
  }
  return known;
};
