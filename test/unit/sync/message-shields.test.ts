// needs: nothing
import { beforeEach, expect, test } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { chat, live, marta, name, noonMs, TestStore } from '../store/kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
});
const shields = (): unknown[] => store.messages().map(({ shield }) => shield);
const shielded = (messageId: string, shield: unknown): BridgeEvent =>
  ({ type: 'message.shielded', conversationId: chat, messageId: name(messageId), shield }) as BridgeEvent;

test('a sign comes with the row; a word that is none costs nothing', () => {
  store.take(live('1', 'plain'), live('2', 'open', { shield: 'in-clear' }), live('3', 'odd', { shield: '<b>' as never }));
  expect(shields()).toEqual([null, 'in-clear', null]);
  expect(store.count('message_hints')).toBe(1);
});

test('a message that becomes readable gets the sign of what can be read now', () => {
  store.take(live('1', 'reason:waiting', { kind: 'unreadable' }), live('1', 'hello', { shield: 'unknown-device' }));
  expect(store.messages()).toMatchObject([{ text: 'hello', shield: 'unknown-device' }]);
});

test('a message that stays unreadable says the newer reason', () => {
  store.take(live('1', 'reason:waiting', { kind: 'unreadable' }), live('1', 'reason:withheld-blocked', { kind: 'unreadable' }));
  expect(store.texts()).toEqual(['reason:withheld-blocked']);
});

test('another delivery of a message that could be read takes no sign away', () => {
  store.take(live('1', 'hello', { shield: 'in-clear' }), live('1', 'hello'));
  expect(shields()).toEqual(['in-clear']);
});

test('a correction from a worse device marks the message, and a device that proves itself clears it', () => {
  const edit: BridgeEvent = { type: 'message.patched', conversationId: chat, target: name('1'), by: marta, patch: { text: 'changed', shield: 'unverified-device', editedAtMs: noonMs + 1 } };
  store.take(live('1', 'hello'), edit);
  expect(shields()).toEqual(['unverified-device']);
  store.take(shielded('1', null), shielded('unknown message', 'in-clear'), shielded('1', 'nonsense'));
  expect(shields()).toEqual([null]);
});
