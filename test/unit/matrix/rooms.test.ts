import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { applySync } from '../../../bridges/matrix/receive.ts';
import { readFolders } from '../../../bridges/matrix/receive/folders.ts';
import { lastingEvents } from '../../../bridges/matrix/receive/outcome.ts';
import { readNotifyLevels } from '../../../bridges/matrix/receive/push-rules.ts';
import { powersIn } from '../../../bridges/matrix/receive/room-powers.ts';
import { openMatrixStore, type MatrixStore } from '../../../bridges/matrix/store/matrix-store.ts';
import { creationOf } from '../../../bridges/matrix/worker/calls/rooms/create-room.ts';
import { readRoomAddress } from '../../../bridges/matrix/worker/calls/rooms/room-address.ts';
import { readListing } from '../../../bridges/matrix/worker/calls/rooms/search-rooms.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

const selfId = '@alice:x.org';
const bob = '@bob:x.org';
const nowMs = 1_795_000_000_000;

const newStore = (): MatrixStore => {
  const store = openMatrixStore(join(tempFolder('matrix'), 'matrix.sqlite'));
  onTestFinished(() => store.close());
  return store;
};
let count = 0;
const state = (type: string, content: unknown, stateKey = '', more: object = {}): unknown => {
  count += 1;
  return { event_id: `$s${String(count)}`, type, state_key: stateKey, sender: bob, origin_server_ts: nowMs, content, ...more };
};
const take = (store: MatrixStore, rooms: Readonly<Record<string, readonly unknown[]>>, more: object = {}) => {
  const joined = Object.fromEntries(Object.entries(rooms).map(([id, events]) => [id, { state: { events }, timeline: { events: [] } }]));
  const raw = { next_batch: 's', rooms: { join: joined }, ...more };
  return store.transaction(() => lastingEvents(applySync(raw, { store, selfId, nowMs, isCatchingUp: false, typing: new Map() })));
};

describe('where a room is', () => {
  it.each([
    ['#a:x.org', '#a:x.org', ['x.org']],
    [' !abc:x.org ', '!abc:x.org', ['x.org']],
    ['!v12hash?via=a.org&via=b.org:8448', '!v12hash', ['a.org', 'b.org:8448']],
    ['https://matrix.to/#/%23a%3Ax.org', '#a:x.org', ['x.org']],
    ['https://matrix.to/#/!abc:x.org/$event?via=y.org', '!abc:x.org', ['y.org']],
    ['matrix:r/a:x.org', '#a:x.org', ['x.org']],
    ['matrix:roomid/abc:x.org?via=y.org&action=join', '!abc:x.org', ['y.org']],
    ['!abc?via=y.org/../..&via=%0a', '!abc', []],
  ])('%s', (text, room, via) => {
    expect(readRoomAddress(text)).toEqual({ room, via });
  });

  it.each(['', 'room', '@bob:x.org', 'https://evil.org/#/%23a:x.org', 'matrix:u/bob:x.org', 'https://matrix.to/#/%zz'])('%j is none', (text) => {
    expect(readRoomAddress(text)).toBeNull();
  });
});

describe('a room as it is asked for', () => {
  const plan = { name: 'Otoño 2026!', invite: [' @bob:x.org', '@bob:x.org'] };

  it('closed: encrypted, without an address, everybody invited once', () => {
    const body = creationOf({ ...plan, isPublic: false, isMembersOnly: true });
    expect(body).toMatchObject({ preset: 'private_chat', visibility: 'private', invite: ['@bob:x.org'] });
    expect(body).not.toHaveProperty('room_alias_name');
    expect(JSON.stringify(body['initial_state'])).toContain('m.megolm.v1.aes-sha2');
  });

  it('listed: in clear, with an address made from its name', () => {
    const body = creationOf({ ...plan, isPublic: true, isMembersOnly: false });
    expect(body).toMatchObject({ preset: 'public_chat', visibility: 'public', room_alias_name: 'otono-2026', initial_state: [] });
  });

  it('listed and for members only: who finds it may knock', () => {
    expect(JSON.stringify(creationOf({ ...plan, isPublic: true, isMembersOnly: true })['initial_state'])).toContain('"join_rule":"knock"');
  });
});

describe('what a directory lists', () => {
  it('passes over spaces and what has no address', () => {
    expect(readListing({ room_id: '!a', room_type: 'm.space' })).toBeNull();
    expect(readListing({ room_id: 7, name: 'x' })).toBeNull();
    expect(readListing({ room_id: '!a', name: ['x'], topic: {}, num_joined_members: -1, join_rule: 'knock' })).toEqual({
      address: '!a',
      name: null,
      description: null,
      memberCount: null,
      isPasswordProtected: false,
      isMembersOnly: true,
    });
  });
});

describe('attention by push rules', () => {
  it('an override stands above the rule of a room; rules that are off, or notify, are none', () => {
    const rule = (id: string, actions: unknown = [], more: object = {}) => ({ rule_id: id, actions, enabled: true, ...more });
    const levels = readNotifyLevels({
      global: {
        override: [rule('!both'), rule('.m.rule.master'), rule('!off', [], { enabled: false })],
        room: [rule('!both'), rule('!mentions', ['dont_notify']), rule('!loud', ['notify'])],
      },
    });
    expect([...levels]).toEqual([['!both', 'none'], ['!mentions', 'mentions']]);
    expect(readNotifyLevels({ global: { override: 7, room: [null, 'x'] } }).size).toBe(0);
  });

  it('are told when they change, and only for rooms whose level changed', () => {
    const store = newStore();
    take(store, { '!a': [], '!b': [] });
    const rules = (room: unknown[]) => ({ account_data: { events: [{ type: 'm.push_rules', content: { global: { room } } }] } });
    const quiet = take(store, {}, rules([{ rule_id: '!a', actions: [] }]));
    expect(quiet).toEqual([{ type: 'conversation.patched', conversationId: '!a', patch: { notify: 'mentions' } }]);
    expect(take(store, {}, rules([]))).toEqual([{ type: 'conversation.patched', conversationId: '!a', patch: { notify: 'all' } }]);
  });
});

describe('what we may do', () => {
  it('follows the levels of the room, and creators of new rooms stand above them', () => {
    const store = newStore();
    const create = (version: string, sender: string) => state('m.room.create', { room_version: version }, '', { sender });
    const levels = state('m.room.power_levels', { users: { [selfId]: 50 }, events: { 'm.room.name': 100 }, invite: 60 });
    take(store, { '!mod': [create('10', bob), levels], '!own': [create('12', selfId), state('m.room.power_levels', {})] });
    expect(powersIn(store, '!mod', selfId)).toMatchObject({ ownRank: 'admin', canSetTopic: true, canRename: false, canInvite: false, canKick: true, canDestroy: false });
    expect(powersIn(store, '!own', selfId)).toMatchObject({ ownRank: 'owner', canRename: true, canSetRank: true, canDestroy: true });
    expect(powersIn(store, '!elsewhere', selfId)).toMatchObject({ ownRank: 'none', canInvite: false });
  });
});

describe('spaces', () => {
  const space = (name: string, ...children: unknown[]) => [state('m.room.create', { type: 'm.space' }), state('m.room.name', { name }), ...children];
  const child = (id: string, more: object = {}) => state('m.space.child', { via: ['x.org'], ...more }, id);

  it('hold what they name, in their order, and nothing odd', () => {
    const store = newStore();
    const odd = [state('m.space.child', {}, '!gone'), state('m.space.child', { via: 'x' }, '!odd'), child('no room'), state('m.space.child', 7, '!seven')];
    take(store, { '!s': space('S', child('!z', { order: 'a' }), child('!a', { order: '\u0000' }), child('!b'), ...odd) });
    expect(readFolders(store)).toEqual([{ remoteId: '!s', name: 'S', parentId: null, conversationIds: ['!z', '!a', '!b'] }]);
  });

  it('that hold themselves and each other end', () => {
    const store = newStore();
    take(store, { '!s': space('S', child('!s'), child('!t')), '!t': space('T', child('!s'), child('!room')) });
    const folders = readFolders(store);
    expect(folders.map(({ conversationIds }) => conversationIds)).toEqual([['!room'], ['!room']]);
    expect(folders.filter(({ parentId }) => parentId === null)).toHaveLength(1);
  });
});
