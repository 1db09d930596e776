import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { narrow, readRoomFeatures } from '../../../../bridges/matrix/bridged/room-limits.ts';
import { applySync } from '../../../../bridges/matrix/receive.ts';
import { lastingEvents } from '../../../../bridges/matrix/receive/outcome.ts';
import { openMatrixStore, type MatrixStore } from '../../../../bridges/matrix/store/matrix-store.ts';
import { readRoomAbilities } from '../../../../bridges/matrix/worker/room-abilities.ts';
import { noCapabilities } from '#model';
import { tempFolder } from '../../../kit/temp-folder.ts';

const selfId = '@alice:example.org';
const bot = '@fakenetbot:example.org';
const ghost = '@fakenet_ann:example.org';
const nowMs = 1_795_000_000_000;
const roomId = '!a:example.org';

const newStore = (): MatrixStore => {
  const store = openMatrixStore(join(tempFolder('matrix'), 'matrix.sqlite'));
  onTestFinished(() => store.close());
  return store;
};
let count = 0;
const event = (type: string, sender: string, content: unknown, more: object = {}): Record<string, unknown> => {
  count += 1;
  return { event_id: `$${String(count)}`, type, sender, origin_server_ts: nowMs - 1_000, content, ...more };
};
const state = (type: string, sender: string, stateKey: string, content: unknown, more: object = {}) => event(type, sender, content, { state_key: stateKey, ...more });
const member = (userId: string, atMs = nowMs - 5_000) => state('m.room.member', userId, userId, { membership: 'join', displayname: userId }, { origin_server_ts: atMs });
const info = (sender = bot, more: object = {}, type = 'm.bridge') =>
  state(type, sender, 'example.org/fakenet', { bridgebot: bot, protocol: { id: 'slackgo' }, channel: { id: 'x' }, ...more });

interface Room {
  readonly state?: readonly unknown[];
  readonly timeline?: readonly unknown[];
  readonly receipts?: unknown;
  readonly accountData?: readonly unknown[];
  readonly unread?: number;
}
const receive = (store: MatrixStore, { state: states = [], timeline = [], receipts, accountData = [], unread }: Room): readonly BridgeEvent[] => {
  const room = {
    state: { events: states },
    timeline: { events: timeline },
    ephemeral: { events: receipts === undefined ? [] : [{ type: 'm.receipt', content: receipts }] },
    ...(unread === undefined ? {} : { unread_notifications: { notification_count: unread } }),
  };
  const raw = { next_batch: 's', account_data: { events: accountData }, rooms: { join: { [roomId]: room } } };
  return store.transaction(() => lastingEvents(applySync(raw, { store, selfId, nowMs, isCatchingUp: false, typing: new Map() })));
};
const conversationIn = (events: readonly BridgeEvent[]) => events.find((one) => one.type === 'conversation.upserted')?.conversation;
const people = [member(selfId), member(bot), member(ghost)];

describe('which network a room belongs to', () => {
  it.each(['m.bridge', 'uk.half-shot.bridge'])('comes from %s, and its chat of two from the room type', (type) => {
    const told = receive(newStore(), { state: [...people, info(bot, { 'com.beeper.room_type': 'dm' }, type)] });
    expect(conversationIn(told)).toMatchObject({ network: 'slack', kind: 'direct', peerId: ghost, title: null });
  });

  it('is not what somebody else wrote into the room', () => {
    const told = receive(newStore(), { state: [...people, info('@mallory:example.org')] });
    expect(conversationIn(told)?.network).toBeUndefined();
  });

  it('comes from the addresses of people where nothing is told, on our own server only', () => {
    const irc = ['@heisenbridge:example.org', '@irc_lab_peer:example.org'];
    const here = conversationIn(receive(newStore(), { state: [member(selfId), ...irc.map((userId) => member(userId))] }));
    expect(here).toMatchObject({ network: 'irc', kind: 'direct', peerId: '@irc_lab_peer:example.org' });
    const elsewhere = irc.map((userId) => member(userId.replace('example.org', 'evil.example')));
    expect(conversationIn(receive(newStore(), { state: [member(selfId), ...elsewhere] }))?.network).toBeUndefined();
  });

  it('is told of a person too', () => {
    const told = receive(newStore(), { state: [member('@whatsapp_34600:example.org'), member('@whatsapp_34600:evil.example')] });
    const networks = told.flatMap((one) => (one.type === 'person.upserted' ? [one.person.network] : []));
    expect(networks.filter((network) => network !== undefined)).toEqual(['whatsapp']);
  });

  it('is no network because one bridged person is among others', () => {
    const guests = [member(selfId), member('@bob:example.org'), member('@carol:example.org'), member('@whatsapp_1:example.org')];
    expect(conversationIn(receive(newStore(), { state: guests }))?.network).toBeUndefined();
  });

  it('is what the person said, before all else', () => {
    const book = { type: 'app.palomar.bridges', content: { families: [{ prefix: 'fakenet_', bot: 'fakenetbot', network: 'signal' }], rooms: {} } };
    expect(conversationIn(receive(newStore(), { accountData: [book], state: people }))).toMatchObject({ network: 'signal', peerId: ghost });
  });

  it('leaves the bot out of the people', () => {
    const store = newStore();
    const told = receive(store, { state: [...people, info()] });
    const last = (userId: string) => told.findLast((one) => (one.type === 'participant.upserted' || one.type === 'participant.deleted') && one.personId === userId)?.type;
    expect([last(bot), last(ghost)]).toEqual(['participant.deleted', 'participant.upserted']);
  });
});

describe('what became of a message', () => {
  const scene = (): { store: MatrixStore; own: string } => {
    const store = newStore();
    const mine = event('m.room.message', selfId, { msgtype: 'm.text', body: 'mine' });
    receive(store, { state: [...people, info()], timeline: [mine] });
    return { store, own: String(mine['event_id']) };
  };
  const status = (own: string, content: object, sender = bot) =>
    event('com.beeper.message_send_status', sender, { 'm.relates_to': { rel_type: 'm.reference', event_id: own }, ...content });
  const deliveries = (events: readonly BridgeEvent[]) => events.filter((one) => one.type === 'message.delivery');

  it.each([
    [{ status: 'SUCCESS' }, 'sent', undefined],
    [{ status: 'SUCCESS', delivered_to_users: [] }, 'sent', undefined],
    [{ status: 'SUCCESS', delivered_to_users: [ghost] }, 'delivered', undefined],
    [{ status: 'FAIL_RETRIABLE', message: 'no' }, 'failed', 'server-unreachable'],
    [{ status: 'FAIL_PERMANENT', message: 'no' }, 'failed', 'rejected'],
  ])('%j is %s', (content, delivery, code) => {
    const { store, own } = scene();
    const [told] = deliveries(receive(store, { timeline: [status(own, content)] }));
    expect(told).toMatchObject({ target: own, delivery, ...(code === undefined ? {} : { fault: { code, detail: 'no' } }) });
  });

  it.each([
    ['still under way', { status: 'PENDING' }, bot],
    ['a word of the person written to', { status: 'SUCCESS', delivered_to_users: [ghost] }, ghost],
    ['no status at all', { status: { odd: true } }, bot],
  ])('%s says nothing', (_what, content, sender) => {
    const { store, own } = scene();
    expect(deliveries(receive(store, { timeline: [status(own, content, sender)] }))).toEqual([]);
  });

  it('the receipt of the bot is nobody who read it; that of the person is', () => {
    const { store, own } = scene();
    const told = receive(store, { receipts: { [own]: { 'm.read': { [bot]: { ts: nowMs }, [ghost]: { ts: nowMs } } } } });
    expect(told.filter((one) => one.type === 'receipt.upserted').map((one) => one.personId)).toEqual([ghost]);
  });
});

describe('messages of a bridged room', () => {
  it('that are dated back before we came are history, also when they come later; newer ones are live', () => {
    const store = newStore();
    receive(store, { state: [...people, info()] });
    const old = event('m.room.message', ghost, { msgtype: 'm.text', body: 'old' }, { origin_server_ts: nowMs - 86_400_000 });
    const fresh = event('m.room.message', ghost, { msgtype: 'm.text', body: 'new' });
    const told = receive(store, { timeline: [old, fresh], unread: 2 });
    const origins = told.flatMap((one) => (one.type === 'message.upserted' ? [[one.message.text, one.origin]] : []));
    expect(origins).toEqual([['old', 'history'], ['new', 'live']]);
    expect(told.some((one) => one.type === 'conversation.patched' && one.patch.unreadCount !== undefined)).toBe(false);
  });

  it('go by the name of their profile, without its repetition in the text', () => {
    const profile = { id: 'x', displayname: 'Ann', has_fallback: true };
    const content = { msgtype: 'm.text', body: 'Ann: hello', 'com.beeper.per_message_profile': profile };
    const told = receive(newStore(), { state: [...people, info()], timeline: [event('m.room.message', ghost, content)] });
    expect(told.find((one) => one.type === 'message.upserted')?.message).toMatchObject({ senderName: 'Ann', text: 'hello' });
  });
});

describe('limits of a bridged room', () => {
  const all = { ...noCapabilities, canSend: true, canEdit: true, canReact: true, canReply: true, canSendFiles: true, maxTextLength: 15_000, maxFileBytes: 50 };

  it('are those that the bot told, never those of another', () => {
    const store = newStore();
    const features = (sender: string) => state('com.beeper.room_features', sender, sender, { edit: 2, edit_max_age: 900, reaction: -2, max_text_length: 100 });
    receive(store, { state: [...people, info(), features('@mallory:example.org')] });
    expect(readRoomAbilities(store, roomId, selfId).limits).toEqual({ maxTextLength: 40_000 });
    receive(store, { state: [features(bot)] });
    const { limits } = readRoomAbilities(store, roomId, selfId);
    expect(narrow(all, limits)).toMatchObject({ canEdit: true, editWindowMs: 900_000, canReact: false, maxTextLength: 100, maxFileBytes: 50 });
  });

  it.each([
    [{ file: { 'm.image': { mime_types: { 'image/*': 2 }, max_size: 10 } } }, { canSendFiles: true, maxFileBytes: 10 }],
    [{ file: { 'm.image': { mime_types: { 'image/*': -2 } } } }, { canSendFiles: false }],
    [{ file: {} }, { canSendFiles: false }],
    [{ file: null, edit: 'odd', reply: null, max_text_length: -1 }, { canSendFiles: true, canEdit: true, maxTextLength: 15_000 }],
  ])('%j', (features, expected) => {
    expect(narrow(all, readRoomFeatures(features))).toMatchObject(expected);
  });
});
