/**
 * The parts of fake-indexeddb that we build on: its implementation of the specification's transactions, requests and
 * cursors. Its records live in memory; ours live in SQLite (`record-store.ts`). The inner modules are not exported, so
 * they are found beside one that is; the version is pinned, and test/unit/matrix/indexeddb fails when one changes.
 */
import type { Key } from './key-codec.ts';

export interface RawRecord {
  readonly key: Key;
  /** Of an object store: the value. Of an index: the primary key. */
  readonly value: unknown;
}

export interface KeyRange {
  readonly lower: Key | undefined;
  readonly upper: Key | undefined;
  readonly lowerOpen: boolean;
  readonly upperOpen: boolean;
}

export type Direction = 'next' | 'nextunique' | 'prev' | 'prevunique';

export interface RecordStore {
  readonly keysAreUnique: boolean;
  get(key: Key | KeyRange): RawRecord | undefined;
  put(record: RawRecord, noOverwrite?: boolean): RawRecord | undefined;
  delete(key: Key | KeyRange): RawRecord[];
  deleteByKeyAndValue(key: Key, value: Key): void;
  clear(): RawRecord[];
  values(range?: KeyRange, direction?: Direction): Iterable<RawRecord>;
  size(): number;
}

export interface RawIndex {
  readonly name: string;
  readonly keyPath: string | readonly string[];
  readonly multiEntry: boolean;
  readonly unique: boolean;
  initialized: boolean;
  records: RecordStore;
}

export interface RawObjectStore {
  readonly name: string;
  readonly keyPath: string | readonly string[] | null;
  readonly autoIncrement: boolean;
  readonly keyGenerator: { num: number } | null;
  records: RecordStore;
  rawIndexes: Map<string, RawIndex>;
}

export interface RawDatabase {
  readonly name: string;
  version: number;
  readonly transactions: Transaction[];
  rawObjectStores: Map<string, RawObjectStore>;
  processTransactions: () => void;
}

export interface Transaction {
  readonly mode: 'readonly' | 'readwrite' | 'versionchange';
  readonly db: { readonly _rawDatabase: RawDatabase };
  readonly _scope: ReadonlySet<string>;
  readonly _started: boolean;
  _state: 'active' | 'inactive' | 'committing' | 'finished';
  _start(): void;
  _abort(errorName: string | null): void;
  _markFinished(): void;
  addEventListener(type: 'complete' | 'abort', listener: () => void): void;
}

export interface Cursor {
  _range: KeyRange | undefined;
  readonly _direction: Direction;
  readonly _position: Key | undefined;
  _iterate(key?: Key, primaryKey?: Key): unknown;
}

type Class<Instance, Arguments extends readonly unknown[]> = { new (...values: Arguments): Instance; readonly prototype: Instance };

export interface Factory {
  _databases: Map<string, RawDatabase>;
}

export interface Machinery {
  readonly Factory: Class<Factory, []>;
  readonly Transaction: Class<Transaction, [readonly string[], string, string, unknown]>;
  readonly Cursor: Class<Cursor, unknown[]>;
  readonly KeyRange: Class<KeyRange, [Key | undefined, Key | undefined, boolean, boolean]> & { only(key: Key): KeyRange };
  readonly Database: Class<RawDatabase, [string, number]>;
  readonly ObjectStore: Class<RawObjectStore, [RawDatabase, string, RawObjectStore['keyPath'], boolean]>;
  readonly Index: Class<RawIndex, [RawObjectStore, string, RawIndex['keyPath'], boolean, boolean]>;
  readonly ConstraintError: Class<Error, []>;
  readonly cmpKeys: (first: Key, second: Key) => number;
  readonly queueTask: (task: () => void) => void;
  /** What the wasm module looks for on `globalThis`. */
  readonly globals: Readonly<Record<string, unknown>>;
}

const globalNames = [
  'IDBCursor',
  'IDBCursorWithValue',
  'IDBDatabase',
  'IDBFactory',
  'IDBIndex',
  'IDBKeyRange',
  'IDBObjectStore',
  'IDBOpenDBRequest',
  'IDBRequest',
  'IDBTransaction',
  'IDBVersionChangeEvent',
] as const;

/** Loads the machinery once per thread. */
export async function loadMachinery(): Promise<Machinery> {
  const folder = new URL('.', import.meta.resolve('fake-indexeddb/lib/FDBFactory'));
  const inner = async (path: string): Promise<Record<string, unknown>> => (await import(new URL(path, folder).href)) as Record<string, unknown>;
  // First of all: the modules import each other in circles, which only this entry resolves.
  const all = await inner('index.js');
  const [factory, transaction, cursor, keyRange, database, objectStore, index, errors, cmp, scheduling] = await Promise.all([
    inner('FDBFactory.js'),
    inner('FDBTransaction.js'),
    inner('FDBCursor.js'),
    inner('FDBKeyRange.js'),
    inner('lib/Database.js'),
    inner('lib/ObjectStore.js'),
    inner('lib/Index.js'),
    inner('lib/errors.js'),
    inner('lib/cmp.js'),
    inner('lib/scheduling.js'),
  ]);
  const parts = {
    Factory: factory['default'],
    Transaction: transaction['default'],
    Cursor: cursor['default'],
    KeyRange: keyRange['default'],
    Database: database['default'],
    ObjectStore: objectStore['default'],
    Index: index['default'],
    ConstraintError: errors['ConstraintError'],
    cmpKeys: cmp['cmpKeys'],
    queueTask: scheduling['queueTask'],
    globals: Object.fromEntries(globalNames.map((name) => [name, all[name]])),
  };
  const missing = [...Object.entries(parts), ...Object.entries(parts.globals)].filter(([, part]) => part === undefined);
  if (missing.length > 0) throw new Error(`fake-indexeddb is not the version we know: ${missing.map(([name]) => name).join(', ')}`);
  return parts as unknown as Machinery;
}
