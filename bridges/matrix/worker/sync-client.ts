/** The SDK client of an account: its options, its filter, and its states in our words. */
import {
  ClientEvent,
  createClient,
  Filter,
  HttpApiEvent,
  SyncState,
  type MatrixClient,
} from 'matrix-js-sdk';
import { BridgeError, type BridgeFault, type ConnectionState } from '#bridge';
import { toBridgeError } from '../errors.ts';
import { quietLogger } from './silence-logs.ts';
import type { SyncStore } from './sync-store.ts';
import type { TokenKeeper } from './token-keeper.ts';

export interface SyncClient {
  readonly client: MatrixClient;
  start(): Promise<void>;
  stop(): void;
}

interface Options {
  readonly baseUrl: string;
  readonly userId: string;
  readonly deviceId: string;
  readonly store: SyncStore;
  readonly keeper: TokenKeeper;
  /** Never called with `online` before the first response of this connection has been stored. */
  readonly onState: (connection: ConnectionState, fault?: BridgeFault) => void;
}

/** Messages of a room in the very first response, and in each later one before it counts as a gap. */
const initialLimit = 20;
const incrementalLimit = 50;

/** Faults that waiting does not cure: the person must act. */
const finalCodes: ReadonlySet<string> = new Set(['signed-out', 'account-disabled']);

export const createSyncClient = (options: Options): SyncClient => {
  const server = new URL(options.baseUrl).host;
  const client = createClient({
    baseUrl: options.baseUrl,
    userId: options.userId,
    deviceId: options.deviceId,
    // A place holder: the keeper puts the token of the moment on each request.
    accessToken: 'kept-elsewhere',
    fetchFn: (input, init) => options.keeper.fetch(input, init),
    store: options.store,
    logger: quietLogger,
    disableVoip: true,
  });

  const onFault = (error: unknown, whileTrying: 'connecting' | 'offline'): void => {
    const { fault } = error === undefined ? new BridgeError('server-unreachable', { server }) : toBridgeError(error, server, Date.now());
    if (finalCodes.has(fault.code)) {
      client.stopClient();
      options.onState('needs-login', fault);
    } else if (whileTrying === 'offline') {
      options.onState('offline', fault);
    } else {
      options.onState('connecting');
    }
  };

  client.on(ClientEvent.Sync, (state, _before, data) => {
    if (state === SyncState.Syncing) options.onState('online');
    // One request broke off: perhaps the network, perhaps only a long wait.
    if (state === SyncState.Reconnecting) onFault(data?.error, 'connecting');
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
    stop() {
      client.removeAllListeners();
      client.stopClient();
    },
  };
};
