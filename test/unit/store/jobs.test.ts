import { beforeEach, expect, test } from 'vitest';
import { jobs } from '../../../electron/engine/store/repositories/jobs.ts';
import type { NewJob } from '../../../electron/engine/store/repositories/jobs.ts';
import { noonMs, TestStore } from './kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
});

const job = (key: string, lane: string, more: Partial<NewJob> = {}): NewJob => ({
  key,
  kind: 'send-message',
  lane,
  payload: { text: key },
  createdAtMs: noonMs,
  ...more,
});
const keys = (list: readonly { key: string }[]) => list.map((entry) => entry.key);

test('the same key adds one job', () => {
  const first = jobs.add(store.db, job('k', 'a'));
  expect(jobs.add(store.db, job('k', 'b', { payload: 'other' }))).toEqual(first);
  expect(jobs.listOpen(store.db)).toHaveLength(1);
});

test('only the first job of a lane may run', () => {
  for (const [key, lane] of [['1', 'a'], ['2', 'a'], ['3', 'b']] as const) jobs.add(store.db, job(key, lane));
  expect(keys(jobs.heads(store.db))).toEqual(['1', '3']);
  const [first] = jobs.heads(store.db);
  expect(jobs.take(store.db, first!.id)).toBe(true);
  expect(jobs.take(store.db, first!.id)).toBe(false);
  expect(keys(jobs.heads(store.db))).toEqual(['1', '3']);
  jobs.finish(store.db, first!.id, null, noonMs);
  expect(keys(jobs.heads(store.db))).toEqual(['2', '3']);
});

test('a job that ran when the engine ended waits again, and remembers its attempts', () => {
  const { id } = jobs.add(store.db, job('1', 'a'));
  jobs.take(store.db, id);
  expect(jobs.requeueRunning(store.db)).toBe(1);
  expect(jobs.get(store.db, id)).toMatchObject({ state: 'waiting', attempts: 1 });
});

test('postponed, failed, asked for again, taken back', () => {
  const { id } = jobs.add(store.db, job('1', 'a'));
  jobs.take(store.db, id);
  jobs.postpone(store.db, id, noonMs + 5_000, { code: 'offline' });
  expect(jobs.get(store.db, id)).toMatchObject({ state: 'waiting', notBeforeMs: noonMs + 5_000, fault: { code: 'offline' } });
  jobs.take(store.db, id);
  expect(jobs.cancel(store.db, id)).toBe(false);
  jobs.finish(store.db, id, { code: 'rejected' }, noonMs);
  expect(jobs.heads(store.db)).toEqual([]);
  expect(jobs.retry(store.db, id)).toBe(true);
  expect(jobs.get(store.db, id)).toMatchObject({ state: 'waiting', fault: null, notBeforeMs: 0 });
  expect(jobs.cancel(store.db, id)).toBe(true);
  expect(jobs.get(store.db, id)).toBeNull();
});

test('done jobs are forgotten in time, failed ones stay', () => {
  const done = jobs.add(store.db, job('1', 'a'));
  const failed = jobs.add(store.db, job('2', 'a'));
  jobs.finish(store.db, done.id, null, noonMs);
  jobs.finish(store.db, failed.id, { code: 'rejected' }, noonMs);
  expect(jobs.prune(store.db, noonMs + 1)).toBe(1);
  expect(jobs.get(store.db, failed.id)).not.toBeNull();
});
