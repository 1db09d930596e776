/** Hands queued batches to the engine, one at a time, and forgets each after its commit. */
import type { SavedProgress } from '../account-settings.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import type { FromWorker } from './protocol.ts';

export interface EmitPump {
  /** Forgets what the engine already has, then hands over the rest. */
  start(progress: SavedProgress | null): void;
  /** New batches are in the queue. */
  wake(): void;
  /** The engine committed a batch. */
  stored(batchId: number): void;
  /** Resolves when this batch is committed. */
  whenStored(batchId: number): Promise<void>;
}

export const createEmitPump = (store: MatrixStore, post: (message: FromWorker) => void): EmitPump => {
  let isStarted = false;
  let inFlight: number | null = null;
  const waiting = new Map<number, PromiseWithResolvers<void>>();

  const wake = (): void => {
    if (!isStarted || inFlight !== null) return;
    const batch = store.queue.first();
    if (batch === null) return;
    inFlight = batch.id;
    post({ kind: 'batch', events: batch.events, progress: { store: store.storeId, batch: batch.id } });
  };

  const settle = (batchId: number): void => {
    for (const [id, waiter] of waiting) {
      if (id > batchId) continue;
      waiting.delete(id);
      waiter.resolve();
    }
  };

  return {
    start(progress) {
      isStarted = true;
      if (progress?.store === store.storeId) {
        store.transaction(() => {
          store.queue.confirm(progress.batch);
          store.queue.continueAfter(progress.batch);
        });
      }
      wake();
    },
    wake,
    stored(batchId) {
      store.queue.confirm(batchId);
      if (inFlight === batchId) inFlight = null;
      settle(batchId);
      wake();
    },
    whenStored(batchId) {
      const first = store.queue.first();
      if (first === null || first.id > batchId) return Promise.resolve();
      const waiter = waiting.get(batchId) ?? Promise.withResolvers<void>();
      waiting.set(batchId, waiter);
      return waiter.promise;
    },
  };
};
