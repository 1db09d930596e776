/** Web-platform tests of opening, upgrading and transactions; see wpt-cases.ts. */
import { done, finished, outcome } from './requests.ts';
import type { WptCase } from './wpt-case.ts';
import type { World } from './wpt-world.ts';

const asked = (request: IDBRequest, log: string[], name: string): IDBRequest => {
  request.addEventListener('success', () => log.push(name));
  request.addEventListener('error', (event) => {
    event.preventDefault();
    log.push(`${name} ${request.error?.name ?? ''}`);
  });
  return request;
};

const heard = (target: EventTarget, log: string[], name: string, ...types: string[]): void => {
  for (const type of types) target.addEventListener(type, () => log.push(`${name} ${type}`));
};

/** Keeps a transaction alive for some turns. */
const busy = (store: IDBObjectStore, count: number): void => {
  if (count > 0) store.get(0).addEventListener('success', () => busy(store, count - 1));
};

/** Two transactions at once: `second` begins before or after `first` has ended. */
const order = async (world: World, modes: readonly [IDBTransactionMode, IDBTransactionMode], scopes: readonly [string, string]): Promise<string> => {
  const db = await world.open((made) => ['a', 'b'].forEach((name) => made.createObjectStore(name)));
  const log: string[] = [];
  const transactions = modes.map((mode, index) => db.transaction(scopes[index] as string, mode));
  transactions.forEach((transaction, index) => {
    const store = transaction.objectStore(scopes[index] as string);
    asked(store.get(1), log, `begin ${index}`);
    busy(store, 5);
    transaction.addEventListener('complete', () => log.push(`end ${index}`));
  });
  await Promise.all(transactions.map(finished));
  return log.indexOf('begin 1') < log.indexOf('end 0') ? 'together' : 'one after the other';
};

export const transactionCases: readonly WptCase[] = [
  {
    file: 'transaction-scheduling-ro-waits-for-rw',
    run: (world) => order(world, ['readwrite', 'readonly'], ['a', 'a']),
    answer: 'one after the other',
  },
  { file: 'transaction-scheduling-rw-scopes', run: (world) => order(world, ['readwrite', 'readwrite'], ['a', 'a']), answer: 'one after the other' },
  { file: 'transaction-scheduling-mixed-scopes', run: (world) => order(world, ['readonly', 'readwrite'], ['a', 'a']), answer: 'one after the other' },
  { file: 'transaction-scheduling-within-database', run: (world) => order(world, ['readonly', 'readonly'], ['a', 'a']), answer: 'together' },
  { file: 'transaction-scheduling-rw-scopes (others)', run: (world) => order(world, ['readwrite', 'readonly'], ['a', 'b']), answer: 'together' },
  {
    file: 'transaction-scheduling-across-connections',
    async run(world) {
      const [one, two] = [await world.openStore(), await world.open()];
      const log: string[] = [];
      const first = one.transaction('s', 'readwrite');
      busy(first.objectStore('s'), 5);
      first.objectStore('s').put('first', 1);
      const second = two.transaction('s', 'readonly');
      asked(second.objectStore('s').get(1), log, 'read').addEventListener('success', (event) => log.push(String((event.target as IDBRequest).result)));
      await Promise.all([finished(first), finished(second)]);
      return log;
    },
    answer: ['read', 'first'],
  },
  {
    file: 'writer-starvation',
    async run(world) {
      const db = await world.openStore();
      let isRunning = true;
      const read = (): void => {
        if (isRunning) asked(db.transaction('s').objectStore('s').get(1), [], '').addEventListener('success', read);
      };
      for (let count = 0; count < 5; count += 1) read();
      const ended = await world.write(db, (store) => void store.put('at last', 1));
      isRunning = false;
      await world.turns();
      return ended;
    },
    answer: 'complete',
  },
  {
    file: 'open-request-queue',
    async run(world) {
      const log: string[] = [];
      const requests = [world.indexedDb.open('q', 1), world.indexedDb.deleteDatabase('q'), world.indexedDb.open('q', 2)];
      requests.forEach((request, index) => {
        heard(request, log, String(index), 'upgradeneeded', 'success', 'error');
        request.addEventListener('success', () => request.result?.close());
      });
      await Promise.all(requests.map((request) => done(request as IDBRequest<unknown>)));
      return log;
    },
    answer: ['0 upgradeneeded', '0 success', '1 success', '2 upgradeneeded', '2 success'],
  },
  {
    file: 'idbfactory_open (versions)',
    async run(world) {
      (await world.open(undefined, 3)).close();
      const older = await done(world.indexedDb.open('db', 2)).catch((error: unknown) => (error as Error).name);
      const same = await world.open();
      same.close();
      const invalid = [0, -1, Number.NaN, Infinity, 2 ** 53].map((version) => outcome(() => world.indexedDb.open('x', version)));
      return [older, same.version, invalid];
    },
    answer: ['VersionError', 3, Array.from({ length: 5 }, () => 'throws TypeError')],
  },
  {
    file: 'idbdatabase_close, versionchange and blocked events',
    async run(world) {
      const first = await world.open(undefined, 1);
      const log: string[] = [];
      heard(first, log, 'first', 'versionchange');
      const request = world.indexedDb.open('db', 2);
      heard(request, log, 'second', 'blocked', 'upgradeneeded', 'success');
      request.addEventListener('blocked', () => first.close());
      (await done(request)).close();
      return log;
    },
    answer: ['first versionchange', 'second blocked', 'second upgradeneeded', 'second success'],
  },
  {
    file: 'idbfactory_deleteDatabase (events)',
    async run(world) {
      (await world.open(undefined, 9)).close();
      const request = world.indexedDb.deleteDatabase('db');
      const event = await new Promise<IDBVersionChangeEvent>((resolve) => request.addEventListener('success', (one) => resolve(one as IDBVersionChangeEvent)));
      return [event.oldVersion, event.newVersion, request.result, (await world.indexedDb.databases()).length];
    },
    answer: [9, null, undefined, 0],
  },
  {
    file: 'get-databases',
    async run(world) {
      for (const [name, version] of [['b', 2], ['a', 1], ['ñ/\u0000..', 7]] as const) (await world.open(undefined, version, name)).close();
      return (await world.indexedDb.databases()).map(({ name, version }) => `${String(name)} ${String(version)}`).toSorted();
    },
    answer: ['a 1', 'b 2', 'ñ/\u0000.. 7'],
  },
  {
    file: 'upgrade-transaction-lifecycle-committed, close-in-upgradeneeded',
    async run(world) {
      const log: string[] = [];
      const request = world.indexedDb.open('db', 1);
      heard(request, log, 'request', 'upgradeneeded', 'success', 'error');
      request.addEventListener('upgradeneeded', () => {
        if (request.transaction !== null) heard(request.transaction, log, 'transaction', 'complete', 'abort');
        request.result.createObjectStore('s');
        request.result.close();
      });
      await done(request).catch((error: unknown) => log.push((error as Error).name));
      return [log, (await world.indexedDb.databases()).map(({ version }) => version)];
    },
    answer: [['request upgradeneeded', 'transaction complete', 'request error', 'AbortError'], [1]],
  },
  {
    file: 'abort-in-initial-upgradeneeded, upgrade-transaction-lifecycle-user-aborted',
    async run(world) {
      const first = await world.open((db, transaction) => {
        db.createObjectStore('s');
        transaction.abort();
      }).catch((error: unknown) => (error as Error).name);
      const again = await world.open();
      const names = [...again.objectStoreNames];
      again.close();
      return [first, again.version, names];
    },
    answer: ['AbortError', 1, []],
  },
  {
    file: 'fire-upgradeneeded-event-exception, fire-success-event-exception, fire-error-event-exception',
    async run(world) {
      const db = await world.openStore();
      const ends = [
        await world.write(db, (store) => {
          store.put(1, 1).addEventListener('success', () => {
            throw new Error('in a handler');
          });
        }),
        await world.write(db, (store) => {
          store.put(1, 1);
          store.add(2, 1).addEventListener('error', (event) => {
            event.preventDefault();
            throw new Error('in a handler');
          });
        }),
      ];
      return [ends, await world.all(db)];
    },
    answer: [['abort AbortError', 'abort AbortError'], []],
  },
  {
    file: 'transaction-abort-request-error, idbtransaction_abort',
    async run(world) {
      const db = await world.openStore();
      const log: string[] = [];
      await world.write(db, (store, transaction) => {
        asked(store.put(1, 1), log, 'one');
        asked(store.put(2, 2), log, 'two');
        transaction.abort();
        log.push(String(outcome(() => transaction.abort())), String(outcome(() => store.get(1))));
      });
      return [log, await world.all(db)];
    },
    answer: [['throws InvalidStateError', 'throws TransactionInactiveError', 'one AbortError', 'two AbortError'], []],
  },
  {
    file: 'transaction-deactivation-timing, transaction-lifetime, event-dispatch-active-flag',
    async run(world) {
      const db = await world.openStore();
      const transaction = db.transaction('s', 'readwrite');
      const store = transaction.objectStore('s');
      const states = [outcome(() => store.put(1, 1) && 'active')];
      await Promise.resolve();
      states.push(outcome(() => store.put(2, 2) && 'active'));
      const ended = await finished(transaction);
      states.push(outcome(() => store.put(3, 3) && 'active'));
      return [states, ended];
    },
    answer: [['active', 'active', 'throws TransactionInactiveError'], 'complete'],
  },
  {
    file: 'idb-explicit-commit',
    async run(world) {
      const db = await world.openStore();
      const log: unknown[] = [];
      const ended = await world.write(db, (store, transaction) => {
        store.put(1, 1);
        transaction.commit();
        log.push(outcome(() => store.put(2, 2)), outcome(() => transaction.commit()), outcome(() => transaction.abort()));
      });
      return [log, ended, await world.all(db)];
    },
    answer: [['throws TransactionInactiveError', 'throws InvalidStateError', 'throws InvalidStateError'], 'complete', [1]],
  },
  {
    file: 'request-event-ordering-small-values, request-event-ordering-large-mixed-with-small-values',
    async run(world) {
      const db = await world.openStore();
      const large = 'x'.repeat(200_000);
      const log: string[] = [];
      await world.write(db, (store) => [large, 1, large, 2].forEach((value, key) => asked(store.put(value, key), log, `put ${key}`)));
      const transaction = db.transaction('s');
      [3, 0, 9, 1].forEach((key) => asked(transaction.objectStore('s').get(key), log, `get ${key}`));
      await finished(transaction);
      return log;
    },
    answer: ['put 0', 'put 1', 'put 2', 'put 3', 'get 3', 'get 0', 'get 9', 'get 1'],
  },
];
