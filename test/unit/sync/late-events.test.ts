import { beforeEach, expect, test } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { Pipeline } from '../../../electron/engine/sync/pipeline.ts';
import { chat, juri, live, marta, name, noonMs, own, TestStore } from '../store/kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
});

const early: BridgeEvent[] = [
  { type: 'message.patched', conversationId: chat, target: name('1'), by: marta, patch: { text: 'corrected', editedAtMs: noonMs } },
  { type: 'reaction.upserted', conversationId: chat, target: name('1'), personId: juri, emoji: '👍' },
];

test('an edit and a reaction wait for their message', () => {
  store.take(...early);
  expect(store.messages()).toEqual([]);
  store.take(live('1', 'original'));
  expect(store.messages()[0]).toMatchObject({ text: 'corrected', reactions: [{ emoji: '👍', count: 1 }] });
  expect(store.count('pending_effects')).toBe(0);
  store.checkIndex();
});

test('they wait over a restart too', () => {
  store.take(...early);
  const restarted = new Pipeline(store.db, { nowMs: () => store.nowMs });
  restarted.ingest(store.accountId, [live('1', 'original')]);
  expect(store.texts()).toEqual(['corrected']);
});

test('waiting gives no more rights', () => {
  store.take({ type: 'message.deleted', conversationId: chat, target: name('1'), by: juri, deletedAtMs: noonMs });
  store.take(live('1', 'stays'));
  expect(store.texts()).toEqual(['stays']);
  expect(store.count('security_events')).toBe(1);
});

test('a receipt that overtakes its message counts', () => {
  store.take({ type: 'receipt.upserted', conversationId: chat, personId: marta, kind: 'read', scope: 'upTo', target: name('o'), atMs: noonMs });
  store.take(own('o', 'mine'));
  expect(store.messages()[0]?.delivery).toBe('read');
});

test('a flood of events about nothing is bounded', () => {
  const flood = Array.from({ length: 5_200 }, (_, index): BridgeEvent => ({
    type: 'reaction.upserted',
    conversationId: chat,
    target: name(`never-${index}`),
    personId: marta,
    emoji: '👍',
  }));
  store.take(...flood);
  expect(store.count('pending_effects')).toBe(5_000);
});
