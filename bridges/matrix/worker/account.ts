/** One Matrix account in its thread: the store, the sync, the calls, and the order between them. */
import { dirname } from 'node:path';
import { BridgeError, toFault, type BridgeEvent, type DevicePolicy, type BridgeFault, type ConnectionState } from '#bridge';
import { openCrypto, type AccountCrypto } from '../crypto/account-crypto.ts';
import { decryptSync } from '../crypto/decrypt-sync.ts';
import { askBridges, isBotNews } from '../bridged/watchdog/ask-bridges.ts';
import { createBridgeWatch } from '../bridged/watchdog/watch-bridges.ts';
import { applyDevicePolicy, readDevicePolicy, saveDevicePolicy } from '../crypto/device-policy.ts';
import { watchHealth } from '../crypto/health-watch.ts';
import { watchShields } from '../crypto/shield-watch.ts';
import { createMissingKeys } from '../crypto/missing-keys.ts';
import { createSecretKeys } from '../crypto/secret-keys.ts';
import { createTaskDesk } from '../crypto/task-desk.ts';
import { watchVerificationRequests, type VerificationRequests } from '../crypto/verification-requests.ts';
import { asRecord, asString } from '../event-shape.ts';
import { personOf } from '../ids.ts';
import type { Outcome } from '../receive/outcome.ts';
import type { Tokens } from '../refresh.ts';
import { openMatrixStore } from '../store/matrix-store.ts';
import type { AccountContext } from './account-context.ts';
import { createMatrixApi } from './api.ts';
import { createEmitPump } from './emit-pump.ts';
import { runFollowUps } from './follow-ups.ts';
import { fetchUploadLimit } from './media.ts';
import type { FromWorker, WorkerConfig } from './protocol.ts';
import { fetchReverted } from './revert-edit.ts';
import { createRoomQueue } from './room-queue.ts';
import { createSyncClient } from './sync-client.ts';
import { startOver, wentBack } from './start-over.ts';
import { createSyncIntake } from './sync-intake.ts';
import { SyncStore } from './sync-store.ts';
import { createTokenKeeper } from './token-keeper.ts';
import { keepTimelinesShort } from './trim-timelines.ts';

export interface Account {
  readonly context: AccountContext;
  start(): Promise<void>;
  stop(): void;
  reconnect(): void;
  /** The engine committed a batch. */
  stored(batchId: number): void;
}

export interface AccountOptions {
  readonly config: WorkerConfig;
  readonly post: (message: FromWorker) => void;
  readonly saveTokens: (tokens: Tokens) => Promise<void>;
  /** The disk refused a response: the account cannot go on. */
  readonly onDiskFault: (fault: BridgeFault) => void;
  /** The position of the sync was worth nothing and is forgotten: another thread begins from the start. */
  readonly onStartOver: () => void;
}

/** @throws when the store cannot be opened (`SQLITE_BUSY`: another process has it). */
export const createAccount = ({ config, post, saveTokens, onDiskFault, onStartOver }: AccountOptions): Account => {
  const { baseUrl, userId: selfId, deviceId, tokens, oauth } = config;
  const closing = new AbortController();
  const store = openMatrixStore(config.storePath);
  const pump = createEmitPump(store, post);
  const keeper = createTokenKeeper({ baseUrl, tokens, oauth, save: saveTokens, signal: closing.signal });
  const api = createMatrixApi(baseUrl, keeper, closing.signal);
  let connection: ConnectionState = 'offline';
  let faultCode: BridgeFault['code'] | undefined;
  let isCaughtUp = false;
  let maxFileBytes: number | null = null;
  let crypto: AccountCrypto | null = null;
  let requests: VerificationRequests | null = null;
  let stopWatchingHealth = (): void => undefined;
  let stopWatchingShields = (): void => undefined;
  const watchedRequests = (): VerificationRequests => {
    if (requests === null) throw new BridgeError('offline');
    return requests;
  };

  const say = (next: ConnectionState, fault?: BridgeFault): void => {
    // While a server is down the SDK says so every few seconds.
    const isNews = next !== connection || fault?.code !== faultCode;
    connection = next;
    faultCode = fault?.code;
    if (isNews) post({ kind: 'state', connection: next, ...(fault === undefined ? {} : { fault }) });
  };

  const publish = async (events: readonly BridgeEvent[]): Promise<void> => {
    store.queue.push(events);
    const last = store.queue.lastId();
    // The caller may be inside a transaction: nothing is handed over before it has committed.
    await Promise.resolve();
    pump.wake();
    if (last !== null) await pump.whenStored(last);
  };

  const restoreReverted = async (reverts: Outcome['reverts']): Promise<void> => {
    for (const { roomId, eventId } of reverts) {
      const patch = await fetchReverted(context, roomId, eventId).catch(() => null);
      if (patch !== null) await publish([patch]);
    }
  };

  const followUp = async (followUps: Outcome['followUps']): Promise<void> => {
    for (const { fault } of await runFollowUps(context, followUps)) {
      post({ kind: 'log', level: 'info', message: 'a room could not be followed', data: { code: fault.code } });
    }
  };

  const intake = createSyncIntake({
    store,
    selfId,
    pump,
    post,
    onReverts: (reverts) => void restoreReverted(reverts),
    onFollowUps: (followUps) => void followUp(followUps),
    onTimeline: (events) => isBotNews(context, events) && bridgeWatch.nudge(),
  });

  const bridgeWatch = createBridgeWatch({
    ask: (signal) => askBridges(context, signal),
    say: (events) => void publish(events),
  });

  /** @returns false when it would be the second time in a short while. */
  const beginAnew = (reason: 'refused' | 'went back'): boolean => {
    if (closing.signal.aborted || !startOver(store, Date.now())) return false;
    post({ kind: 'log', level: 'warn', message: 'the server lost the position of the sync', data: { reason } });
    sync.stop();
    say('connecting');
    onStartOver();
    return true;
  };

  const onResponse = async (response: unknown): Promise<void> => {
    if (closing.signal.aborted) return;
    try {
      // What happened between the copy it was restored from and now would never be told to somebody who is further.
      if (wentBack(store.settings.get('next_batch'), asString(asRecord(response)['next_batch'])) && beginAnew('went back')) return;
      const clear = crypto === null ? { response, unreadable: [] } : await decryptSync(crypto, response);
      if (closing.signal.aborted) return;
      intake.take(clear.response, clear.unreadable);
      missingKeys.wanted(clear.unreadable);
    } catch (error) {
      // Not a word more is fetched: what came would be lost to us and done with for the server.
      sync.stop();
      onDiskFault(toFault(error));
    }
  };

  const onState = (next: ConnectionState, fault?: BridgeFault): void => {
    if (closing.signal.aborted) return;
    if (next !== 'online') {
      isCaughtUp = false;
      bridgeWatch.setOnline(false);
      missingKeys.setOnline(false);
      intake.expectCatchUp();
      say(next, fault);
      return;
    }
    if (isCaughtUp) return;
    isCaughtUp = true;
    void goOnline();
  };

  const goOnline = async (): Promise<void> => {
    // First everything that was missed, then the word that nothing is missing.
    await publish([]);
    if (!isCaughtUp || closing.signal.aborted) return;
    say('online');
    bridgeWatch.setOnline(true);
    missingKeys.setOnline(true);
    if (maxFileBytes !== null) return;
    maxFileBytes = await fetchUploadLimit(api, closing.signal).catch(() => null);
    if (maxFileBytes !== null) post({ kind: 'limits', maxFileBytes });
  };

  const syncStore = new SyncStore(store, onResponse);
  const secretKeys = createSecretKeys(() => sync.client);
  const { callbacks: cryptoCallbacks } = secretKeys;
  const sync = createSyncClient({ baseUrl, userId: selfId, deviceId, store: syncStore, keeper, cryptoCallbacks, onState, onPositionRefused: () => void beginAnew('refused') });
  const stopTrimming = keepTimelinesShort(sync.client);

  const openKeys = async (): Promise<void> => {
    const { cryptoFolder: folder, cryptoKey } = config;
    const storageKey = Buffer.from(cryptoKey, 'base64');
    const opened = await openCrypto({ client: sync.client, folder, storageKey, onKeys: (keys) => missingKeys.arrived(keys) });
    applyDevicePolicy(opened.backend, policy.read());
    // Who changed devices while nobody told us is asked for anew.
    if (store.settings.get('starting_over') !== null) await opened.backend.markAllTrackedUsersAsDirty();
    requests = watchVerificationRequests(sync.client, ({ userId, ...news }) =>
      post({ kind: 'passing', events: [{ type: 'verification.requested', personId: personOf(userId), ...news }] }),
    );
    stopWatchingShields = watchShields(sync.client, context);
    stopWatchingHealth = watchHealth(sync.client, () => post({ kind: 'passing', events: [{ type: 'encryption.changed' }] }));
    // Stopped meanwhile: the files must not stay locked.
    if (closing.signal.aborted) opened.close();
    else crypto = opened;
  };

  const directRoom = (userId: string): string | null =>
    [...store.accountData.directRooms()].find(([roomId, peer]) => {
      const room = peer === userId ? store.rooms.get(roomId) : null;
      return room?.isEncrypted === true && room.membership === 'joined';
    })?.[0] ?? null;
  const policy = {
    read: () => readDevicePolicy(store.settings),
    save(chosen: DevicePolicy) {
      saveDevicePolicy(store.settings, context.crypto().backend, chosen);
      missingKeys.policyChanged();
    },
  };

  const context: AccountContext = {
    selfId,
    baseUrl,
    store,
    api,
    bridgeWatch,
    client: sync.client,
    roomQueue: createRoomQueue(),
    tasks: createTaskDesk(() => ({ client: sync.client, crypto: context.crypto().backend, secretKeys, requests: watchedRequests(), policy, directRoom, selfId, server: new URL(baseUrl).host })),
    folder: dirname(config.storePath),
    crypto() {
      if (crypto === null) throw new BridgeError('offline');
      return crypto;
    },
    closing: closing.signal,
    isCaughtUp: () => isCaughtUp,
    uploadLimit: () => maxFileBytes,
    pass: (events) => post({ kind: 'passing', events }),
    publish,
    untilSynced: (isTrue) => intake.untilSynced(isTrue),
    wantKeys: (unreadable) => missingKeys.wanted(unreadable),
  };

  const missingKeys = createMissingKeys(context, sync.client);

  return {
    context,
    async start() {
      await openKeys();
      intake.announceRooms();
      pump.start(config.progress);
      say('connecting');
      await sync.start();
    },
    stop() {
      closing.abort();
      bridgeWatch.stop();
      missingKeys.stop();
      stopTrimming();
      requests?.stop();
      stopWatchingHealth();
      stopWatchingShields();
      sync.stop();
      crypto?.close();
      store.close();
    },
    reconnect() {
      sync.reconnect();
      bridgeWatch.nudge();
    },
    stored: (batchId) => pump.stored(batchId),
  };
};
