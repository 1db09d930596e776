/** What the calls of an account work with. */
import type { BridgeEvent } from '#bridge';
import type { MatrixClient } from 'matrix-js-sdk';
import type { TaskDesk } from '../crypto/task-desk.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import type { WantedKey } from '../store/waiting-events.ts';
import type { AccountCrypto } from '../crypto/account-crypto.ts';
import type { BridgeWatch } from '../bridged/watchdog/watch-bridges.ts';
import type { MatrixApi } from './api.ts';
import type { RoomQueue } from './room-queue.ts';

export interface AccountContext {
  readonly selfId: string;
  readonly baseUrl: string;
  readonly store: MatrixStore;
  readonly api: MatrixApi;
  readonly client: MatrixClient;
  readonly roomQueue: RoomQueue;
  /** A folder of this account's own, for what is on its way. */
  readonly folder: string;
  /** @throws BridgeError `offline` before it is open */
  crypto(): AccountCrypto;
  readonly tasks: TaskDesk;
  readonly bridgeWatch: BridgeWatch;
  /** Aborted when the account stops. */
  readonly closing: AbortSignal;
  /** True while we know the rooms as they are now; before that, nothing may be sent into them. */
  isCaughtUp(): boolean;
  /** Largest upload the server takes; null while unknown. */
  uploadLimit(): number | null;
  /** Tells something that is worth nothing a minute later: never queued. */
  pass(events: readonly BridgeEvent[]): void;
  /** Queues events (call it inside a transaction); resolves when the engine has them. */
  publish(events: readonly BridgeEvent[]): Promise<void>;
  /** Resolves true as soon as `isTrue` after a sync response, false after the time is over. */
  untilSynced(isTrue: () => boolean): Promise<boolean>;
  /** Say so after the transaction that noted messages as waiting for keys (`store.waiting.add`). */
  wantKeys(keys: readonly WantedKey[]): void;
}
