import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { readCapabilities } from '../../../bridges/matrix/capabilities.ts';
import { applyHistory } from '../../../bridges/matrix/history.ts';
import { applySync } from '../../../bridges/matrix/receive.ts';
import { lastingEvents } from '../../../bridges/matrix/receive/outcome.ts';
import { readPowerLevels } from '../../../bridges/matrix/receive/power.ts';
import { noRoomPowers } from '../../../bridges/matrix/receive/room-powers.ts';
import { openMatrixStore, type MatrixStore } from '../../../bridges/matrix/store/matrix-store.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const selfId = '@alice:example.org';
const bob = '@bob:example.org';
const nowMs = 1_795_000_000_000;

const newStore = (): MatrixStore => {
  const store = openMatrixStore(join(tempFolder('matrix'), 'matrix.sqlite'));
  onTestFinished(() => store.close());
  return store;
};

const receive = (store: MatrixStore, rooms: Readonly<Record<string, unknown>>, isCatchingUp = false): readonly BridgeEvent[] => {
  const raw = { next_batch: 's', rooms: { join: rooms } };
  return store.transaction(() => lastingEvents(applySync(raw, { store, selfId, nowMs, isCatchingUp, typing: new Map() })));
};

const event = (eventId: string, type: string, content: unknown, more: object = {}): unknown => ({
  event_id: eventId,
  type,
  sender: bob,
  origin_server_ts: nowMs - 1_000,
  content,
  ...more,
});

const message = (eventId: string, body: string, more: object = {}): unknown =>
  event(eventId, 'm.room.message', { msgtype: 'm.text', body }, more);

const timeline = (...events: unknown[]): unknown => ({ timeline: { events } });

describe('events that name events of another room', () => {
  it('do not reach into it', () => {
    const store = newStore();
    receive(store, { '!a:x.org': timeline(message('$victim', 'in room a')), '!b:x.org': timeline() });
    const redaction = event('$r', 'm.room.redaction', {}, { redacts: '$victim' });
    const told = receive(store, { '!b:x.org': timeline(redaction) });
    expect(store.events.find('$victim')?.isRedacted).toBe(false);
    expect(told.every((one) => !('conversationId' in one) || one.conversationId === '!b:x.org')).toBe(true);
  });
});

describe('receipts', () => {
  const receipts = (content: unknown): unknown => ({ timeline: { events: [] }, ephemeral: { events: [{ type: 'm.receipt', content }] } });

  it('of a thread tell about it alone, private ones of others nothing', () => {
    const store = newStore();
    receive(store, { '!a:x.org': timeline(message('$1', 'x')) });
    const told = receive(store, {
      '!a:x.org': receipts({ $1: { 'm.read': { [bob]: { ts: 1, thread_id: '$root' } }, 'm.read.private': { '@carol:x.org': { ts: 1 } }, 'x.odd': { [bob]: {}, '@dave:x.org': { thread_id: 7 } } } }),
    });
    expect(told).toMatchObject([{ type: 'receipt.upserted', personId: bob, target: '$1', within: '$root' }]);
  });

  it('are told once', () => {
    const store = newStore();
    receive(store, { '!a:x.org': timeline(message('$1', 'x')) });
    const content = { $1: { 'm.read': { [bob]: { ts: nowMs, thread_id: 'main' } } } };
    expect(receive(store, { '!a:x.org': receipts(content) })).toHaveLength(1);
    expect(receive(store, { '!a:x.org': receipts(content) })).toEqual([]);
  });
});

describe('origin of a message', () => {
  const originOf = (events: readonly BridgeEvent[], text: string) =>
    events.find((one) => one.type === 'message.upserted' && one.message.text === text);

  it('history at first, catch-up after a pause, then live', () => {
    const store = newStore();
    expect(originOf(receive(store, { '!a:x.org': timeline(message('$1', 'one')) }, true), 'one')).toMatchObject({ origin: 'history' });
    expect(originOf(receive(store, { '!a:x.org': timeline(message('$2', 'two')) }, true), 'two')).toMatchObject({ origin: 'catchup' });
    expect(originOf(receive(store, { '!a:x.org': timeline(message('$3', 'three')) }), 'three')).toMatchObject({ origin: 'live' });
  });

  it('what was said before we joined is history', () => {
    const store = newStore();
    receive(store, {});
    const joining = event('$j', 'm.room.member', { membership: 'join' }, { state_key: selfId, sender: selfId, origin_server_ts: nowMs - 500 });
    const told = receive(store, { '!new:x.org': timeline(message('$1', 'before'), joining, message('$2', 'after', { origin_server_ts: nowMs })) });
    expect(originOf(told, 'before')).toMatchObject({ origin: 'history' });
    expect(originOf(told, 'after')).toMatchObject({ origin: 'live' });
  });
});

describe('names of people', () => {
  const member = (eventId: string, displayname: string, atMs: number, sender = bob): unknown =>
    event(eventId, 'm.room.member', { membership: 'join', displayname }, { state_key: bob, sender, origin_server_ts: atMs });

  it('follow the newest word of their own, in whatever order it comes', () => {
    const store = newStore();
    receive(store, { '!a:x.org': timeline(member('$1', 'Bob', nowMs - 2_000)) });
    receive(store, { '!b:x.org': timeline(member('$2', 'Bob of old', nowMs - 9_000)) });
    expect(store.people.name(bob)).toBe('Bob');
    receive(store, { '!b:x.org': timeline(member('$3', 'Bob the Boat', nowMs - 1_000)) });
    expect(store.people.name(bob)).toBe('Bob the Boat');
  });

  it('are not changed by an invitation in the words of another', () => {
    const store = newStore();
    receive(store, { '!a:x.org': timeline(member('$1', 'Bob', nowMs - 2_000)) });
    receive(store, { '!c:x.org': timeline(member('$4', 'Mallory says', nowMs, '@mallory:x.org')) });
    expect(store.people.name(bob)).toBe('Bob');
  });
});

describe('a room that we are in again', () => {
  const limited = (...events: unknown[]): unknown => ({ timeline: { events, limited: true, prev_batch: 'p9' } });
  const back = (again: unknown): readonly BridgeEvent[] => {
    const store = newStore();
    receive(store, { '!a:x.org': timeline(message('$1', 'one'), message('$2', 'two')) });
    store.rooms.patch('!a:x.org', { membership: 'left' });
    return receive(store, { '!a:x.org': again });
  };
  const gaps = (told: readonly BridgeEvent[]) => told.filter(({ type }) => type === 'gap.upserted');

  it('has a hole where the server does not reach back to what we know', () => {
    expect(gaps(back(limited(message('$8', 'eight'), message('$9', 'nine'))))).toEqual([{ type: 'gap.upserted', conversationId: '!a:x.org', before: '$8', cursor: 'p9' }]);
  });

  it('has none where it does, and is told nothing twice', () => {
    const told = back(limited(message('$2', 'two'), message('$3', 'three')));
    expect(gaps(told)).toEqual([]);
    expect(told.flatMap((one) => (one.type === 'message.upserted' ? [one.message.remoteId] : []))).toEqual(['$3']);
  });

  it('has none when we were never in it', () => {
    expect(gaps(receive(newStore(), { '!a:x.org': limited(message('$8', 'eight')) }))).toEqual([]);
  });
});

describe('a page of history', () => {
  it('tells reactions again that came before their message', () => {
    const store = newStore();
    receive(store, { '!a:x.org': timeline(event('$r', 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: '$old', key: '👍' } })) });
    const { outcome } = applyHistory({ chunk: [message('$old', 'old')], end: 't' }, { store, selfId, nowMs, roomId: '!a:x.org', cursor: null });
    expect(outcome.timeline.map((one) => one.type)).toEqual(['message.upserted', 'reaction.upserted']);
  });

  it('does not bring back what a later redaction took', () => {
    const store = newStore();
    receive(store, { '!a:x.org': timeline(message('$1', 'words')) });
    receive(store, { '!a:x.org': timeline(event('$r', 'm.room.redaction', {}, { redacts: '$1' })) });
    const { outcome } = applyHistory({ chunk: [message('$1', 'words')], end: 't' }, { store, selfId, nowMs, roomId: '!a:x.org', cursor: null });
    expect(JSON.stringify(outcome.timeline)).not.toContain('words');
  });

  it.each([null, 'x', { chunk: 'x' }, { chunk: [null, {}, 5] }])('of an odd shape (%j) is empty', (raw) => {
    const result = applyHistory(raw, { store: newStore(), selfId, nowMs, roomId: '!a:x.org', cursor: null });
    expect(result.messageCount).toBe(0);
  });

  it('leaves a gap open until it meets what we know', () => {
    const store = newStore();
    receive(store, { '!a:x.org': timeline(message('$known', 'known')) });
    store.markers.addGap('!a:x.org', { before: '$9', cursor: 'g1' });
    const page = (cursor: string, raw: unknown) => applyHistory(raw, { store, selfId, nowMs, roomId: '!a:x.org', cursor });
    const first = page('g1', { chunk: [message('$8', '8'), message('$7', '7')], end: 'g2' });
    expect(first).toMatchObject({ cursor: 'g2', messageCount: 2 });
    expect(first.outcome.afterwards).toMatchObject([{ type: 'gap.deleted', cursor: 'g1' }, { type: 'gap.upserted', cursor: 'g2', before: '$7' }]);
    const second = page('g2', { chunk: [message('$6', '6'), message('$known', 'known')], end: 'g3' });
    expect(second).toMatchObject({ cursor: null, messageCount: 1 });
    expect(second.outcome.afterwards).toEqual([{ type: 'gap.deleted', conversationId: '!a:x.org', cursor: 'g2' }]);
  });
});

describe('power levels', () => {
  it('put the creators of new rooms above everybody, of old ones only where no levels are', () => {
    const create = (version: string) => ({ sender: bob, content: { room_version: version, additional_creators: ['@carol:x.org'] } });
    expect(readPowerLevels({ users_default: 0 }, create('12')).of(bob)).toBe(Number.POSITIVE_INFINITY);
    expect(readPowerLevels({ users_default: 0 }, create('12')).of('@carol:x.org')).toBe(Number.POSITIVE_INFINITY);
    expect(readPowerLevels({ users_default: 0 }, create('10')).of(bob)).toBe(0);
    expect(readPowerLevels({}, create('10')).of(bob)).toBe(100);
  });

  it('are read from any shape', () => {
    const levels = readPowerLevels({ users: { [bob]: '50', '@x:y': {} }, events: { 'm.reaction': '7' }, events_default: [], users_default: 'many' }, null);
    expect([levels.of(bob), levels.of('@x:y'), levels.of('constructor'), levels.toSend('m.reaction'), levels.toSend('toString')]).toEqual([50, 0, 0, 7, 0]);
  });
});

describe('capabilities', () => {
  const room = { roomId: '!a:x.org', isJoined: true, isEncrypted: false, canSend: true, canReact: true, canRedact: true, canPin: true, canVote: true, canMakePolls: true, powers: noRoomPowers };

  it('of an encrypted room say that what is sent there is encrypted', () => {
    expect(readCapabilities({ ...room, isEncrypted: true }, 5)).toMatchObject({ canSend: true, canSendFiles: true, encrypts: true });
    expect(readCapabilities(room, 5)).not.toHaveProperty('encrypts');
  });

  it('of an unknown room are none', () => {
    expect(readCapabilities(undefined, null).canSend).toBe(false);
  });
});
