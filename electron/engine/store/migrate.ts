import { existsSync, rmSync } from 'node:fs';
import { readVersion } from './database.ts';
import type { WritableDb } from './database.ts';
import { migrations } from './migrations/index.ts';
import type { Migration } from './migrations/index.ts';
import { makePrivate } from './private-file.ts';
import { StoreError } from './store-error.ts';
import { runDurably } from './transaction.ts';

export interface MigrationResult {
  readonly fromVersion: number;
  readonly toVersion: number;
  /** Copy of the file as it was; null for a new or current one. */
  readonly backupPath: string | null;
}

/**
 * Brings the schema up to date: each step in a transaction of its own together with its version number, so a
 * kill leaves the old or the new schema, never one between. A file that holds data is copied before.
 *
 * @throws StoreError `newer-database` when the file was written by a newer version; it is not touched
 */
export function migrate(
  db: WritableDb,
  path: string,
  steps: readonly Migration[] = migrations,
): MigrationResult {
  const toVersion = steps.at(-1)?.version ?? 0;
  const fromVersion = refuseNewer(db, toVersion);
  const missing = steps.filter((step) => step.version > fromVersion);
  if (missing.length === 0) return { fromVersion, toVersion, backupPath: null };

  const backupPath = fromVersion > 0 && path !== ':memory:' ? backUp(db, path, fromVersion) : null;
  for (const step of missing) {
    runDurably(db, () => {
      step.up(db);
      db.pragma(`user_version = ${step.version}`);
    });
  }
  return { fromVersion, toVersion, backupPath };
}

/** Says which version the file has. @throws StoreError `newer-database` */
export function refuseNewer(db: WritableDb, newestKnown: number): number {
  const version = readVersion(db);
  if (version <= newestKnown) return version;
  throw new StoreError(
    'newer-database',
    `This profile was last opened with a newer Palomar (its data has version ${version}, this one knows ` +
      `${newestKnown}). Nothing was changed. Please update Palomar.`,
  );
}

/** VACUUM INTO copies a consistent state with the journal folded in; the copy of an encrypted file is encrypted. */
function backUp(db: WritableDb, path: string, version: number): string {
  const target = `${path}.before-${version}`;
  if (existsSync(target)) rmSync(target);
  // VACUUM INTO takes an empty file, and keeps its rights.
  makePrivate(target, true);
  db.prepare('VACUUM INTO ?').run(target);
  return target;
}
