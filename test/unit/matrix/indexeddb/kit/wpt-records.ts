/** Web-platform tests of keys, records, indexes and cursors; see wpt-cases.ts. */
import { done, finished, outcome } from './requests.ts';
import type { WptCase } from './wpt-case.ts';

const invalidKeys = [undefined, null, true, false, Number.NaN, {}, [[], undefined], [null], /x/u, new Date(Number.NaN), () => 1, Symbol.for('x'), 1n];

export const recordCases: readonly WptCase[] = [
  {
    file: 'keygenerator, keygenerator-overflow, keygenerator-constrainterror, keygenerator-explicit',
    async run(world) {
      const db = await world.open((made) => {
        const store = made.createObjectStore('s', { keyPath: 'id', autoIncrement: true });
        store.createIndex('name', 'name', { unique: true });
      });
      const keys: unknown[] = [];
      const put = (value: object) => async (): Promise<void> => {
        const transaction = db.transaction('s', 'readwrite');
        const request = transaction.objectStore('s').add(value);
        request.addEventListener('success', () => keys.push(request.result));
        request.addEventListener('error', (event) => {
          event.preventDefault();
          keys.push(request.error?.name);
        });
        await finished(transaction);
      };
      for (const value of [{ name: 'a' }, { name: 'b', id: 5.7 }, { name: 'c' }, { name: 'a' }, { name: 'd' }, { name: 'e', id: -3 }, { name: 'f', id: 'x' }, { name: 'g' }, { name: 'h', id: 2 ** 53 }, { name: 'i' }]) await put(value)();
      return keys;
    },
    // What fails is taken back, its number too.
    answer: [1, 5.7, 6, 'ConstraintError', 7, -3, 'x', 8, 2 ** 53, 'ConstraintError'],
  },
  {
    file: 'keypath-special-identifiers, keypath-exceptions, keypath_invalid',
    async run(world) {
      const invalid = [' ', 'a b', '1a', 'a.', '.a', 'a..b', [], ['a', 'b c']] as unknown as string[];
      const thrown: unknown[] = [];
      const db = await world.open((made) => {
        for (const keyPath of invalid) thrown.push(outcome(() => made.createObjectStore('bad', { keyPath })));
        thrown.push(outcome(() => made.createObjectStore('bad', { keyPath: '', autoIncrement: true })));
        made.createObjectStore('s', { keyPath: 'text.length' });
      });
      await world.write(db, (store) => void store.put({ text: 'four' }));
      return [new Set(thrown), await done(db.transaction('s').objectStore('s').getAllKeys())];
    },
    answer: [new Set(['throws SyntaxError', 'throws InvalidAccessError']), [4]],
  },
  {
    file: 'key_invalid, idbobjectstore_add, idb-binary-key-detached',
    async run(world) {
      const db = await world.openStore();
      const names = new Set<unknown>();
      const detached = new ArrayBuffer(4);
      structuredClone(detached, { transfer: [detached] });
      const cyclic: unknown[] = [];
      cyclic.push(cyclic);
      await world.write(db, (store) => {
        for (const key of [...invalidKeys.slice(1), cyclic, detached]) names.add(outcome(() => store.put(1, key as IDBValidKey)));
        for (const key of [...invalidKeys, cyclic]) names.add(outcome(() => store.get(key as IDBValidKey)));
      });
      return [names, await world.all(db)];
    },
    answer: [new Set(['throws DataError']), []],
  },
  {
    file: 'idbfactory_cmp',
    run: async ({ indexedDb }) => [
      [[1, 2], ['a', 1], [[], 'z'], [new Date(0), 9], [new Uint8Array([1]), 'a'], [-0, 0], [[1, [2]], [1, [3]]], ['😀', '\uffff']].map(([one, other]) => indexedDb.cmp(one, other)),
      new Set(invalidKeys.map((key) => outcome(() => indexedDb.cmp(key, 1)))),
    ],
    answer: [[-1, 1, 1, 1, 1, 0, -1, -1], new Set(['throws DataError'])],
  },
  {
    file: 'idbobjectstore-rename-store, idbindex-rename, idbobjectstore-rename-abort',
    async run(world) {
      const first = await world.open((db) => db.createObjectStore('s').createIndex('i', 'x').objectStore.put({ x: 'kept' }, 1), 1);
      first.close();
      const failed = await world.open((_, transaction) => {
        const store = transaction.objectStore('s');
        [store.name, store.index('i').name] = ['lost', 'lost too'];
        transaction.abort();
      }, 2).catch((error: unknown) => (error as Error).name);
      const db = await world.open((_, transaction) => {
        const store = transaction.objectStore('s');
        [store.name, store.index('i').name] = ['t', 'j'];
      }, 3);
      const store = db.transaction('t').objectStore('t');
      return [failed, [...db.objectStoreNames], [...store.indexNames], await done(store.index('j').get('kept'))];
    },
    answer: ['AbortError', ['t'], ['j'], { x: 'kept' }],
  },
  {
    file: 'transaction-abort-object-store-metadata-revert, transaction-abort-index-metadata-revert',
    async run(world) {
      (await world.open((db) => db.createObjectStore('s').createIndex('i', 'x').objectStore.put({ x: 1 }, 1), 1)).close();
      await world.open((db, transaction) => {
        transaction.objectStore('s').deleteIndex('i');
        transaction.objectStore('s').put({ x: 2 }, 2);
        db.deleteObjectStore('s');
        db.createObjectStore('s', { keyPath: 'other' }).createIndex('k', 'y');
        transaction.abort();
      }, 2).catch(() => undefined);
      const db = await world.open();
      const store = db.transaction('s').objectStore('s');
      return [db.version, store.keyPath, [...store.indexNames], await done(store.getAll()), await done(store.index('i').getAllKeys())];
    },
    answer: [1, null, ['i'], [{ x: 1 }], [1]],
  },
  {
    file: 'idbobjectstore_createIndex (of records that are there; a unique one that cannot be)',
    async run(world) {
      const fill = (db: IDBDatabase): void => {
        const store = db.createObjectStore('s');
        ['b', 'a', 'a', undefined].forEach((x, key) => store.put({ x, tags: [x, 'all', 'all'] }, key));
      };
      (await world.open(fill, 1)).close();
      const db = await world.open((_, transaction) => {
        transaction.objectStore('s').createIndex('x', 'x');
        transaction.objectStore('s').createIndex('tags', 'tags', { multiEntry: true });
      }, 2);
      const store = db.transaction('s').objectStore('s');
      const found = [await done(store.index('x').getAllKeys()), await done(store.index('tags').getAllKeys('all'))];
      db.close();
      const refused = await world.open((_, transaction) => void transaction.objectStore('s').createIndex('u', 'x', { unique: true }), 3).catch((error: unknown) => (error as Error).name);
      return [found, refused, (await world.open()).version];
    },
    answer: [[[1, 2, 0], [0, 1, 2, 3]], 'AbortError', 2],
  },
  {
    file: 'idbcursor-continuePrimaryKey, -advance-invalid, -continue-exception-order, -update-exception-order, -iterating-update',
    async run(world) {
      const db = await world.open((made) => {
        const store = made.createObjectStore('s');
        store.createIndex('x', 'x');
        for (let key = 0; key < 6; key += 1) store.put({ x: key % 2 }, key);
      });
      const log: unknown[] = [];
      const transaction = db.transaction('s', 'readwrite');
      const request = transaction.objectStore('s').index('x').openCursor();
      let step = 0;
      request.addEventListener('success', () => {
        const cursor = request.result;
        if (cursor === null) return;
        log.push([cursor.key, cursor.primaryKey]);
        step += 1;
        if (step === 1) {
          log.push(outcome(() => cursor.advance(0)), outcome(() => cursor.continue(-1)), outcome(() => cursor.continuePrimaryKey(0, 0)), outcome(() => cursor.continue(Number.NaN)));
          cursor.continuePrimaryKey(0, 3);
          log.push(outcome(() => cursor.continue()), outcome(() => cursor.update({})), outcome(() => cursor.delete()));
        } else if (step === 2) {
          cursor.update({ x: 1 });
          cursor.advance(1);
        } else cursor.continue();
      });
      return [await finished(transaction), log];
    },
    answer: [
      'complete',
      [[0, 0], 'throws TypeError', 'throws DataError', 'throws DataError', 'throws DataError', ...Array.from({ length: 3 }, () => 'throws InvalidStateError'), [0, 4], [1, 1], [1, 3], [1, 4], [1, 5]],
    ],
  },
  {
    file: 'idbdatabase_transaction, -createObjectStore-exception-order, -deleteObjectStore-exception-order',
    async run(world) {
      const db = await world.openStore();
      const attempts = [() => db.transaction('no'), () => db.transaction([]), () => db.transaction('s', 'odd' as 'readonly'), () => db.createObjectStore('x'), () => db.deleteObjectStore('s'), () => db.transaction('s').objectStore('no'), () => db.transaction('s').objectStore('s').put(1, 1)];
      const thrown = attempts.map(outcome);
      db.close();
      return [...thrown, outcome(() => db.transaction('s'))];
    },
    answer: ['NotFoundError', 'InvalidAccessError', 'TypeError', 'InvalidStateError', 'InvalidStateError', 'NotFoundError', 'ReadOnlyError', 'InvalidStateError'].map((name) => `throws ${name}`),
  },
  {
    file: 'structured-clone (what Node has), value, value_recursive, bigint_value',
    async run(world) {
      const cyclic: { self?: unknown; text: string } = { text: 'round' };
      cyclic.self = cyclic;
      const values = [new Date(7), /x/giu, new Map([['a', new Set([1])]]), new Uint16Array([1, 65_535]), new DataView(new ArrayBuffer(2)), 12n, new RangeError('e'), Object(true), [1, , 3], undefined, -0, '\ud800', { a: undefined }];
      const db = await world.openStore();
      await world.write(db, (store) => [...values, cyclic].forEach((value, key) => store.put(value, key)));
      const back = await world.all(db);
      const last = back.pop() as typeof cyclic;
      const refused = db.transaction('s', 'readwrite').objectStore('s');
      return [back, values.map((value, index) => Object.is(Object.getPrototypeOf(Object(value)), Object.getPrototypeOf(Object(back[index])))).every(Boolean), last.self === last, outcome(() => refused.put(() => 1, 1))];
    },
    answer: [[new Date(7), /x/giu, new Map([['a', new Set([1])]]), new Uint16Array([1, 65_535]), new DataView(new ArrayBuffer(2)), 12n, new RangeError('e'), Object(true), [1, , 3], undefined, -0, '\ud800', { a: undefined }], true, true, 'throws DataCloneError'],
  },
  {
    file: 'idbindex_getAll, -getAllKeys, idbobjectstore_getAll (limits, wide ranges), delete-range',
    async run(world) {
      const db = await world.openStore();
      await world.write(db, (store) => Array.from({ length: 1_500 }, (_, key) => store.put(key, key)));
      const { KeyRange } = world;
      const store = (): IDBObjectStore => db.transaction('s').objectStore('s');
      const found = [(await done(store().getAll(null, 2 ** 32 - 1))).length, await done(store().getAllKeys(KeyRange.bound(1_497, 9_999, true), 5)), await done(store().count(KeyRange.upperBound(10)))];
      const ended = await world.write(db, (one) => void one.delete(KeyRange.bound(1, 1_498)));
      return [found, ended, await world.all(db), outcome(() => store().getAll(null, -1))];
    },
    answer: [[1_500, [1_498, 1_499], 11], 'complete', [0, 1_499], 'throws TypeError'],
  },
  {
    file: 'idbcursor-direction-index, idbindex_getAllKeys-options (many records under one key)',
    async run(world) {
      const db = await world.open((made) => {
        const store = made.createObjectStore('s');
        store.createIndex('x', 'x');
        for (let key = 0; key < 40; key += 1) store.put({ x: key % 2 }, key);
      });
      const walk = async (direction: IDBCursorDirection): Promise<IDBValidKey[]> => {
        const keys: IDBValidKey[] = [];
        const transaction = db.transaction('s');
        const request = transaction.objectStore('s').index('x').openKeyCursor(null, direction);
        request.addEventListener('success', () => {
          if (request.result === null) return;
          keys.push(request.result.primaryKey);
          request.result.continue();
        });
        await finished(transaction);
        return keys;
      };
      // Not in the types of TypeScript yet: https://w3c.github.io/IndexedDB/#dictdef-idbgetalloptions
      const all = (direction: string): Promise<IDBValidKey[]> => done(db.transaction('s').objectStore('s').index('x').getAllKeys({ direction } as unknown as IDBKeyRange));
      return [await walk('prev'), await walk('prevunique'), await walk('nextunique'), await all('prev'), await all('prevunique'), await all('nextunique')];
    },
    answer: (() => {
      const forward = [...Array.from({ length: 20 }, (_, index) => index * 2), ...Array.from({ length: 20 }, (_, index) => index * 2 + 1)];
      return [forward.toReversed(), [1, 0], [0, 1], forward.toReversed(), [1, 0], [0, 1]];
    })(),
  },
];
