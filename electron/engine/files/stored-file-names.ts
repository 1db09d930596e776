import type { ReadableDb } from '../store/database.ts';
import { readAll } from '../store/statements.ts';

/** The names of all files that some attachment refers to. */
export const storedFileNames = (db: ReadableDb): ReadonlySet<string> =>
  new Set(
    readAll<{ name: string }>(db, 'SELECT file_name AS name FROM attachments WHERE file_name IS NOT NULL').map(
      (row) => row.name,
    ),
  );
