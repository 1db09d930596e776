import Database from 'better-sqlite3';
import type { RemoteMessage } from '#model';

/**
 * The yardstick of ingest and search: the least a program could do to keep the same messages with SQLite. No checks,
 * no second name, no names of people, no notifications; the same journal, safety and cache settings as the store.
 *
 * A row has what a message needs; one index for paging, one unique key against doubles, counters of the conversation
 * in the same transaction, the words in a full-text index at once.
 */
export class RawStore {
  readonly db: Database.Database;
  private readonly conversationIds = new Map<string, number>();

  constructor(path: string) {
    this.db = new Database(path);
    this.db.pragma('journal_mode = WAL');
    this.db.pragma('synchronous = NORMAL');
    this.db.pragma('temp_store = MEMORY');
    this.db.pragma('cache_size = -65536');
    this.db.pragma('wal_autocheckpoint = 8000');
    this.db.exec(schema);
  }

  /** Stores all messages, so many in one transaction. */
  insertAll(messages: readonly RemoteMessage[], batchSize: number): void {
    const insertMessage = this.db.prepare(
      `INSERT INTO messages (conversation_id, sent_at_ms, remote_id, sender, kind, state, body, meta)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING`,
    );
    const insertText = this.db.prepare('INSERT INTO message_words (rowid, body) VALUES (?, ?)');
    const count = this.db.prepare(
      `UPDATE conversations SET last_at_ms = max(last_at_ms, ?), unread_count = unread_count + ?, last_body = ?
       WHERE id = ?`,
    );
    const insertBatch = this.db.transaction((batch: readonly RemoteMessage[]) => {
      for (const { conversationId, sentAtMs, remoteId, senderId, isOwn, kind, text } of batch) {
        const conversation = this.conversationId(conversationId);
        const state = isOwn ? 1 : 0;
        const { changes, lastInsertRowid } = insertMessage.run(conversation, sentAtMs, remoteId, senderId, kind, state, text, null);
        if (changes === 0) continue;
        insertText.run(lastInsertRowid, text);
        count.run(sentAtMs, isOwn ? 0 : 1, text, conversation);
      }
    });
    for (let start = 0; start < messages.length; start += batchSize) insertBatch(messages.slice(start, start + batchSize));
  }

  countMessages(): number {
    return this.db.prepare<[], { n: number }>('SELECT count(*) AS n FROM messages').get()?.n ?? 0;
  }

  close(): void {
    this.db.close();
  }

  private conversationId(remoteId: string): number {
    const known = this.conversationIds.get(remoteId);
    if (known !== undefined) return known;
    const { lastInsertRowid } = this.db.prepare('INSERT INTO conversations (remote_id) VALUES (?)').run(remoteId);
    this.conversationIds.set(remoteId, Number(lastInsertRowid));
    return Number(lastInsertRowid);
  }
}

const schema = `
  CREATE TABLE conversations (
    id INTEGER PRIMARY KEY,
    remote_id TEXT NOT NULL UNIQUE,
    last_at_ms INTEGER NOT NULL DEFAULT 0,
    unread_count INTEGER NOT NULL DEFAULT 0,
    last_body TEXT
  );
  CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    conversation_id INTEGER NOT NULL,
    sent_at_ms INTEGER NOT NULL,
    remote_id TEXT NOT NULL,
    sender TEXT NOT NULL,
    kind TEXT NOT NULL,
    state INTEGER NOT NULL,
    body TEXT NOT NULL,
    meta TEXT,
    UNIQUE (conversation_id, remote_id)
  );
  CREATE INDEX messages_by_conversation ON messages (conversation_id, sent_at_ms, id);
  CREATE VIRTUAL TABLE message_words USING fts5 (
    body, content = 'messages', content_rowid = 'id', tokenize = 'unicode61 remove_diacritics 2'
  );
`;
