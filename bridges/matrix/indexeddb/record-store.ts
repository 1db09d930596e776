import type { Statement } from 'better-sqlite3';
import { decodeKey, encodeKey, type Key } from './key-codec.ts';
import type { Direction, KeyRange, Machinery, RawRecord, RecordStore } from './machinery.ts';
import { decodeValue, encodeValue } from './value-codec.ts';

/** `record`: of object stores, one row a key. `entry`: of indexes, one row a pair of index key and primary key. */
export type RecordTable = 'record' | 'entry';

interface Row {
  readonly k: Uint8Array;
  readonly v: Uint8Array;
}

export type Prepare = (sql: string) => Statement<unknown[], unknown>;

const lowest = Buffer.alloc(0);
const highest = Buffer.of(0xff);
/** Small first: most scans look at one or two records. */
const firstPage = 2;
const largestPage = 512;

/** The records of one object store or index, in SQLite; takes the place of fake-indexeddb's own store in memory. */
export class SqlRecordStore implements RecordStore {
  readonly keysAreUnique: boolean;
  readonly #id: number;
  readonly #table: RecordTable;
  readonly #prepare: Prepare;
  readonly #machinery: Machinery;

  constructor(options: { readonly id: number; readonly table: RecordTable; readonly keysAreUnique: boolean; readonly prepare: Prepare; readonly machinery: Machinery }) {
    this.#id = options.id;
    this.#table = options.table;
    this.keysAreUnique = options.keysAreUnique;
    this.#prepare = options.prepare;
    this.#machinery = options.machinery;
  }

  get(key: Key | KeyRange): RawRecord | undefined {
    if (!this.#isRange(key)) return this.#first(encodeKey(key));
    for (const record of this.values(key)) return record;
    return undefined;
  }

  put({ key, value }: RawRecord, noOverwrite = false): RawRecord | undefined {
    const k = encodeKey(key);
    const v = this.#encode(value);
    if (this.#table === 'record') {
      // Most records are new: one statement then, not two.
      const { changes } = this.#prepare('INSERT OR IGNORE INTO record (s, k, v) VALUES (?, ?, ?)').run(this.#id, k, v);
      if (changes === 1) return undefined;
    }
    const old = this.#table === 'record' || this.keysAreUnique ? this.#first(k) : undefined;
    if (old !== undefined && noOverwrite) throw new this.#machinery.ConstraintError();
    if (old !== undefined && this.#table === 'entry') this.deleteByKeyAndValue(old.key, old.value as Key);
    this.#prepare(`INSERT OR REPLACE INTO ${this.#table} (s, k, v) VALUES (?, ?, ?)`).run(this.#id, k, v);
    return old;
  }

  delete(key: Key | KeyRange): RawRecord[] {
    const deleted = [...this.values(this.#isRange(key) ? key : this.#machinery.KeyRange.only(key))];
    for (const record of deleted) {
      if (this.#table === 'entry') this.deleteByKeyAndValue(record.key, record.value as Key);
      else this.#prepare('DELETE FROM record WHERE s = ? AND k = ?').run(this.#id, encodeKey(record.key));
    }
    return deleted;
  }

  deleteByKeyAndValue(key: Key, value: Key): void {
    this.#prepare(`DELETE FROM ${this.#table} WHERE s = ? AND k = ? AND v = ?`).run(this.#id, encodeKey(key), encodeKey(value));
  }

  clear(): RawRecord[] {
    const deleted = [...this.values()];
    this.#prepare(`DELETE FROM ${this.#table} WHERE s = ?`).run(this.#id);
    return deleted;
  }

  size(): number {
    return (this.#prepare(`SELECT count(*) AS n FROM ${this.#table} WHERE s = ?`).get(this.#id) as { n: number }).n;
  }

  *values(range?: KeyRange, direction: Direction = 'next'): Iterable<RawRecord> {
    const isDescending = direction.startsWith('prev');
    const records = this.#scan(range, isDescending);
    if (!direction.endsWith('unique')) yield* records;
    else yield* isDescending ? this.#lastOfEach(records) : this.#firstOfEach(records);
  }

  /**
   * In pages that start anew behind the last row: no statement stays open while the program runs between two steps of
   * a cursor, and what was deleted meanwhile is not met again.
   */
  *#scan(range: KeyRange | undefined, isDescending: boolean): Iterable<RawRecord> {
    const low = { k: range?.lower === undefined ? lowest : encodeKey(range.lower), sign: range?.lower !== undefined && range.lowerOpen ? '>' : '>=' };
    const high = { k: range?.upper === undefined ? highest : encodeKey(range.upper), sign: range?.upper !== undefined && range.upperOpen ? '<' : '<=' };
    const order = isDescending ? 'DESC' : 'ASC';
    let page = firstPage;
    let last: Row | null = null;
    for (;;) {
      const behind: string = last === null ? '' : `AND (k, v) ${isDescending ? '<' : '>'} (?, ?)`;
      const rows = this.#prepare(
        `SELECT k, v FROM ${this.#table} WHERE s = ? AND k ${low.sign} ? AND k ${high.sign} ? ${behind} ORDER BY k ${order}, v ${order} LIMIT ?`,
      ).all(this.#id, low.k, high.k, ...(last === null ? [] : [last.k, last.v]), page) as Row[];
      for (const row of rows) yield this.#decode(row);
      last = rows.at(-1) ?? null;
      if (last === null || rows.length < page) return;
      // One row a key: everything behind the last key is everything behind the last row, by the index alone.
      if (isDescending) Object.assign(high, { k: last.k, sign: this.#table === 'record' ? '<' : '<=' });
      else Object.assign(low, { k: last.k, sign: this.#table === 'record' ? '>' : '>=' });
      page = Math.min(page * 4, largestPage);
    }
  }

  *#firstOfEach(records: Iterable<RawRecord>): Iterable<RawRecord> {
    let before: Key | undefined;
    for (const record of records) {
      if (before !== undefined && this.#machinery.cmpKeys(before, record.key) === 0) continue;
      before = record.key;
      yield record;
    }
  }

  /** Backwards, the lowest of equal keys comes last, and that is the one the specification wants. */
  *#lastOfEach(records: Iterable<RawRecord>): Iterable<RawRecord> {
    let current: RawRecord | undefined;
    for (const record of records) {
      if (current !== undefined && this.#machinery.cmpKeys(current.key, record.key) !== 0) yield current;
      current = record;
    }
    if (current !== undefined) yield current;
  }

  #first(k: Buffer): RawRecord | undefined {
    const row = this.#prepare(`SELECT k, v FROM ${this.#table} WHERE s = ? AND k = ? ORDER BY v LIMIT 1`).get(this.#id, k);
    return row === undefined ? undefined : this.#decode(row as Row);
  }

  #isRange(key: Key | KeyRange): key is KeyRange {
    return key instanceof this.#machinery.KeyRange;
  }

  #encode(value: unknown): Buffer {
    return this.#table === 'record' ? encodeValue(value) : encodeKey(value as Key);
  }

  #decode({ k, v }: Row): RawRecord {
    return { key: decodeKey(k), value: this.#table === 'record' ? decodeValue(v) : decodeKey(v) };
  }
}
