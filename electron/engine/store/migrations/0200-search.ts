import type { Migration } from './migration.ts';

/** Full-text index over the messages. It holds no text of its own; the view says what it indexes. */
export const migration: Migration = {
  version: 200,
  up: (db) =>
    db.exec(`
      -- scope: 'c' and the conversation's id, a token of its own, so that a search in one conversation is one AND.
      CREATE VIEW search_sources AS
        SELECT id, text, 'c' || conversation_id AS scope
        FROM messages
        WHERE text <> '' AND kind NOT IN ('system', 'push', 'unreadable');

      CREATE VIRTUAL TABLE message_search USING fts5 (
        text, scope,
        content = 'search_sources', content_rowid = 'id',
        columnsize = 0,
        tokenize = 'unicode61 remove_diacritics 2'
      );
      -- A deleted text leaves the index at once, not with a later merge.
      INSERT INTO message_search (message_search, rank) VALUES ('secure-delete', 1);
    `),
};
