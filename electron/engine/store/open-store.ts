import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { configure, connect } from './database.ts';
import type { WritableDb } from './database.ts';
import { migrate, refuseNewer } from './migrate.ts';
import { newestVersion } from './migrations/index.ts';
import { makePrivate } from './private-file.ts';
import { lockProfile } from './profile-lock.ts';

export interface Store {
  readonly db: WritableDb;
  readonly path: string;
  /** Where the copy made before this start's migration lies; null when nothing had to be migrated. */
  readonly backupPath: string | null;
  /** Checkpoints, closes and gives the profile free. */
  close(): void;
}

/**
 * Opens the store of a profile for writing: folder, lock, database, migrations.
 *
 * @param profileDir made (for its owner only) when absent
 * @throws StoreError `profile-in-use`, `newer-database`, `wrong-key`
 */
export function openStore(profileDir: string, key?: Uint8Array): Store {
  mkdirSync(profileDir, { recursive: true, mode: 0o700 });
  const lock = lockProfile(profileDir);
  const path = join(profileDir, 'palomar.db');
  // Before anything is written: SQLite gives its journals the rights of the file they belong to.
  for (const name of [path, `${path}-wal`, `${path}-shm`]) makePrivate(name, name === path);
  let db: WritableDb | null = null;
  try {
    db = connect({ path, key });
    // Before any setting: the file of a newer version stays as it is.
    refuseNewer(db, newestVersion);
    configure(db);
    const { backupPath } = migrate(db, path);
    const opened = db;
    return {
      db: opened,
      path,
      backupPath,
      close: () => {
        opened.pragma('optimize');
        opened.close();
        lock.release();
      },
    };
  } catch (error) {
    db?.close();
    lock.release();
    throw error;
  }
}
