/**
 * Why the store cannot serve. The interface has one sentence per code.
 * `profile-in-use`: another engine works on this profile. `newer-database`: written by a newer version of the
 * application; left untouched. `wrong-key`: encrypted, and not with this key. `damaged`: not a database, or broken.
 */
export type StoreErrorCode = 'profile-in-use' | 'newer-database' | 'wrong-key' | 'damaged' | 'disk-full' | 'not-found';

export class StoreError extends Error {
  readonly code: StoreErrorCode;

  constructor(code: StoreErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'StoreError';
    this.code = code;
  }
}

/** SQLite's own result code of a thrown value (`SQLITE_FULL`…), or null when it is none of SQLite's errors. */
export const sqliteCode = (error: unknown): string | null => {
  if (!(error instanceof Error) || !('code' in error)) return null;
  return typeof error.code === 'string' && error.code.startsWith('SQLITE_') ? error.code : null;
};

/** True when the disk, the file or the memory failed: the whole batch fails, whatever is in it. */
export const isStorageFailure = (error: unknown): boolean => {
  const code = sqliteCode(error);
  return code !== null && /^SQLITE_(FULL|IOERR|CORRUPT|NOTADB|READONLY|CANTOPEN|NOMEM|BUSY|LOCKED|PROTOCOL)/.test(code);
};
