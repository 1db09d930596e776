/** Single values of an account: the sync token, the filter id, the name of this store. */
import type { MatrixDatabase } from './database.ts';

export interface Settings {
  get(name: string): string | null;
  set(name: string, value: string): void;
  delete(name: string): void;
}

export const createSettings = (database: MatrixDatabase): Settings => {
  const select = database.prepare<[string], { value: string }>('SELECT value FROM setting WHERE name = ?');
  const upsert = database.prepare(
    'INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value',
  );
  const remove = database.prepare('DELETE FROM setting WHERE name = ?');
  return {
    get: (name) => select.get(name)?.value ?? null,
    set: (name, value) => void upsert.run(name, value),
    delete: (name) => void remove.run(name),
  };
};
