import Sqlite from 'better-sqlite3';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { applySync } from '../../../bridges/matrix/receive.ts';
import { lastingEvents } from '../../../bridges/matrix/receive/outcome.ts';
import { openMatrixStore, type MatrixStore } from '../../../bridges/matrix/store/matrix-store.ts';
import { createEmitPump } from '../../../bridges/matrix/worker/emit-pump.ts';
import type { FromWorker } from '../../../bridges/matrix/worker/protocol.ts';
import { createSyncIntake } from '../../../bridges/matrix/worker/sync-intake.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const selfId = '@alice:example.org';
const roomId = '!room:example.org';

const response = (batch: string, ...timeline: unknown[]): unknown => ({
  next_batch: batch,
  rooms: { join: { [roomId]: { timeline: { events: timeline } } } },
});

const text = (eventId: string, body: string): unknown => ({
  event_id: eventId,
  type: 'm.room.message',
  sender: '@bob:example.org',
  origin_server_ts: 1_795_000_000_000,
  content: { msgtype: 'm.text', body },
});

const redaction = (eventId: string, target: string): unknown => ({
  event_id: eventId,
  type: 'm.room.redaction',
  sender: '@bob:example.org',
  origin_server_ts: 1_795_000_000_001,
  redacts: target,
  content: {},
});

const take = (store: MatrixStore, raw: unknown): void => {
  store.transaction(() => {
    const outcome = applySync(raw, { store, selfId, nowMs: Date.now(), isCatchingUp: false, typing: new Map() });
    store.queue.push(lastingEvents(outcome));
  });
};

/** The pump with everything it handed over, as an engine that confirms when told. */
const pumping = (store: MatrixStore) => {
  const batches: Extract<FromWorker, { kind: 'batch' }>[] = [];
  const pump = createEmitPump(store, (message) => {
    if (message.kind === 'batch') batches.push(message);
  });
  return { pump, batches };
};

const texts = (events: readonly BridgeEvent[]): readonly string[] =>
  events.flatMap((event) => (event.type === 'message.upserted' ? [event.message.text] : []));

describe('one response, one transaction', () => {
  it('keeps token and events together, or neither', () => {
    const path = join(tempFolder('matrix'), 'matrix.sqlite');
    const store = openMatrixStore(path);
    take(store, response('s1', text('$1', 'kept')));
    expect(() =>
      store.transaction(() => {
        const outcome = applySync(response('s2', text('$2', 'lost')), { store, selfId, nowMs: 0, isCatchingUp: false, typing: new Map() });
        store.queue.push(lastingEvents(outcome));
        throw new Error('disk full');
      }),
    ).toThrow('disk full');
    expect(store.settings.get('next_batch')).toBe('s1');
    expect(store.events.find('$2')).toBeNull();
    expect(texts(store.queue.first()?.events ?? [])).toEqual(['kept']);
    store.close();
  });

  it('throws when the disk refuses, so that the sync stops and nothing is skipped', () => {
    const store = openMatrixStore(join(tempFolder('matrix'), 'matrix.sqlite'));
    const pump = createEmitPump(store, () => undefined);
    const intake = createSyncIntake({ store, selfId, pump, post: () => undefined, onReverts: () => undefined, onFollowUps: () => undefined, onTimeline: () => undefined });
    store.database.pragma('query_only = ON');
    expect(() => intake.take(response('s1', text('$1', 'x')), [])).toThrow();
    store.database.pragma('query_only = OFF');
    expect(store.settings.get('next_batch')).toBeNull();
    store.close();
  });
});

describe('batches for the engine', () => {
  it('are handed over again after a crash before the commit', () => {
    const path = join(tempFolder('matrix'), 'matrix.sqlite');
    const first = openMatrixStore(path);
    take(first, response('s1', text('$1', 'not yet confirmed')));
    const before = pumping(first);
    before.pump.start(null);
    expect(before.batches).toHaveLength(1);
    first.close();

    const second = openMatrixStore(path);
    const after = pumping(second);
    after.pump.start(null);
    expect(texts(after.batches[0]?.events ?? [])).toEqual(['not yet confirmed']);
    second.close();
  });

  it('are not repeated after a crash between the commit and its confirmation', () => {
    const path = join(tempFolder('matrix'), 'matrix.sqlite');
    const first = openMatrixStore(path);
    take(first, response('s1', text('$1', 'committed')));
    const before = pumping(first);
    before.pump.start(null);
    const { progress } = before.batches[0]!;
    first.close();

    const second = openMatrixStore(path);
    const after = pumping(second);
    after.pump.start(progress);
    expect(after.batches).toEqual([]);
    take(second, response('s2', text('$2', 'news')));
    after.pump.wake();
    expect(texts(after.batches[0]?.events ?? [])).toEqual(['news']);
    expect(after.batches[0]!.progress.batch).toBeGreaterThan(progress.batch);
    second.close();
  });

  it('of a new store are told, whatever number the engine saw last', () => {
    const store = openMatrixStore(join(tempFolder('matrix'), 'matrix.sqlite'));
    take(store, response('s1', text('$1', 'a new beginning')));
    const { pump, batches } = pumping(store);
    pump.start({ store: 'another file', batch: 99 });
    expect(batches).toHaveLength(1);
    store.close();
  });

  it('of a store that is older than the memory of the engine get numbers of their own', () => {
    const store = openMatrixStore(join(tempFolder('matrix'), 'matrix.sqlite'));
    const { pump, batches } = pumping(store);
    pump.start({ store: store.storeId, batch: 50 });
    take(store, response('s1', text('$1', 'after the restore')));
    pump.wake();
    expect(batches[0]?.progress.batch).toBe(51);
    store.close();
  });

  it('come one at a time and in order', async () => {
    const store = openMatrixStore(join(tempFolder('matrix'), 'matrix.sqlite'));
    const { pump, batches } = pumping(store);
    pump.start(null);
    for (const index of [1, 2, 3]) {
      take(store, response(`s${String(index)}`, text(`$${String(index)}`, `message ${String(index)}`)));
      pump.wake();
    }
    expect(batches).toHaveLength(1);
    const all = pump.whenStored(3);
    for (const index of [0, 1, 2]) pump.stored(batches[index]!.progress.batch);
    await all;
    expect(batches.flatMap((batch) => texts(batch.events))).toEqual(['message 1', 'message 2', 'message 3']);
    expect(store.queue.first()).toBeNull();
    store.close();
  });

  it('are few and of a bearable size', () => {
    const store = openMatrixStore(join(tempFolder('matrix'), 'matrix.sqlite'));
    const event: BridgeEvent = { type: 'state', connection: 'online' };
    store.queue.push(Array.from({ length: 2_500 }, () => event));
    expect(store.queue.lastId()).toBe(10);
    store.close();
  });

  it('lose the text of a message that was redacted before they were told', () => {
    const store = openMatrixStore(join(tempFolder('matrix'), 'matrix.sqlite'));
    const edit = {
      event_id: '$edit',
      type: 'm.room.message',
      sender: '@bob:example.org',
      origin_server_ts: 1_795_000_000_000,
      content: {
        msgtype: 'm.text',
        body: '* regretted even more',
        'm.new_content': { msgtype: 'm.text', body: 'regretted even more' },
        'm.relates_to': { rel_type: 'm.replace', event_id: '$1' },
      },
    };
    take(store, response('s1', text('$1', 'regretted words'), edit));
    take(store, response('s2', redaction('$2', '$1')));
    const row = store.database.prepare('SELECT group_concat(events) AS all_events FROM emit_queue').get() as { all_events: string };
    expect(row.all_events).not.toContain('regretted');
    expect(row.all_events).toContain('message.deleted');
    store.close();
  });
});

describe('the file', () => {
  it('belongs to one process', () => {
    const path = join(tempFolder('matrix'), 'matrix.sqlite');
    const store = openMatrixStore(path);
    store.settings.set('x', 'y');
    const other = new Sqlite(path, { timeout: 50 });
    expect(() => other.prepare('SELECT * FROM setting').all()).toThrow(/locked/u);
    other.close();
    store.close();
  });

  it('is set aside and begun anew when it is damaged', () => {
    const path = join(tempFolder('matrix'), 'matrix.sqlite');
    writeFileSync(path, 'this was a database once, '.repeat(500));
    const store = openMatrixStore(path);
    expect(store.settings.get('next_batch')).toBeNull();
    expect(existsSync(`${path}.damaged`)).toBe(true);
    store.close();
  });

  it('holds no text of a message that was handed over', () => {
    const store = openMatrixStore(join(tempFolder('matrix'), 'matrix.sqlite'));
    take(store, response('s1', text('$1', 'unforgettable-halibut')));
    store.queue.confirm(store.queue.lastId() ?? 0);
    const tables = store.database.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
    const everything = tables.map(({ name }) => JSON.stringify(store.database.prepare(`SELECT * FROM "${name}"`).all()));
    expect(everything.join()).not.toContain('halibut');
    store.close();
  });
});
