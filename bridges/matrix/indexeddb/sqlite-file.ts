import Sqlite, { type Statement } from 'better-sqlite3';
import type { Machinery, RawDatabase, RawIndex, RawObjectStore, Transaction } from './machinery.ts';
import { SqlRecordStore } from './record-store.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS database (id INTEGER PRIMARY KEY CHECK (id = 1), name TEXT NOT NULL, version INTEGER NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS store (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, key_path TEXT NOT NULL, is_auto INTEGER NOT NULL, last_number REAL NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS store_index (
    id INTEGER PRIMARY KEY, store_id INTEGER NOT NULL, name TEXT NOT NULL, key_path TEXT NOT NULL,
    is_multi INTEGER NOT NULL, is_unique INTEGER NOT NULL
  ) STRICT;
  CREATE TABLE IF NOT EXISTS record (s INTEGER NOT NULL, k BLOB NOT NULL, v BLOB NOT NULL, PRIMARY KEY (s, k)) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS entry (s INTEGER NOT NULL, k BLOB NOT NULL, v BLOB NOT NULL, PRIMARY KEY (s, k, v)) STRICT, WITHOUT ROWID;
`;

interface StoreRow {
  readonly id: number;
  readonly name: string;
  readonly key_path: string;
  readonly is_auto: number;
  readonly last_number: number;
}

interface IndexRow {
  readonly id: number;
  readonly name: string;
  readonly key_path: string;
  readonly is_multi: number;
  readonly is_unique: number;
}

/** One IndexedDB database in one SQLite file. One writing transaction of IndexedDB is one transaction of SQLite. */
export class SqliteFile {
  readonly #db: Sqlite.Database;
  readonly #machinery: Machinery;
  readonly #statements = new Map<string, Statement>();
  readonly #ids = new WeakMap<RawObjectStore | RawIndex, number>();
  #nextId: number;
  #writer: Transaction | null = null;

  /** @throws when another process holds the file (`SQLITE_BUSY`), or it is no database. */
  constructor(path: string, machinery: Machinery) {
    this.#machinery = machinery;
    const db = new Sqlite(path, { timeout: 500 });
    this.#db = db;
    try {
      // Two machines on one set of keys would both forget what the other used: the second one is kept out.
      db.pragma('locking_mode = EXCLUSIVE');
      db.pragma('journal_mode = WAL');
      // A power cut that takes back a commit would turn ratchets back (matrix-rust-sdk #3354).
      db.pragma('synchronous = FULL');
      db.pragma('trusted_schema = OFF');
      db.pragma('secure_delete = ON');
      db.exec(schema);
      const newest = db.prepare('SELECT max(id) AS id FROM (SELECT id FROM store UNION SELECT id FROM store_index)').get();
      this.#nextId = 1 + ((newest as { id: number | null }).id ?? 0);
    } catch (error) {
      db.close();
      throw error;
    }
  }

  get isClosed(): boolean {
    return !this.#db.open;
  }

  /** Gives the database in memory the stores that are in the file, and every new one a place in it. */
  attach(raw: RawDatabase): void {
    raw.version = (this.#db.prepare('SELECT version FROM database').get() as { version: number } | undefined)?.version ?? 0;
    const stores = new AttachedMap<RawObjectStore>((store) => this.#adoptStore(store));
    for (const row of this.#db.prepare('SELECT * FROM store').all() as StoreRow[]) {
      const store = new this.#machinery.ObjectStore(raw, row.name, parsePath(row.key_path), row.is_auto === 1);
      if (store.keyGenerator !== null) store.keyGenerator.num = row.last_number;
      this.#ids.set(store, row.id);
      stores.set(row.name, store);
      for (const found of this.#db.prepare('SELECT * FROM store_index WHERE store_id = ?').all(row.id) as IndexRow[]) {
        const path = parsePath(found.key_path) ?? '';
        const index = new this.#machinery.Index(store, found.name, path, found.is_multi === 1, found.is_unique === 1);
        index.initialized = true;
        this.#ids.set(index, found.id);
        store.rawIndexes.set(found.name, index);
      }
    }
    raw.rawObjectStores = stores;
  }

  begin(transaction: Transaction): void {
    this.#db.exec('BEGIN IMMEDIATE');
    this.#writer = transaction;
  }

  isWriting(transaction: Transaction): boolean {
    return this.#writer === transaction;
  }

  rollback(): void {
    this.#writer = null;
    if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
  }

  /** @throws what SQLite says; everything of the transaction is then undone. */
  commit(transaction: Transaction): void {
    this.#writer = null;
    const raw = transaction.db._rawDatabase;
    try {
      if (transaction.mode === 'versionchange') this.#writeSchema(raw);
      else this.#writeNumbers(raw, transaction._scope);
      this.#db.exec('COMMIT');
    } catch (error) {
      if (this.#db.inTransaction) this.#db.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#db.close();
  }

  #prepare = (sql: string): Statement => {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const statement = this.#db.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  };

  #idOf(part: RawObjectStore | RawIndex): number {
    const known = this.#ids.get(part);
    if (known !== undefined) return known;
    const id = this.#nextId;
    this.#nextId += 1;
    this.#ids.set(part, id);
    return id;
  }

  #adoptStore(store: RawObjectStore): void {
    if (store.records instanceof SqlRecordStore) return;
    store.records = new SqlRecordStore({ id: this.#idOf(store), table: 'record', keysAreUnique: true, prepare: this.#prepare, machinery: this.#machinery });
    const indexes = new AttachedMap<RawIndex>((index) => this.#adoptIndex(index));
    for (const [name, index] of store.rawIndexes) indexes.set(name, index);
    store.rawIndexes = indexes;
  }

  #adoptIndex(index: RawIndex): void {
    if (index.records instanceof SqlRecordStore) return;
    index.records = new SqlRecordStore({ id: this.#idOf(index), table: 'entry', keysAreUnique: index.unique, prepare: this.#prepare, machinery: this.#machinery });
  }

  #writeSchema(raw: RawDatabase): void {
    this.#prepare('INSERT OR REPLACE INTO database (id, name, version) VALUES (1, ?, ?)').run(raw.name, raw.version);
    this.#db.exec('DELETE FROM store; DELETE FROM store_index');
    for (const store of raw.rawObjectStores.values()) {
      const { name, keyPath, autoIncrement, keyGenerator } = store;
      const values = [this.#idOf(store), name, JSON.stringify(keyPath), autoIncrement ? 1 : 0, keyGenerator?.num ?? 0];
      this.#prepare('INSERT INTO store VALUES (?, ?, ?, ?, ?)').run(...values);
      for (const index of store.rawIndexes.values()) {
        const own = [this.#idOf(index), this.#idOf(store), index.name, JSON.stringify(index.keyPath), index.multiEntry ? 1 : 0, index.unique ? 1 : 0];
        this.#prepare('INSERT INTO store_index VALUES (?, ?, ?, ?, ?, ?)').run(...own);
      }
    }
    this.#db.exec(`DELETE FROM record WHERE s NOT IN (SELECT id FROM store);
      DELETE FROM entry WHERE s NOT IN (SELECT id FROM store_index)`);
  }

  #writeNumbers(raw: RawDatabase, scope: ReadonlySet<string>): void {
    for (const name of scope) {
      const store = raw.rawObjectStores.get(name);
      if (store?.keyGenerator == null) continue;
      this.#prepare('UPDATE store SET last_number = ? WHERE id = ?').run(store.keyGenerator.num, this.#idOf(store));
    }
  }
}

/** A map that prepares what is put into it. */
class AttachedMap<Value> extends Map<string, Value> {
  readonly #adopt: (value: Value) => void;

  constructor(adopt: (value: Value) => void) {
    super();
    this.#adopt = adopt;
  }

  override set(name: string, value: Value): this {
    this.#adopt(value);
    return super.set(name, value);
  }
}

const parsePath = (text: string): string | readonly string[] | null => JSON.parse(text) as string | readonly string[] | null;
