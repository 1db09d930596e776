import { beforeEach, expect, test } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { searchMessages } from '../../../electron/engine/store/search/search-messages.ts';
import { securityEvents } from '../../../electron/engine/store/repositories/security-events.ts';
import { chat, juri, live, marta, me, name, noonMs, own, room, TestStore } from '../store/kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
});

const edit = (target: string, by: typeof marta, text: string, editedAtMs = noonMs): BridgeEvent => ({
  type: 'message.patched',
  conversationId: chat,
  target: name(target),
  by,
  patch: { text, editedAtMs },
});
const remove = (target: string, by: typeof marta, isModerated = false): BridgeEvent => ({
  type: 'message.deleted',
  conversationId: chat,
  target: name(target),
  by,
  isModerated,
  deletedAtMs: noonMs,
});
const hits = (query: string): number =>
  searchMessages(store.db, { query, conversationId: null, before: null, limit: 10 }).hits.length;

test('the author may edit; the index follows', () => {
  store.take(live('1', 'wrong word'));
  store.take(edit('1', marta, 'right word'));
  expect(store.messages()[0]).toMatchObject({ text: 'right word', editedAtMs: noonMs });
  expect([hits('wrong'), hits('right')]).toEqual([0, 1]);
  store.checkIndex();
});

test('an edit in the batch of its message', () => {
  store.take(live('1', 'wrong word'), edit('1', marta, 'right word'));
  expect([hits('wrong'), hits('right')]).toEqual([0, 1]);
  store.checkIndex();
});

test('nobody edits the message of another', () => {
  store.take(live('1', 'Pay to account A'), own('2', 'Fine'));
  store.take(edit('1', juri, 'Pay to account B'), edit('1', me, 'x'), edit('2', marta, 'y'));
  expect(store.texts()).toEqual(['Pay to account A', 'Fine']);
  expect(securityEvents.list(store.db, 10).map((event) => event.rule)).toEqual(Array(3).fill('edit-by-other'));
});

test('an older edit does not undo a newer one', () => {
  store.take(live('1', 'a'), edit('1', marta, 'c', noonMs), edit('1', marta, 'b', noonMs - 1));
  expect(store.texts()).toEqual(['c']);
});

test('the author may delete: text gone from table, index and list', () => {
  store.take(live('1', 'regrettable'));
  store.take(remove('1', marta));
  expect(store.messages()[0]).toMatchObject({ text: '', deletedAtMs: noonMs });
  expect(hits('regrettable')).toBe(0);
  expect(store.row()).toMatchObject({ lastText: '', lastKind: 'deleted', unreadCount: 0 });
  store.checkIndex();
});

test('nobody deletes the message of another, unless the network says they may', () => {
  store.take(live('1', 'stays'));
  store.take(remove('1', juri));
  expect(store.texts()).toEqual(['stays']);
  expect(store.count('security_events')).toBe(1);
  store.take(remove('1', juri, true));
  expect(store.texts()).toEqual(['']);
});

test('a deleted message cannot be edited back', () => {
  store.take(live('1', 'gone'), remove('1', marta), edit('1', marta, 'back'));
  expect(store.texts()).toEqual(['']);
});

test('with one weak name for two people each edits only their own', () => {
  store.take(
    live('s1', 'from Marta', { conversationId: room, alternateId: name('w') }),
    live('s2', 'from Jüri', { conversationId: room, senderId: juri, alternateId: name('w') }),
  );
  store.take({ ...edit('w', juri, 'from Jüri, corrected'), conversationId: room } as BridgeEvent);
  expect(store.texts(room)).toEqual(['from Marta', 'from Jüri, corrected']);
});
