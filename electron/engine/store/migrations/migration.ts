import type { WritableDb } from '../database.ts';

/** One step of the schema. Never changed after a release (build/checks/migrations.lock.json). */
export interface Migration {
  /** Steps of ten, so that one can be put between; equals the number in the file name. */
  readonly version: number;
  readonly up: (db: WritableDb) => void;
}
