import type { ConnectionId } from '#rpc';
import type { RemoteRef } from '../connector.ts';
import type { ReadableDb, WritableDb } from '../../store/database.ts';
import { change, readAll, readOne } from '../../store/statements.ts';

export interface Link {
  readonly ref: RemoteRef;
  readonly decidedBy: 'person' | 'key' | 'created';
}

interface SqlRow {
  readonly role: 'contact' | 'container';
  readonly kind: string;
  readonly remote_id: string;
  readonly title: string;
  readonly decided_by: Link['decidedBy'];
}

/** Which record stands for a person or a conversation, and which records do not. */
export const links = {
  get: (db: ReadableDb, connectionId: ConnectionId, key: string): Link | null => {
    const row = readOne<SqlRow>(db, 'SELECT * FROM crm_links WHERE connection_id = ? AND key = ?', connectionId, key);
    if (!row) return null;
    return { ref: { role: row.role, kind: row.kind, id: row.remote_id, title: row.title }, decidedBy: row.decided_by };
  },

  set: (
    db: WritableDb,
    connectionId: ConnectionId,
    key: string,
    { ref, decidedBy }: Link & { readonly ref: RemoteRef & { readonly role: 'contact' | 'container' } },
    nowMs: number,
  ): void => {
    change(
      db,
      `INSERT INTO crm_links (connection_id, key, role, kind, remote_id, title, decided_by, decided_at_ms)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (connection_id, key) DO UPDATE SET role = excluded.role, kind = excluded.kind,
         remote_id = excluded.remote_id, title = excluded.title, decided_by = excluded.decided_by,
         decided_at_ms = excluded.decided_at_ms`,
      connectionId,
      key,
      ref.role,
      ref.kind,
      ref.id,
      ref.title ?? '',
      decidedBy,
      nowMs,
    );
    change(
      db,
      'DELETE FROM crm_rejections WHERE connection_id = ? AND key = ? AND kind = ? AND remote_id = ?',
      connectionId,
      key,
      ref.kind,
      ref.id,
    );
  },

  remove: (db: WritableDb, connectionId: ConnectionId, key: string): void => {
    change(db, 'DELETE FROM crm_links WHERE connection_id = ? AND key = ?', connectionId, key);
  },

  reject: (db: WritableDb, connectionId: ConnectionId, key: string, ref: RemoteRef): void => {
    change(
      db,
      'INSERT OR IGNORE INTO crm_rejections (connection_id, key, kind, remote_id) VALUES (?, ?, ?, ?)',
      connectionId,
      key,
      ref.kind,
      ref.id,
    );
  },

  /** `kind id` of every record that was not taken. */
  rejections: (db: ReadableDb, connectionId: ConnectionId, key: string): ReadonlySet<string> =>
    new Set(
      readAll<{ kind: string; remote_id: string }>(
        db,
        'SELECT kind, remote_id FROM crm_rejections WHERE connection_id = ? AND key = ?',
        connectionId,
        key,
      ).map((row) => `${row.kind} ${row.remote_id}`),
    ),
};
