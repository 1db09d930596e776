import type { ReadableDb } from '../store/database.ts';
import { readAll } from '../store/statements.ts';

/** The names of all files that some attachment or picture refers to. */
export const storedFileNames = (db: ReadableDb): ReadonlySet<string> =>
  new Set(
    readAll<{ name: string }>(
      db,
      'SELECT file_name AS name FROM attachments WHERE file_name IS NOT NULL UNION ALL SELECT file_name FROM avatars',
    ).map((row) => row.name),
  );
