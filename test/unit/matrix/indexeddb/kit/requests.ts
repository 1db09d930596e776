/** Requests and transactions as promises, without a microtask too many: a transaction ends when nobody asks any more. */

export const done = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });

export const finished = (transaction: IDBTransaction): Promise<string> =>
  new Promise((resolve) => {
    transaction.addEventListener('complete', () => resolve('complete'));
    transaction.addEventListener('abort', () => resolve(`abort ${transaction.error?.name ?? ''}`));
  });

/** The name of what `act` throws; of what it gives back otherwise. */
export const outcome = (act: () => unknown): unknown => {
  try {
    return act();
  } catch (error) {
    return `throws ${error instanceof Error || error instanceof DOMException ? error.name : String(error)}`;
  }
};
