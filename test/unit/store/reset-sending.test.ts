import { expect, it } from 'vitest';
import { messages } from '../../../electron/engine/store/repositories/messages.ts';
import { own, TestStore } from './kit/test-store.ts';

it('puts what was being sent when the engine ended back to waiting, by way of its open job', () => {
  const store = new TestStore();
  store.take(own('a', 'being sent'), own('b', 'sent long ago'));
  const ids = store.messages().map(({ id }) => id);
  store.db.prepare(`UPDATE messages SET delivery = 'sending' WHERE id = ?`).run(ids[0]);
  const addJob = store.db.prepare(
    `INSERT INTO jobs (key, kind, lane, message_id, payload, state, created_at_ms) VALUES (?, 'message.send', 'c1', ?, '{}', ?, 0)`,
  );
  addJob.run('a', ids[0], 'running');
  addJob.run('b', ids[1], 'done');
  messages.resetSending(store.db);
  expect(store.messages().map(({ delivery }) => delivery)).toEqual(['waiting', 'sent']);
});

it('does not walk through all messages to find them', () => {
  const store = new TestStore();
  const plan: string[] = [];
  const prepare = store.db.prepare.bind(store.db);
  store.db.prepare = ((sql: string) => {
    plan.push(...prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`).all().map(({ detail }) => detail));
    return prepare(sql);
  }) as typeof store.db.prepare;
  messages.resetSending(store.db);
  expect(plan.join('\n')).toContain('SEARCH messages USING INTEGER PRIMARY KEY');
  expect(plan.join('\n')).not.toContain('SCAN messages');
});
