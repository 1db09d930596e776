import { beforeEach, expect, test } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { accounts } from '../../../electron/engine/store/repositories/accounts.ts';
import { quarantine } from '../../../electron/engine/store/repositories/quarantine.ts';
import { chat, live, marta, message, name, room, TestStore, upserted } from '../store/kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
});

const poison: readonly [string, unknown][] = [
  ['text that is no text', live('p', 42 as unknown as string)],
  ['an empty name', live('', 'x')],
  ['a name that is an object', live({} as unknown as string, 'x')],
  ['a giant name', live('x'.repeat(5_000), 'x')],
  ['no message at all', { type: 'message.upserted', origin: 'live' }],
  ['an unknown type', { type: 'message.exploded' }],
  ['a type from the prototype', { type: 'constructor' }],
  ['an unknown kind', live('k', 'x', { kind: 'toString' as 'message' })],
  ['an unknown kind of conversation', { type: 'conversation.patched', conversationId: chat, patch: { kind: 'party' } }],
  ['a negative count', { type: 'conversation.patched', conversationId: chat, patch: { unreadCount: -1 } }],
  ['a giant reaction', { type: 'reaction.upserted', conversationId: chat, target: name('1'), personId: marta, emoji: '👍'.repeat(100) }],
  ['null', null],
];

test.each(poison)('%s takes nothing else with it', (_, event) => {
  const changes = store.pipeline.ingest(store.accountId, [live('1', 'before'), event as BridgeEvent, live('2', 'after')], { at: 9 });
  expect(store.texts()).toEqual(['before', 'after']);
  expect(store.row().unreadCount).toBe(2);
  expect(changes.quarantinedCount).toBe(1);
  expect(quarantine.list(store.db, store.accountId)).toHaveLength(1);
  expect(accounts.readState(store.db, store.accountId)).toEqual({ at: 9 });
  store.checkIndex();
});

test('nothing of a poisoned event stays behind', () => {
  const broken = message('p', 'x', { conversationId: room, attachments: [{ remoteId: '', name: 'n', mime: 'm', source: 's' }] });
  store.take(live('1', 'before'), upserted(broken));
  expect(store.count('messages')).toBe(1);
  expect(store.conversationId(room)).toBeNull();
  store.take(live('2', 'into the room', { conversationId: room }));
  expect(store.texts(room)).toEqual(['into the room']);
});

test('a disk that refuses is not poison: the whole batch fails, and can be given again', () => {
  store.db.pragma(`max_page_count = ${Number(store.db.pragma('page_count', { simple: true }))}`);
  const batch = Array.from({ length: 200 }, (_, index) => live(`${index}`, 'x'.repeat(5_000)));
  expect(() => store.take(...batch)).toThrow(/full/);
  expect(store.count('messages')).toBe(0);
  store.db.pragma('max_page_count = 1000000');
  store.take(...batch);
  expect(store.count('messages')).toBe(200);
  expect(store.count('quarantine')).toBe(0);
});

test.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('%s is a name like any other', (key) => {
  store.take(
    { type: 'person.upserted', person: { remoteId: key as typeof marta, displayName: key, handle: key } },
    live(key, key, { conversationId: key as typeof chat, senderId: key as typeof marta, alternateId: name(key) }),
    { type: 'reaction.upserted', conversationId: key as typeof chat, target: name(key), personId: key as typeof marta, emoji: key },
  );
  expect(store.texts(key)).toEqual([key]);
  expect(store.messages(key)[0]?.reactions[0]?.emoji).toBe(key);
  expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});
