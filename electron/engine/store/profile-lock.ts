import Database from 'better-sqlite3';
import { join } from 'node:path';
import { makePrivate } from './private-file.ts';
import { sqliteCode, StoreError } from './store-error.ts';

export interface ProfileLock {
  release(): void;
}

/**
 * Holds a profile for this process alone, until `release` or the end of the process, however it ends.
 *
 * The lock is an exclusive transaction on an empty SQLite file: it works alike on every system, cannot go stale
 * after a kill, and leaves the store itself open for read-only tools.
 *
 * @throws StoreError `profile-in-use`
 */
export function lockProfile(profileDir: string): ProfileLock {
  const path = join(profileDir, 'profile.lock');
  // Whoever can read it could hold it, and keep us out.
  makePrivate(path, true);
  const db = new Database(path, { timeout: 0 });
  try {
    // Nothing is ever written, so nothing needs a journal on disk.
    db.pragma('journal_mode = MEMORY');
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db.close();
    if (sqliteCode(error)?.startsWith('SQLITE_BUSY')) {
      throw new StoreError('profile-in-use', 'Another Palomar is open with this profile.', error);
    }
    throw error;
  }
  return { release: () => db.close() };
}
