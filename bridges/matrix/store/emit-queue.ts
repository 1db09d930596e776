/**
 * Batches of events that the engine has not confirmed. They are written in the transaction that moves the sync
 * forward and deleted after the engine's commit: a kill in between loses nothing, and the batch number, which the
 * engine keeps in the same transaction as the events, tells after it what need not be said again.
 */
import type { BridgeEvent } from '#bridge';
import type { MatrixDatabase } from './database.ts';

export interface EmitBatch {
  readonly id: number;
  readonly events: readonly BridgeEvent[];
}

export interface EmitQueue {
  /** Appends events in batches of a bearable size; the number of the last batch, or null when there is nothing to say. */
  push(events: readonly BridgeEvent[]): number | null;
  first(): EmitBatch | null;
  /** Number of the last batch that waits; null when none does. */
  lastId(): number | null;
  /** Forgets this batch and everything before it. */
  confirm(batchId: number): void;
  /** Numbers go on after this one, also when this file is older than the engine's memory. */
  continueAfter(batchId: number): void;
  /** Takes the text of erased events out of batches that still wait. */
  erase(eventIds: ReadonlySet<string>): void;
}

/** Each is one transaction of the engine, whose page waits meanwhile: at 250 no turn of it takes longer than a frame. */
const maxBatchSize = 250;

const withoutText = (event: BridgeEvent, erased: ReadonlySet<string>): BridgeEvent | null => {
  if (event.type === 'message.patched' && erased.has(event.target)) return null;
  if (event.type !== 'message.upserted' || !erased.has(event.message.remoteId)) return event;
  const { attachments: _attachments, replyTo: _replyTo, ...message } = event.message;
  return { ...event, message: { ...message, text: '' } };
};

export const createEmitQueue = (database: MatrixDatabase): EmitQueue => {
  const insert = database.prepare('INSERT INTO emit_queue (events) VALUES (?)');
  const selectFirst = database.prepare<[], { id: number; events: string }>('SELECT * FROM emit_queue ORDER BY id LIMIT 1');
  const selectLast = database.prepare<[], { id: number | null }>('SELECT max(id) AS id FROM emit_queue');
  const selectAll = database.prepare<[], { id: number; events: string }>('SELECT * FROM emit_queue');
  const update = database.prepare('UPDATE emit_queue SET events = ? WHERE id = ?');
  const remove = database.prepare('DELETE FROM emit_queue WHERE id <= ?');
  const lastNumber = database.prepare<[], { seq: number }>("SELECT seq FROM sqlite_sequence WHERE name = 'emit_queue'");
  const bumpNumber = database.prepare("UPDATE sqlite_sequence SET seq = ? WHERE name = 'emit_queue'");
  const startNumber = database.prepare("INSERT INTO sqlite_sequence (name, seq) VALUES ('emit_queue', ?)");
  return {
    push(events) {
      let last: number | null = null;
      for (let start = 0; start < events.length; start += maxBatchSize) {
        const part = events.slice(start, start + maxBatchSize);
        last = Number(insert.run(JSON.stringify(part)).lastInsertRowid);
      }
      return last;
    },
    first() {
      const row = selectFirst.get();
      return row === undefined ? null : { id: row.id, events: JSON.parse(row.events) as readonly BridgeEvent[] };
    },
    lastId: () => selectLast.get()?.id ?? null,
    confirm: (batchId) => void remove.run(batchId),
    continueAfter(batchId) {
      const last = lastNumber.get()?.seq;
      if (last === undefined) startNumber.run(batchId);
      else if (last < batchId) bumpNumber.run(batchId);
    },
    erase(eventIds) {
      for (const row of selectAll.all()) {
        const events = JSON.parse(row.events) as readonly BridgeEvent[];
        const kept = events.map((event) => withoutText(event, eventIds)).filter((event) => event !== null);
        update.run(JSON.stringify(kept), row.id);
      }
    },
  };
};
