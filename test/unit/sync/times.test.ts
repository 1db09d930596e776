import { beforeEach, expect, test } from 'vitest';
import { clampTime } from '../../../electron/engine/sync/event-checks.ts';
import { live, noonMs, TestStore } from '../store/kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
});

const dayMs = 86_400_000;

test.each([
  ['the year -1', Date.UTC(-1, 0), Date.UTC(1990, 0)],
  ['1601', Date.UTC(1601, 0), Date.UTC(1990, 0)],
  ['9999', Date.UTC(9999, 0), noonMs + dayMs],
  ['minus infinity', -Infinity, Date.UTC(1990, 0)],
  ['infinity', Infinity, noonMs + dayMs],
  ['not a number', Number.NaN, noonMs],
  ['a text', '2026-01-01' as unknown as number, noonMs],
  ['a fraction', noonMs - 0.5, noonMs - 1],
])('%s becomes a sane time', (_, given, expected) => {
  expect(clampTime(given, noonMs)).toBe(expected);
  store.take(live('1', 'x', { sentAtMs: given }));
  expect(store.messages()[0]?.sentAtMs).toBe(expected);
});

test('messages of one millisecond keep the order they came in', () => {
  const texts = Array.from({ length: 200 }, (_, index) => `m${index}`);
  for (const text of texts) store.take(live(text, text, { sentAtMs: noonMs }));
  expect(store.texts()).toEqual(texts);
});

test('out of the sane range the order is kept too', () => {
  store.take(live('a', 'a', { sentAtMs: Date.UTC(9999, 0) }), live('b', 'b', { sentAtMs: Date.UTC(8888, 0) }));
  expect(store.texts()).toEqual(['a', 'b']);
});

test('the order of the network goes before its clock', () => {
  store.take(live('2', 'second', { order: 2, sentAtMs: noonMs - 500 }), live('1', 'first', { order: 1, sentAtMs: noonMs }));
  expect(store.texts()).toEqual(['first', 'second']);
});

test('a nonsensical order is not used', () => {
  store.take(live('1', 'a', { order: Number.NaN }), live('2', 'b', { order: 1e300 }));
  expect(store.texts()).toEqual(['a', 'b']);
});

test('ids grow with time, whenever a message arrives', () => {
  store.take(live('new', 'new', { sentAtMs: noonMs }));
  store.take(live('old', 'old', { sentAtMs: noonMs - 10 * dayMs }));
  const [older, newer] = store.messages();
  expect([older?.text, newer?.text]).toEqual(['old', 'new']);
  expect(older!.id).toBeLessThan(newer!.id);
});
