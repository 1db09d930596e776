import type { Migration } from './migration.ts';

/** Why a message deserves less trust than it looks: it came in clear text, from an unverified device. */
export const migration: Migration = {
  version: 580,
  up: (db) =>
    db.exec(`
      -- A word of the contract's list; null: nothing to say, as of most messages.
      ALTER TABLE message_hints ADD COLUMN shield TEXT;
    `),
};
