import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Cursor, Factory, Machinery, RawDatabase, Transaction } from './machinery.ts';
import { SqliteFile } from './sqlite-file.ts';

const ending = '.idb';

/** `indexedDB` over a folder: one SQLite file a database. */
export interface SqliteFactory {
  readonly factory: Factory;
  /** Closes every file; what is under way is rolled back. To be called before the thread ends. */
  close(): void;
}

/**
 * Opens every database of the folder at once, so that a folder in use by another process is noticed now.
 * @throws when another process holds one of them (`SQLITE_BUSY`)
 */
export function createSqliteFactory(folder: string, machinery: Machinery): SqliteFactory {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const files = new WeakMap<RawDatabase, SqliteFile>();
  const open: SqliteFile[] = [];
  bindTransactions(machinery, files);

  const pathOf = (name: string): string => join(folder, `${encodeURIComponent(name)}${ending}`);
  const attach = (raw: RawDatabase): SqliteFile => {
    const known = files.get(raw);
    if (known !== undefined) return known;
    const file = new SqliteFile(pathOf(raw.name), machinery);
    open.push(file);
    files.set(raw, file);
    file.attach(raw);
    raw.processTransactions = () => startNext(machinery, raw);
    return file;
  };

  const databases = new (class extends Map<string, RawDatabase> {
    override set(name: string, raw: RawDatabase): this {
      try {
        attach(raw);
      } catch {
        // Thrown from here it would reach nobody, and who opens would wait for ever; the first transaction tells it.
        refused.add(raw);
        return this;
      }
      return super.set(name, raw);
    }

    override delete(name: string): boolean {
      const raw = this.get(name);
      const file = raw === undefined ? undefined : files.get(raw);
      file?.close();
      for (const suffix of ['', '-wal', '-shm']) rmSync(pathOf(name) + suffix, { force: true });
      return super.delete(name);
    }
  })();
  try {
    for (const entry of readdirSync(folder)) {
      if (!entry.endsWith(ending)) continue;
      const name = decodeURIComponent(entry.slice(0, -ending.length));
      const raw = new machinery.Database(name, 0);
      const file = attach(raw);
      // Version 0: made, and the program died before its first commit. Whoever opens it next makes it anew.
      if (raw.version > 0) databases.set(name, raw);
      else file.close();
    }
  } catch (error) {
    for (const file of open) file.close();
    throw error;
  }
  const factory = new machinery.Factory();
  factory._databases = databases;
  return {
    factory,
    close() {
      for (const file of open) {
        if (file.isClosed) continue;
        file.rollback();
        file.close();
      }
    },
  };
}

/**
 * Lets the next transaction run that clashes with none before it: as fake-indexeddb does, but with one writer at a time
 * for the whole database, because SQLite knows one.
 */
function startNext({ queueTask }: Machinery, raw: RawDatabase): void {
  queueTask(() => {
    const live = raw.transactions.filter((one) => one._state !== 'finished');
    const running = live.filter((one) => one._started);
    const waiting = live.filter((one) => !one._started);
    const next = waiting.find((one, index) => [...running, ...waiting.slice(0, index)].every((other) => !clash(one, other)));
    if (next === undefined) return;
    next.addEventListener('complete', raw.processTransactions);
    next.addEventListener('abort', raw.processTransactions);
    next._start();
    if (waiting.length > 1) raw.processTransactions();
  });
}

function clash(one: Transaction, other: Transaction): boolean {
  const isReading = [one, other].map(({ mode }) => mode === 'readonly');
  if (isReading[0] === isReading[1]) return isReading[0] === false;
  return [...one._scope].some((name) => other._scope.has(name));
}

/** Databases whose file could not be made: no place on the disk, or none to be had there. */
const refused = new WeakSet<RawDatabase>();

const bound = new WeakMap<object, WeakMap<RawDatabase, SqliteFile>[]>();

/** Ties transactions to SQLite: begin at the first step, commit before `complete` is heard, roll back on abort. */
function bindTransactions(machinery: Machinery, files: WeakMap<RawDatabase, SqliteFile>): void {
  const known = bound.get(machinery.Transaction.prototype);
  if (known !== undefined) {
    known.push(files);
    return;
  }
  const all = [files];
  bound.set(machinery.Transaction.prototype, all);
  const fileOf = (transaction: Transaction): SqliteFile | undefined =>
    all.map((one) => one.get(transaction.db._rawDatabase)).find((file) => file !== undefined);

  const { prototype } = machinery.Transaction;
  const start = prototype._start;
  const abort = prototype._abort;
  const markFinished = prototype._markFinished;
  const aborting = new WeakSet<Transaction>();

  prototype._start = function (this: Transaction) {
    const file = fileOf(this);
    const isFirst = file !== undefined && !this._started && this.mode !== 'readonly' && this._state !== 'finished';
    try {
      if (isFirst) file.begin(this);
      if (refused.has(this.db._rawDatabase) && this._state !== 'finished') throw new Error('the database has no file');
    } catch {
      this._abort('UnknownError');
      return;
    }
    start.call(this);
  };
  prototype._abort = function (this: Transaction, errorName) {
    aborting.add(this);
    abort.call(this, errorName);
  };
  prototype._markFinished = function (this: Transaction) {
    const file = fileOf(this);
    if (file?.isWriting(this) === true) {
      if (aborting.has(this)) {
        file.rollback();
      } else {
        try {
          file.commit(this);
        } catch (error) {
          // Nothing was written: whoever waits must hear `abort`, not `complete`.
          this._state = 'active';
          this._abort(isFull(error) ? 'QuotaExceededError' : 'UnknownError');
          return;
        }
      }
    }
    markFinished.call(this);
  };
  bindCursors(machinery);
}

const isFull = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('SQLITE_FULL');

/** fake-indexeddb looks for a cursor's next record from the start of its range; from where it stands is the same and quick. */
function bindCursors({ Cursor, KeyRange, cmpKeys }: Machinery): void {
  const iterate = Cursor.prototype._iterate;
  Cursor.prototype._iterate = function (this: Cursor, key, primaryKey) {
    const whole = this._range;
    const isForward = this._direction.startsWith('next');
    let { lower, upper, lowerOpen, upperOpen } = whole ?? { lower: undefined, upper: undefined, lowerOpen: true, upperOpen: true };
    for (const at of [this._position, key]) {
      if (at === undefined) continue;
      if (isForward && (lower === undefined || cmpKeys(lower, at) < 0)) [lower, lowerOpen] = [at, false];
      if (!isForward && (upper === undefined || cmpKeys(upper, at) > 0)) [upper, upperOpen] = [at, false];
    }
    if (lower !== undefined || upper !== undefined) {
      this._range = new KeyRange(lower, upper, lower === undefined || lowerOpen, upper === undefined || upperOpen);
    }
    try {
      return iterate.call(this, key, primaryKey);
    } finally {
      this._range = whole;
    }
  };
}
