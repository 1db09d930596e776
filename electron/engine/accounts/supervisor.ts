import { join } from 'node:path';
import type { BridgeDefinition, BridgeEvent, BridgeFault, BridgeSession, Json } from '#bridge';
import type { AccountId } from '#model';
import type { AccountRow, AccountState } from '#rpc';
import type { Log } from '../log/log.ts';
import type { EventHub } from '../rpc/event-hub.ts';
import type { WritableDb } from '../store/database.ts';
import { accounts, type AccountRecord } from '../store/repositories/accounts.ts';
import type { Vault } from '../vault/vault.ts';
import { abilitiesOf } from './abilities-of.ts';
import { AccountRunner } from './account-runner.ts';
import { accountScope, createSealedStore, secretsStateOf } from './account-secrets.ts';

export interface SupervisorOptions {
  readonly db: WritableDb;
  readonly profileDir: string;
  readonly bridges: readonly BridgeDefinition[];
  readonly vault: Vault;
  readonly events: EventHub;
  readonly log: Log;
  readonly now: () => number;
  readonly ingest: (accountId: AccountId, events: readonly BridgeEvent[], savedState: Json | undefined) => Promise<void>;
  /** An account changed its state: what waits for one that is online may go out. */
  readonly onState: (id: AccountId, state: AccountState) => void;
}

interface Status {
  readonly state: AccountState;
  readonly fault: BridgeFault | null;
  readonly offlineSinceMs: number | null;
}

/** Which state an account is in, and the session of those that run. */
export interface Supervisor {
  /** Starts every account that may run; called at start and when the vault opens. */
  readonly startAll: () => void;
  readonly stopAll: () => Promise<void>;
  /** Starts one account anew, with what the store says about it now. */
  readonly restart: (id: AccountId) => Promise<void>;
  readonly stop: (id: AccountId) => Promise<void>;
  /** Stops, signs out at the server as far as that works, and forgets the account's state. */
  readonly signOut: (id: AccountId) => Promise<void>;
  readonly reconnect: (id: AccountId) => void;
  readonly reconnectAll: () => void;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly isOnline: (id: AccountId) => boolean;
  readonly rows: () => AccountRow[];
  readonly row: (record: AccountRecord) => AccountRow;
  readonly definitionOf: (record: Pick<AccountRecord, 'bridgeId'>) => BridgeDefinition | null;
  readonly dataDirOf: (id: AccountId) => string;
}

const logoutTimeoutMs = 10_000;

export const createSupervisor = (options: SupervisorOptions): Supervisor => {
  const { db, profileDir, bridges, vault, events, log, now, ingest, onState } = options;
  const runners = new Map<AccountId, AccountRunner>();
  const statuses = new Map<AccountId, Status>();

  const dataDirOf = (id: AccountId): string => join(profileDir, 'accounts', String(id));
  const definitionOf: Supervisor['definitionOf'] = ({ bridgeId }) => bridges.find((one) => one.id === bridgeId) ?? null;

  const row = (record: AccountRecord): AccountRow => {
    const status = statuses.get(record.id) ?? { state: record.isEnabled ? 'offline' : 'disabled', fault: null, offlineSinceMs: null };
    const { id, bridgeId, network, address, displayName, label, color, isEnabled } = record;
    const abilities = abilitiesOf(runners.get(id)?.session ?? null);
    return { id, bridgeId, network, address, displayName, label, color, isEnabled, ...status, abilities };
  };
  const rows = (): AccountRow[] => accounts.list(db).map(row);

  const setStatus = (id: AccountId, state: AccountState, fault: BridgeFault | null): void => {
    const isUnreachable = state === 'offline' || state === 'connecting';
    // One failed try after another is one absence.
    const offlineSinceMs = isUnreachable ? (statuses.get(id)?.offlineSinceMs ?? now()) : null;
    statuses.set(id, { state, fault, offlineSinceMs });
    events.emit('accounts.changed', { accounts: rows() });
    onState(id, state);
  };

  const createRunner = (record: AccountRecord, definition: BridgeDefinition): AccountRunner => {
    const { id, address, displayName, settings } = record;
    const runner: AccountRunner = new AccountRunner({
      definition,
      account: { id, address, displayName, settings },
      secrets: createSealedStore(db, vault, accountScope(id)),
      dataDir: dataDirOf(id),
      log: log.with({ accountId: id, bridge: definition.id }),
      now,
      readState: () => accounts.readState(db, id),
      ingest: (batch, savedState) => ingest(id, batch, savedState),
      onState: (state, fault) => {
        // A runner that was replaced has no say any more.
        if (runners.get(id) === runner) setStatus(id, state, fault);
      },
    });
    return runner;
  };

  const start = (record: AccountRecord): void => {
    if (runners.has(record.id)) return;
    if (!record.isEnabled) return setStatus(record.id, 'disabled', null);
    const definition = definitionOf(record);
    // Written by a version that knew more networks.
    if (definition === null) return setStatus(record.id, 'offline', { code: 'unsupported' });
    const secretsState = secretsStateOf(db, vault, accountScope(record.id));
    if (secretsState === 'sealed') return setStatus(record.id, 'locked', null);
    if (secretsState === 'lost') return setStatus(record.id, 'needs-login', { code: 'signed-out' });
    const runner = createRunner(record, definition);
    runners.set(record.id, runner);
    runner.start();
  };

  const stop = async (id: AccountId): Promise<void> => {
    const runner = runners.get(id);
    runners.delete(id);
    await runner?.stop();
  };

  const restart = async (id: AccountId): Promise<void> => {
    await stop(id);
    const record = accounts.get(db, id);
    if (record !== null) start(record);
  };

  const signOut = async (id: AccountId): Promise<void> => {
    await stop(id);
    const record = accounts.get(db, id);
    const definition = record === null ? null : definitionOf(record);
    const canSignOut = !['sealed', 'lost'].includes(secretsStateOf(db, vault, accountScope(id)));
    if (record !== null && definition?.logout !== undefined && canSignOut) {
      const { address, displayName, settings } = record;
      const signal = AbortSignal.timeout(logoutTimeoutMs);
      const host = createRunner(record, definition).hostForLogout(signal);
      const signingOut = Promise.resolve().then(() => definition.logout?.({ id, address, displayName, settings }, host));
      await untilAborted(signingOut, signal).catch((error: unknown) =>
        log.warn('sign-out failed', { accountId: id, error }),
      );
    }
    statuses.delete(id);
  };

  return {
    startAll: () => {
      for (const record of accounts.list(db)) start(record);
    },
    stopAll: async () => {
      await Promise.all([...runners.keys()].map(stop));
    },
    restart,
    stop,
    signOut,
    reconnect: (id) => {
      const record = accounts.get(db, id);
      if (runners.has(id)) runners.get(id)?.reconnect();
      else if (record !== null) start(record);
    },
    reconnectAll: () => {
      for (const runner of runners.values()) runner.reconnect();
    },
    sessionOf: (id) => runners.get(id)?.session ?? null,
    isOnline: (id) => statuses.get(id)?.state === 'online',
    rows,
    row,
    definitionOf,
    dataDirOf,
  };
};

const untilAborted = (work: Promise<void | undefined>, signal: AbortSignal): Promise<void | undefined> =>
  Promise.race([
    work,
    new Promise<never>((_, reject) => {
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    }),
  ]);
