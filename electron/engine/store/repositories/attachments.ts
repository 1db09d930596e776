import type { RemoteAttachment } from '#model';
import type { AttachmentId, AttachmentRow, ConversationId, Fault, FileSummary, MessageId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';

/** An attachment with what only the engine may know: where it comes from and where it lies. */
export interface AttachmentRecord {
  readonly id: AttachmentId;
  readonly messageId: MessageId;
  readonly remote: RemoteAttachment;
  readonly state: AttachmentRow['state'];
  readonly fault: Fault | null;
  /** Name inside the profile's folder of files; null until it is there. */
  readonly fileName: string | null;
  readonly sha256: string | null;
}

interface Row {
  id: number;
  message_id: number;
  remote_id: string;
  name: string;
  mime: string;
  size_bytes: number | null;
  width_px: number | null;
  height_px: number | null;
  duration_ms: number | null;
  thumbnail: string | null;
  waveform: string | null;
  source: string;
  state: AttachmentRow['state'];
  fault: string | null;
  file_name: string | null;
  sha256: string | null;
}

const toRecord = (row: Row): AttachmentRecord => ({
  id: row.id as AttachmentId,
  messageId: row.message_id as MessageId,
  remote: {
    remoteId: row.remote_id,
    name: row.name,
    mime: row.mime,
    sizeBytes: row.size_bytes ?? undefined,
    widthPx: row.width_px ?? undefined,
    heightPx: row.height_px ?? undefined,
    durationMs: row.duration_ms ?? undefined,
    thumbnail: row.thumbnail ?? undefined,
    ...(row.waveform === null ? {} : { voice: { waveform: JSON.parse(row.waveform) as number[] } }),
    source: row.source,
  },
  state: row.state,
  fault: row.fault === null ? null : (JSON.parse(row.fault) as Fault),
  fileName: row.file_name,
  sha256: row.sha256,
});

const toShown = (row: Row): AttachmentRow => ({
  id: row.id as AttachmentId,
  name: row.name,
  mime: row.mime,
  sizeBytes: row.size_bytes,
  widthPx: row.width_px,
  heightPx: row.height_px,
  durationMs: row.duration_ms,
  thumbnail: row.thumbnail,
  waveform: row.waveform === null ? null : (JSON.parse(row.waveform) as number[]),
  state: row.state,
  fault: row.fault === null ? null : (JSON.parse(row.fault) as Fault),
});

const longestThumbnail = 40_000;

/** A page shows it as it is: nothing but a small raster image is kept. */
const thumbnailOf = ({ thumbnail }: RemoteAttachment): string | null =>
  thumbnail !== undefined && thumbnail.length <= longestThumbnail && /^data:image\/(?:png|jpeg|webp|gif);base64,/.test(thumbnail)
    ? thumbnail
    : null;

const mostLoudness = 128;

/** Whole numbers from 0 to 100, and not more of them than can be drawn. */
const waveformOf = ({ voice }: RemoteAttachment): string | null => {
  if (voice === undefined) return null;
  const values = Array.isArray(voice.waveform) ? voice.waveform.slice(0, mostLoudness) : [];
  return JSON.stringify(values.map((value: unknown) => Math.max(0, Math.min(100, Math.round(typeof value === 'number' && Number.isFinite(value) ? value : 0)))));
};

/** Files that came or go with messages. The bytes lie outside the database. */
export const attachments = {
  get: (db: ReadableDb, id: AttachmentId): AttachmentRecord | null => {
    const row = readOne<Row>(db, 'SELECT * FROM attachments WHERE id = ?', id);
    return row ? toRecord(row) : null;
  },

  ofMessage: (db: ReadableDb, messageId: MessageId): AttachmentRecord[] =>
    readAll<Row>(db, 'SELECT * FROM attachments WHERE message_id = ? ORDER BY position', messageId).map(toRecord),

  /** What the interface shows, for a page of messages at once. */
  ofMessages: (db: ReadableDb, messageIds: readonly MessageId[]): Map<MessageId, AttachmentRow[]> => {
    const byMessage = new Map<MessageId, AttachmentRow[]>();
    const rows = readAll<Row>(
      db,
      `SELECT attachments.* FROM json_each(?) AS wanted
       JOIN attachments ON attachments.message_id = wanted.value ORDER BY message_id, position`,
      JSON.stringify(messageIds),
    );
    for (const row of rows) {
      const id = row.message_id as MessageId;
      const list = byMessage.get(id);
      if (list) list.push(toShown(row));
      else byMessage.set(id, [toShown(row)]);
    }
    return byMessage;
  },

  /** Adds attachments after those that are there; one that is known by its remote id stays as it is. */
  add: (db: WritableDb, messageId: MessageId, remotes: readonly RemoteAttachment[]): AttachmentId[] =>
    remotes.map((remote, position) => {
      const { changes, insertedId } = change(
        db,
        `INSERT INTO attachments
           (message_id, conversation_id, position, remote_id, name, mime, size_bytes, width_px, height_px, duration_ms, source,
            thumbnail, waveform)
         VALUES (?1, (SELECT conversation_id FROM messages WHERE id = ?1), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)
         ON CONFLICT (message_id, remote_id) DO NOTHING`,
        messageId,
        position,
        remote.remoteId,
        remote.name,
        remote.mime,
        remote.sizeBytes ?? null,
        remote.widthPx ?? null,
        remote.heightPx ?? null,
        remote.durationMs ?? null,
        remote.source,
        thumbnailOf(remote),
        waveformOf(remote),
      );
      if (changes === 1) return insertedId as AttachmentId;
      const known = readOne<{ id: number }>(
        db,
        'SELECT id FROM attachments WHERE message_id = ? AND remote_id = ?',
        messageId,
        remote.remoteId,
      );
      return known?.id as AttachmentId;
    }),

  setFetching: (db: WritableDb, id: AttachmentId): void => {
    change(db, `UPDATE attachments SET state = 'fetching', fault = NULL WHERE id = ?`, id);
  },

  setReady: (
    db: WritableDb,
    id: AttachmentId,
    file: { readonly fileName: string; readonly sizeBytes: number; readonly sha256: string; readonly mime?: string | undefined },
  ): void => {
    change(
      db,
      `UPDATE attachments SET state = 'ready', fault = NULL, file_name = ?, size_bytes = ?, sha256 = ?,
         mime = coalesce(?, mime) WHERE id = ?`,
      file.fileName,
      file.sizeBytes,
      file.sha256,
      file.mime ?? null,
      id,
    );
  },

  setFailed: (db: WritableDb, id: AttachmentId, fault: Fault): void => {
    change(db, `UPDATE attachments SET state = 'failed', fault = ? WHERE id = ?`, JSON.stringify(fault), id);
  },

  /** The network named our upload: its own id and source, so that it can be fetched again. Files stay. */
  setRemote: (db: WritableDb, id: AttachmentId, remote: RemoteAttachment): void => {
    change(
      db,
      'UPDATE OR IGNORE attachments SET remote_id = ?, source = ? WHERE id = ?',
      remote.remoteId,
      remote.source,
      id,
    );
  },

  /** After a start: fetches that were cut off can be asked for again. */
  resetFetching: (db: WritableDb): void => {
    change(db, `UPDATE attachments SET state = 'remote' WHERE state = 'fetching'`);
  },

  /** Removes the attachments of a message; says which files nothing refers to any more. */
  removeOfMessage: (db: WritableDb, messageId: MessageId): string[] => {
    const fileNames = attachments.ofMessage(db, messageId).flatMap(({ fileName }) => fileName ?? []);
    change(db, 'DELETE FROM attachments WHERE message_id = ?', messageId);
    return fileNames;
  },

  /** Files of one conversation, newest first, for its side panel. */
  ofConversation: (db: ReadableDb, conversationId: ConversationId, limit: number): FileSummary[] =>
    readAll<{ id: number; message_id: number; name: string; size_bytes: number | null; sent_at_ms: number; is_pushed: number }>(
      db,
      `SELECT attachments.id, message_id, name, size_bytes, sent_at_ms,
         EXISTS (SELECT 1 FROM pushed_messages WHERE pushed_messages.message_id = messages.id) AS is_pushed
       FROM attachments JOIN messages ON messages.id = attachments.message_id
       WHERE attachments.conversation_id = ?
       ORDER BY attachments.message_id DESC LIMIT ?`,
      conversationId,
      limit,
    ).map((row) => ({
      attachmentId: row.id as AttachmentId,
      messageId: row.message_id as MessageId,
      name: row.name,
      sizeBytes: row.size_bytes,
      sentAtMs: row.sent_at_ms,
      isPushed: row.is_pushed === 1,
    })),
};
