import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import { afterEach, describe, expect, it } from 'vitest';
import { decodeValue, encodeValue } from '../../../../bridges/matrix/indexeddb/value-codec.ts';
import { loadMachinery } from '../../../../bridges/matrix/indexeddb/machinery.ts';
import { createSqliteFactory } from '../../../../bridges/matrix/indexeddb/sqlite-factory.ts';
import { tempFolder } from '../../../kit/temp-folder.ts';

const machinery = await loadMachinery();
const closers: (() => void)[] = [];

/** What `indexedDB` is after a start of the program. */
const start = (folder: string): { indexedDb: IDBFactory; end: () => void } => {
  const { factory, close } = createSqliteFactory(folder, machinery);
  closers.push(close);
  return { indexedDb: factory as unknown as IDBFactory, end: close };
};

afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const done = <Value>(request: IDBRequest<Value>): Promise<Value> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => reject(request.error));
  });

const finished = (transaction: IDBTransaction): Promise<'complete' | 'abort'> =>
  new Promise((resolve) => {
    transaction.addEventListener('complete', () => resolve('complete'));
    transaction.addEventListener('abort', () => resolve('abort'));
  });

const openDb = (indexedDb: IDBFactory, version = 1, upgrade: (db: IDBDatabase) => void = addPeople): Promise<IDBDatabase> => {
  const request = indexedDb.open('crypto', version);
  request.addEventListener('upgradeneeded', () => upgrade(request.result));
  return done(request);
};

const addPeople = (db: IDBDatabase): void => {
  const people = db.createObjectStore('people', { keyPath: 'id', autoIncrement: true });
  people.createIndex('name', 'name', { unique: true });
  people.createIndex('tags', 'tags', { multiEntry: true });
};

const write = async (db: IDBDatabase, ...people: readonly unknown[]): Promise<string> => {
  const transaction = db.transaction('people', 'readwrite');
  for (const person of people) transaction.objectStore('people').add(person);
  return await finished(transaction);
};

const all = (db: IDBDatabase): Promise<unknown[]> => done(db.transaction('people').objectStore('people').getAll());

describe('IndexedDB in SQLite', () => {
  it('keeps databases, stores, indexes and key generators over a restart', async () => {
    const folder = tempFolder();
    const first = start(folder);
    expect(await write(await openDb(first.indexedDb), { name: 'Marta', tags: ['a', 'b'] }, { name: 'Paul', tags: ['b'] })).toBe('complete');
    first.end();

    const second = start(folder);
    expect(await second.indexedDb.databases()).toEqual([{ name: 'crypto', version: 1 }]);
    const db = await openDb(second.indexedDb);
    expect(await all(db)).toEqual([
      { id: 1, name: 'Marta', tags: ['a', 'b'] },
      { id: 2, name: 'Paul', tags: ['b'] },
    ]);
    const people = db.transaction('people').objectStore('people');
    expect(await done(people.index('name').get('Paul'))).toMatchObject({ id: 2 });
    expect(await done(people.index('tags').getAllKeys('b'))).toEqual([1, 2]);
    expect(await write(db, { name: 'Third', tags: [] })).toBe('complete');
    expect(await done(db.transaction('people').objectStore('people').getAllKeys())).toEqual([1, 2, 3]);
  });

  it('is on disk when `complete` is heard', async () => {
    const folder = tempFolder();
    const { indexedDb, end } = start(folder);
    await write(await openDb(indexedDb), { name: 'Marta', tags: [] });
    // Closing rolls back what is not committed.
    end();
    const raw = new Sqlite(join(folder, 'crypto.idb'), { readonly: true });
    expect(raw.prepare('SELECT count(*) AS n FROM record').get()).toEqual({ n: 1 });
    raw.close();
  });

  it('takes back a transaction as a whole, indexes and numbers too', async () => {
    const { indexedDb } = start(tempFolder());
    const db = await openDb(indexedDb);
    await write(db, { name: 'Marta', tags: [] });
    // The unique name is taken: the request fails, nobody prevents the abort.
    expect(await write(db, { name: 'Paul', tags: ['x'] }, { name: 'Marta', tags: ['x'] })).toBe('abort');
    const asked = db.transaction('people', 'readwrite');
    asked.objectStore('people').clear();
    asked.abort();
    expect(await finished(asked)).toBe('abort');
    expect(await all(db)).toEqual([{ id: 1, name: 'Marta', tags: [] }]);
    expect(await done(db.transaction('people').objectStore('people').index('tags').getAllKeys('x'))).toEqual([]);
    expect(await write(db, { name: 'Paul', tags: [] })).toBe('complete');
    expect(await done(db.transaction('people').objectStore('people').getAllKeys())).toEqual([1, 2]);
  });

  it('says `abort`, not `complete`, when SQLite refuses the commit', async () => {
    const folder = tempFolder();
    const first = start(folder);
    (await openDb(first.indexedDb)).close();
    first.end();
    const raw = new Sqlite(join(folder, 'crypto.idb'));
    raw.exec("CREATE TRIGGER refuse BEFORE UPDATE ON store BEGIN SELECT RAISE(ABORT, 'refused'); END");
    raw.close();

    const db = await openDb(start(folder).indexedDb);
    const transaction = db.transaction('people', 'readwrite');
    transaction.objectStore('people').add({ name: 'Marta', tags: [] });
    expect(await finished(transaction)).toBe('abort');
    expect(transaction.error?.name).toBe('UnknownError');
    expect(await all(db)).toEqual([]);
  });

  it('undoes a failed upgrade', async () => {
    const folder = tempFolder();
    const first = start(folder);
    const db = await openDb(first.indexedDb);
    await write(db, { name: 'Marta', tags: [] });
    db.close();
    await expect(
      openDb(first.indexedDb, 2, (next) => {
        next.deleteObjectStore('people');
        next.createObjectStore('other');
        throw new Error('upgrade failed');
      }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    first.end();
    const again = await openDb(start(folder).indexedDb);
    expect(again.version).toBe(1);
    expect(await all(again)).toEqual([{ id: 1, name: 'Marta', tags: [] }]);
  });

  it('upgrades: new stores come, deleted ones go with their records', async () => {
    const folder = tempFolder();
    const first = start(folder);
    const db = await openDb(first.indexedDb);
    await write(db, { name: 'Marta', tags: ['a'] });
    db.close();
    await openDb(first.indexedDb, 2, (next) => {
      next.deleteObjectStore('people');
      next.createObjectStore('other').put('value', ['array', 'key']);
    });
    first.end();
    const raw = new Sqlite(join(folder, 'crypto.idb'), { readonly: true });
    expect(raw.prepare('SELECT count(*) AS n FROM entry').get()).toEqual({ n: 0 });
    raw.close();
    const again = await openDb(start(folder).indexedDb, 2);
    expect([...again.objectStoreNames]).toEqual(['other']);
    expect(await done(again.transaction('other').objectStore('other').get(['array', 'key']))).toBe('value');
  });

  it('walks with cursors both ways, by unique keys, and while it deletes', async () => {
    const { indexedDb } = start(tempFolder());
    const db = await openDb(indexedDb);
    await write(db, ...Array.from({ length: 1_200 }, (_, index) => ({ name: `n${index}`, tags: [`t${index % 7}`] })));
    const walk = async (open: (store: IDBObjectStore) => IDBRequest<IDBCursorWithValue | null>, mode: IDBTransactionMode = 'readonly', act = (_: IDBCursorWithValue): void => undefined): Promise<unknown[]> => {
      const keys: unknown[] = [];
      const transaction = db.transaction('people', mode);
      const request = open(transaction.objectStore('people'));
      request.addEventListener('success', () => {
        if (request.result === null) return;
        keys.push(request.result.key);
        act(request.result);
        request.result.continue();
      });
      await finished(transaction);
      return keys;
    };
    expect(await walk((people) => people.openCursor())).toEqual(Array.from({ length: 1_200 }, (_, index) => index + 1));
    expect(await walk((people) => people.openCursor(machineryRange(1_190, 1_195), 'prev'))).toEqual([1195, 1194, 1193, 1192, 1191, 1190]);
    expect(await walk((people) => people.index('tags').openCursor(null, 'nextunique'))).toEqual(['t0', 't1', 't2', 't3', 't4', 't5', 't6']);
    expect(await walk((people) => people.index('tags').openCursor(null, 'prevunique'))).toEqual(['t6', 't5', 't4', 't3', 't2', 't1', 't0']);
    await walk((people) => people.openCursor(), 'readwrite', (cursor) => void (Number(cursor.key) % 2 === 0 && cursor.delete()));
    expect(await done(db.transaction('people').objectStore('people').count())).toBe(600);
  });

  it('opens after the program died before its first commit', async () => {
    const folder = tempFolder();
    const first = start(folder);
    await expect(
      openDb(first.indexedDb, 1, () => {
        throw new Error('died in its first upgrade');
      }),
    ).rejects.toMatchObject({ name: 'AbortError' });
    first.end();
    expect(readdirSync(folder)).toContain('crypto.idb');
    const again = start(folder);
    expect(await again.indexedDb.databases()).toEqual([]);
    expect(await write(await openDb(again.indexedDb), { name: 'Marta', tags: [] })).toBe('complete');
  });

  it('says so when a file cannot be made, and makes it later', async () => {
    const folder = tempFolder();
    const { indexedDb } = start(folder);
    const inTheWay = join(folder, 'crypto.idb');
    mkdirSync(inTheWay);
    await expect(openDb(indexedDb)).rejects.toMatchObject({ name: 'AbortError' });
    expect(await indexedDb.databases()).toEqual([]);
    rmdirSync(inTheWay);
    expect(await write(await openDb(indexedDb), { name: 'Marta', tags: [] })).toBe('complete');
  });

  it('lets one writer in at a time, in the order they asked', async () => {
    const { indexedDb } = start(tempFolder());
    const db = await openDb(indexedDb);
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, index) => write(db, { name: `n${index}`, tags: [] })));
    expect(new Set(outcomes)).toEqual(new Set(['complete']));
    expect((await all(db)).map((one) => (one as { name: string }).name)).toEqual(Array.from({ length: 20 }, (_, index) => `n${index}`));
  });

  it('refuses a second program on the same folder and leaves the first alone', async () => {
    const folder = tempFolder();
    const first = start(folder);
    const db = await openDb(first.indexedDb);
    await write(db, { name: 'Marta', tags: [] });
    expect(() => start(folder)).toThrow(expect.objectContaining({ code: expect.stringContaining('SQLITE_BUSY') }));
    expect(await write(db, { name: 'Paul', tags: [] })).toBe('complete');
  });

  it('deletes a database with its files', async () => {
    const folder = tempFolder();
    const { indexedDb } = start(folder);
    const db = await openDb(indexedDb);
    db.close();
    await done(indexedDb.deleteDatabase('crypto'));
    expect(readdirSync(folder)).toEqual([]);
    expect((await openDb(indexedDb)).version).toBe(1);
  });

  it('keeps names from leaving the folder', async () => {
    const folder = tempFolder();
    const { indexedDb } = start(folder);
    await done(indexedDb.open('../../etc/passwd'));
    expect(readdirSync(folder)).toContain('..%2F..%2Fetc%2Fpasswd.idb');
  });
});

const machineryRange = (lower: number, upper: number): IDBKeyRange => new machinery.KeyRange(lower, upper, false, false) as unknown as IDBKeyRange;

describe('values as bytes', () => {
  it.each([
    ['JSON', { text: 'ñ漢', list: [1, 'a', null, true], empty: {} }, 0x4a],
    ['bytes', new Uint8Array([1, 2, 3]), 0x56],
    ['a date', new Date(5), 0x56],
    ['minus zero', -0, 0x56],
    ['a lone surrogate', '\ud800', 0x56],
    ['a hole', Object.assign([1], { length: 3 }), 0x56],
    ['undefined inside', { a: undefined }, 0x56],
    ['a map', new Map([['a', 1]]), 0x56],
    ['something with toJSON', { toJSON: 'x' }, 0x56],
  ])('%s comes back as it was', (_, value, first) => {
    const bytes = encodeValue(value);
    expect(bytes[0]).toBe(first);
    expect(decodeValue(bytes)).toStrictEqual(value);
  });

  it('of an unknown kind are told', () => {
    expect(() => decodeValue(Buffer.from('x'))).toThrow('unknown kind');
  });
});
