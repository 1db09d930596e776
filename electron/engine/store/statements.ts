import type { Statement } from 'better-sqlite3';
import type { ReadableDb, WritableDb } from './database.ts';

/** What SQLite takes and gives. */
export type SqlValue = null | number | string | Uint8Array;

const cacheOf = new WeakMap<object, Map<string, Statement<unknown[], unknown>>>();

/** Prepares a statement once per database and SQL text; later calls only look it up. */
export function statement<Row = unknown>(db: ReadableDb, sql: string): Statement<unknown[], Row> {
  let cache = cacheOf.get(db);
  if (!cache) cacheOf.set(db, (cache = new Map()));
  let prepared = cache.get(sql);
  if (!prepared) cache.set(sql, (prepared = db.prepare<unknown[], unknown>(sql)));
  return prepared as Statement<unknown[], Row>;
}

export const slowQueryMs = 40;

/** Told about a statement that took longer than {@link slowQueryMs}: its text, never its values. */
export type SlowQueryListener = (sql: string, tookMs: number) => void;

let onSlowQuery: SlowQueryListener = () => {};

export const setSlowQueryListener = (listener: SlowQueryListener): void => {
  onSlowQuery = listener;
};

function timed<Result>(sql: string, work: () => Result): Result {
  const startedAtMs = performance.now();
  try {
    return work();
  } finally {
    const tookMs = performance.now() - startedAtMs;
    if (tookMs > slowQueryMs) onSlowQuery(sql, tookMs);
  }
}

/** Numbered parameters (`?1`) count as named ones in better-sqlite3: their values go by number. */
const bindable = (sql: string, values: SqlValue[]): unknown[] =>
  sql.includes('?1') ? [Object.fromEntries(values.map((value, index) => [index + 1, value]))] : values;

/** All rows of a query. */
export const readAll = <Row>(db: ReadableDb, sql: string, ...values: SqlValue[]): Row[] =>
  timed(sql, () => statement<Row>(db, sql).all(...bindable(sql, values)));

/** The first row of a query, or undefined. */
export const readOne = <Row>(db: ReadableDb, sql: string, ...values: SqlValue[]): Row | undefined =>
  timed(sql, () => statement<Row>(db, sql).get(...bindable(sql, values)));

/** Runs a change; says how many rows it touched and the id of the last row inserted. */
export const change = (db: WritableDb, sql: string, ...values: SqlValue[]): { changes: number; insertedId: number } =>
  timed(sql, () => {
    const { changes, lastInsertRowid } = statement(db, sql).run(...bindable(sql, values));
    return { changes, insertedId: Number(lastInsertRowid) };
  });
