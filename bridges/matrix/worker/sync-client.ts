/** The SDK client of an account: its options, its filter, and its states in our words. */
import {
  ClientEvent,
  createClient,
  Filter,
  HttpApiEvent,
  SyncState,
  type MatrixClient,
} from 'matrix-js-sdk';
import type { CryptoCallbacks } from 'matrix-js-sdk/lib/crypto-api/index.js';
import { BridgeError, type BridgeFault, type ConnectionState } from '#bridge';
import { errorOfSilence, toBridgeError } from '../errors.ts';
import { limitBody, mostAnswerBytes, mostSyncBytes } from './limit-body.ts';
import { quietLogger } from './silence-logs.ts';
import { isPositionRefused } from './start-over.ts';
import type { SyncStore } from './sync-store.ts';
import type { TokenKeeper } from './token-keeper.ts';

export interface SyncClient {
  readonly client: MatrixClient;
  start(): Promise<void>;
  /** Tries now: ends the wait between two tries, or a long poll that may be dead since the computer slept. */
  reconnect(): void;
  stop(): void;
}

interface Options {
  readonly baseUrl: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly store: SyncStore;
  readonly keeper: TokenKeeper;
  readonly cryptoCallbacks: CryptoCallbacks;
  /** Never called with `online` before the first response of this connection has been stored. */
  readonly onState: (connection: ConnectionState, fault?: BridgeFault) => void;
  /** The server does not take the position of our sync. */
  readonly onPositionRefused: () => void;
}

/** Messages of a room in the very first response, and in each later one before it counts as a gap. */
const initialLimit = 20;
const incrementalLimit = 50;

/** Faults that waiting does not cure: the person must act. */
const finalCodes: ReadonlySet<string> = new Set(['signed-out', 'session-expired', 'account-disabled']);

export const createSyncClient = (options: Options): SyncClient => {
  const server = new URL(options.baseUrl).host;
  let pollControl = new AbortController();
  let isReconnectAsked = false;
  /** Why the last request got no answer: the SDK keeps only a sentence of it. */
  let lastSilence: BridgeError | null = null;

  const fetchFn = async (input: URL | RequestInfo, init: RequestInit = {}): Promise<Response> => {
    const { pathname, searchParams } = new URL(input instanceof Request ? input.url : input);
    const signals = [pollControl.signal, ...(init.signal == null ? [] : [init.signal])];
    const isSync = pathname.endsWith('/sync');
    const signal = isSync ? { signal: AbortSignal.any(signals) } : {};
    try {
      const response = await options.keeper.fetch(input, { ...init, ...signal });
      const limited = limitBody(response, isSync ? mostSyncBytes : mostAnswerBytes, server);
      if (isSync && !response.ok && searchParams.has('since') && (await isPositionRefused(limited.clone()))) options.onPositionRefused();
      return limited;
    } catch (error) {
      lastSilence = errorOfSilence(error, server);
      throw error;
    }
  };

  const client = createClient({
    baseUrl: options.baseUrl,
    userId: options.userId,
    deviceId: options.deviceId,
    // A place holder: the keeper puts the token of the moment on each request.
    accessToken: 'kept-elsewhere',
    fetchFn,
    store: options.store,
    logger: quietLogger,
    disableVoip: true,
    cryptoCallbacks: options.cryptoCallbacks,
    verificationMethods: ['m.sas.v1'],
  });

  const explain = (error: unknown): BridgeError => {
    if (error === undefined) return new BridgeError('server-unreachable', { server });
    const isSilence = error instanceof Error && error.name === 'ConnectionError';
    return isSilence && lastSilence !== null ? lastSilence : toBridgeError(error, server, Date.now());
  };

  const onFault = (error: unknown, whileTrying: 'connecting' | 'offline'): void => {
    const { fault } = explain(error);
    if (finalCodes.has(fault.code)) {
      client.stopClient();
      // Any refusal that is no "soft logout" means that the server has forgotten this device.
      options.onState('needs-login', fault.code === 'signed-out' ? { ...fault, code: 'device-removed' } : fault);
    } else if (whileTrying === 'offline') {
      options.onState('offline', fault);
    } else {
      options.onState('connecting');
    }
  };

  client.on(ClientEvent.Sync, (state, _before, data) => {
    if (state === SyncState.Syncing) options.onState('online');
    // One request broke off: perhaps the network, perhaps only a long wait.
    if (state === SyncState.Reconnecting) {
      onFault(data?.error, 'connecting');
      if (isReconnectAsked) client.retryImmediately();
      isReconnectAsked = false;
    }
    if (state === SyncState.Catchup) options.onState('catching-up');
    if (state === SyncState.Error) onFault(data?.error, 'offline');
  });
  client.on(HttpApiEvent.SessionLoggedOut, (error) => onFault(error, 'offline'));

  return {
    client,
    start() {
      const filter = Filter.fromJson(options.userId, '', {
        presence: { types: [] },
        room: { timeline: { limit: incrementalLimit }, state: { lazy_load_members: true } },
      });
      return client.startClient({
        filter,
        initialSyncLimit: initialLimit,
        lazyLoadMembers: true,
        disablePresence: true,
        threadSupport: false,
      });
    },
    reconnect() {
      if (client.retryImmediately()) return;
      isReconnectAsked = true;
      pollControl.abort(new Error('asked to reconnect'));
      pollControl = new AbortController();
    },
    stop() {
      client.removeAllListeners();
      client.stopClient();
    },
  };
};
