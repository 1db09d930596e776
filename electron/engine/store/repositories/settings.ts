import type { Json } from '#bridge';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll } from '../statements.ts';
import { runDurably } from '../transaction.ts';

/** What a person set, by key. Which keys exist and their defaults is the caller's business. */
export const settings = {
  /** All stored values; a Map, so that no key can reach a prototype. */
  read: (db: ReadableDb): Map<string, Json> =>
    new Map(
      readAll<{ key: string; value: string }>(db, 'SELECT key, value FROM settings').map(
        (row) => [row.key, JSON.parse(row.value) as Json] as const,
      ),
    ),

  write: (db: WritableDb, values: Iterable<readonly [string, Json]>): void =>
    runDurably(db, () => {
      for (const [key, value] of values) {
        change(
          db,
          `INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value`,
          key,
          JSON.stringify(value),
        );
      }
    }),
};
