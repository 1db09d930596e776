/**
 * Random programs over IndexedDB. A program is a seed: the same one asks the same of every implementation, and what it
 * was answered is its log.
 */
import { seeded } from '../../../../contract/random-value.ts';
import type { Implementation } from './implementations.ts';
import { finished, outcome } from './requests.ts';

interface Dice {
  number(below: number): number;
  pick<Item>(items: readonly Item[]): Item;
  chance(share: number): boolean;
}

const diceOf = (seed: number): Dice => {
  const random = seeded(seed);
  const number = (below: number): number => Math.floor(random() * below);
  return { number, pick: (items) => items[number(items.length)] as (typeof items)[number], chance: (share) => random() < share };
};

const texts = ['', 'a', 'ab', 'b', 'ñ', '\u0000', '\ud800', '😀'];

/** Few different ones, so that they meet again. */
const randomKey = (dice: Dice, depth = 0): IDBValidKey => {
  switch (dice.number(depth === 0 ? 12 : 6)) {
    case 0:
      return dice.pick([0, -1, 0.5, Infinity, -Infinity, 2 ** 53]);
    case 1:
      return dice.pick(texts);
    case 2:
      return new Date(dice.number(4) * 1_000);
    case 3:
      return Uint8Array.from({ length: dice.number(3) }, () => dice.pick([0, 127, 255])).buffer;
    case 4:
      return depth > 1 ? 1 : Array.from({ length: dice.number(3) }, () => randomKey(dice, depth + 1));
    default:
      return dice.number(20);
  }
};

/** Now and then something that is no key, or nothing. */
const randomPart = (dice: Dice): unknown => (dice.chance(0.1) ? dice.pick([undefined, null, true, Number.NaN, {}]) : randomKey(dice));

const randomValue = (dice: Dice): Record<string, unknown> => ({
  ...(dice.chance(0.7) ? { id: randomPart(dice) } : {}),
  name: randomPart(dice),
  tags: dice.chance(0.8) ? Array.from({ length: dice.number(4) }, () => randomPart(dice)) : randomPart(dice),
  deep: { number: dice.number(5), text: dice.pick(texts), list: [1, 'two', null] },
});

const keyPaths = [null, 'id', 'deep.number', ['id', 'name']];
/** `deep` has few values: many records under one key of an index. */
const indexPaths = ['name', 'tags', 'deep.number', 'deep.number', 'deep.text', ['name', 'deep.number']];
const directions = ['next', 'nextunique', 'prev', 'prevunique'] as const;
const storeNames = ['one', 'two', 'three'];
const indexNames = ['i1', 'i2'];

/** Anything in a form that can be compared: keys and values keep their kind. */
const plain = (value: unknown): unknown => {
  if (value instanceof Date) return { date: value.getTime() };
  if (value instanceof ArrayBuffer) return { bytes: [...new Uint8Array(value)] };
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'number') return Object.is(value, -0) ? '-0' : String(value);
  if (typeof value === 'object' && value !== null) return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, plain(one)]));
  return value === undefined ? 'undefined' : value;
};

const changeSchema = (dice: Dice, db: IDBDatabase, transaction: IDBTransaction, log: (line: unknown) => void): void => {
  for (let count = 1 + dice.number(4); count > 0; count -= 1) {
    const name = dice.pick(storeNames);
    const kind = dice.number(6);
    const keyPath = dice.pick(keyPaths);
    const autoIncrement = dice.chance(0.4);
    const index = { name: dice.pick(indexNames), path: dice.pick(indexPaths), unique: dice.chance(0.2), multiEntry: dice.chance(0.3) };
    const filled = Array.from({ length: dice.number(4) }, () => [randomValue(dice), randomKey(dice)] as const);
    log(
      outcome(() => {
        if (kind <= 2 && !db.objectStoreNames.contains(name)) {
          const made = db.createObjectStore(name, { keyPath: keyPath as string | string[] | null, autoIncrement });
          for (const [value, key] of filled) log(outcome(() => void made.put(value, keyPath === null ? key : undefined)));
          return `made ${name}`;
        }
        if (kind === 3) return db.deleteObjectStore(name);
        const store = transaction.objectStore(name);
        if (kind === 5 && store.indexNames.contains(index.name)) return store.deleteIndex(index.name);
        return store.createIndex(index.name, index.path as string | string[], index).name;
      }),
    );
  }
};

const randomRange = (dice: Dice, KeyRange: typeof IDBKeyRange): unknown => {
  const [low, high] = [randomKey(dice), randomKey(dice)];
  const [lowOpen, highOpen] = [dice.chance(0.5), dice.chance(0.5)];
  const kind = dice.number(5);
  try {
    if (kind === 0) return low;
    if (kind === 1) return KeyRange.lowerBound(low, lowOpen);
    if (kind === 2) return KeyRange.upperBound(high, highOpen);
    return kind === 3 ? KeyRange.bound(low, high, lowOpen, highOpen) : null;
  } catch {
    return null;
  }
};

/** Says how a request ended; a step of its own may follow on success. */
const listen = (request: IDBRequest, log: (line: unknown) => void, next: () => void = () => undefined, keep = true): void => {
  request.addEventListener('success', () => {
    if (!(request.result !== null && typeof request.result === 'object' && 'continue' in request.result)) log(plain(request.result));
    next();
  });
  request.addEventListener('error', (event) => {
    log(`fails ${request.error?.name ?? ''}`);
    if (keep) event.preventDefault();
  });
};

const walk = (dice: Dice, source: IDBObjectStore | IDBIndex, range: unknown, isWriting: boolean, log: (line: unknown) => void): void => {
  const direction = dice.pick(directions);
  const request = dice.chance(0.5) ? source.openCursor(range as IDBKeyRange, direction) : source.openKeyCursor(range as IDBKeyRange, direction);
  let stepCount = 0;
  listen(request, log, () => {
    const cursor = request.result;
    if (cursor === null || (stepCount += 1) > 40) return;
    log(plain([cursor.key, cursor.primaryKey, 'value' in cursor ? (cursor as IDBCursorWithValue).value : 'none']));
    if (isWriting && dice.chance(0.2)) log(outcome(() => listen(cursor.delete(), log)));
    else if (isWriting && dice.chance(0.2)) log(outcome(() => listen(cursor.update({ ...('value' in cursor ? ((cursor as IDBCursorWithValue).value as object) : {}), deep: { number: dice.number(5) } }), log)));
    const kind = dice.number(10);
    const [key, primaryKey] = [randomKey(dice), randomKey(dice)];
    log(
      outcome(() => {
        if (kind === 0) cursor.advance(1 + dice.number(3));
        else if (kind === 1) cursor.continue(key);
        else if (kind === 2) cursor.continuePrimaryKey(key, primaryKey);
        else cursor.continue();
        return 'on';
      }),
    );
  });
};

const ask = (dice: Dice, { KeyRange }: Implementation, store: IDBObjectStore, isWriting: boolean, log: (line: unknown) => void): void => {
  const names = [...store.indexNames];
  const source = names.length > 0 && dice.chance(0.5) ? store.index(dice.pick(names)) : store;
  const range = randomRange(dice, KeyRange) as IDBKeyRange;
  const value = randomValue(dice);
  const key = dice.chance(0.6) ? randomKey(dice) : undefined;
  const limit = dice.pick([undefined, 0, 1, 3]);
  const withOptions = dice.chance(0.5);
  // Not in the types of TypeScript yet: https://w3c.github.io/IndexedDB/#dictdef-idbgetalloptions
  const options = { query: range, count: limit, direction: dice.pick(directions) } as unknown as IDBKeyRange;
  const more = Array.from({ length: 12 }, () => [randomValue(dice), randomKey(dice)] as const);
  const kind = dice.number(isWriting ? 15 : 7);
  const keep = dice.chance(0.85);
  log(
    outcome(() => {
      if (kind === 0) listen(source.get(range), log);
      else if (kind === 1) listen(source.getKey(range), log);
      else if (kind === 2) listen(withOptions ? source.getAll(options) : source.getAll(range, limit), log);
      else if (kind === 3) listen(withOptions ? source.getAllKeys(options) : source.getAllKeys(range, limit), log);
      else if (kind === 4) listen(source.count(range ?? undefined), log);
      else if (kind <= 6) walk(dice, source, range, isWriting, log);
      else if (kind <= 9) listen(store.put(value, key), log, undefined, keep);
      else if (kind === 10) listen(store.add(value, key), log, undefined, keep);
      else if (kind === 11) listen(store.delete(range), log, undefined, keep);
      else if (kind === 12) listen(store.clear(), log);
      else for (const [one, itsKey] of more) log(outcome(() => listen(store.put(one, store.keyPath === null ? itsKey : undefined), log)));
      return 'asked';
    }),
  );
};

const openDb = (indexedDb: IDBFactory, version: number | undefined, upgrade: (db: IDBDatabase, transaction: IDBTransaction) => void): Promise<IDBDatabase | string> =>
  new Promise((resolve) => {
    const request = indexedDb.open('random', version);
    request.addEventListener('upgradeneeded', () => {
      if (request.transaction !== null) upgrade(request.result, request.transaction);
    });
    request.addEventListener('success', () => resolve(request.result));
    request.addEventListener('error', () => resolve(`open fails ${request.error?.name ?? ''}`));
  });

const describe = (db: IDBDatabase): unknown => {
  const names = [...db.objectStoreNames];
  if (names.length === 0) return [db.version];
  const transaction = db.transaction(names);
  const ofStore = (name: string): unknown => {
    const store = transaction.objectStore(name);
    const indexes = [...store.indexNames].map((one) => store.index(one)).map(({ name: own, keyPath, unique, multiEntry }) => [own, keyPath, unique, multiEntry]);
    return [name, store.keyPath, store.autoIncrement, indexes];
  };
  return [db.version, names.map(ofStore)];
};

const transact = async (dice: Dice, implementation: Implementation, db: IDBDatabase, log: (line: unknown) => void): Promise<void> => {
  const names = [...db.objectStoreNames];
  if (names.length === 0) return;
  const isWriting = dice.chance(0.7);
  const transaction = db.transaction(names, isWriting ? 'readwrite' : 'readonly');
  for (let count = 1 + dice.number(8); count > 0; count -= 1) ask(dice, implementation, transaction.objectStore(dice.pick(names)), isWriting, log);
  if (dice.chance(0.1)) transaction.abort();
  else if (dice.chance(0.1)) transaction.commit();
  log(await finished(transaction));
};

/** Runs the program of this seed to its end. */
export async function runProgram(seed: number, first: Implementation): Promise<readonly unknown[]> {
  const dice = diceOf(seed);
  const lines: unknown[] = [];
  const log = (line: unknown): void => void lines.push(line);
  let implementation = first;
  let version = 0;
  for (let life = 0; life < 4; life += 1) {
    if (dice.chance(0.6) || version === 0) version += 1;
    const fate = dice.number(10);
    const db = await openDb(implementation.indexedDb, version, (opened, transaction) => {
      changeSchema(dice, opened, transaction, log);
      if (fate === 0) transaction.abort();
      if (fate === 1) throw new Error('an upgrade that fails');
    });
    if (typeof db === 'string') {
      log(db);
      version = (await implementation.indexedDb.databases()).find(({ name }) => name === 'random')?.version ?? 0;
    } else {
      log(describe(db));
      for (let count = 1 + dice.number(5); count > 0; count -= 1) await transact(dice, implementation, db, log);
      db.close();
    }
    log(plain(await implementation.indexedDb.databases()));
    implementation = implementation.restart();
  }
  implementation.end();
  return lines;
}
