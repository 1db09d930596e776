import { expect, test } from 'vitest';
import { conversations } from '../../../electron/engine/store/repositories/conversations.ts';
import { messagePageQueries } from '../../../electron/engine/store/read-message-page.ts';
import { searchQueries } from '../../../electron/engine/store/search/search-messages.ts';
import { TestStore } from './kit/test-store.ts';

const store = new TestStore();

/** The steps SQLite takes, without those over the handful of ids that a query was given. */
const plan = (sql: string): string[] => {
  const count = sql.split('?').length - 1;
  return store.db
    .prepare<unknown[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
    .all(...Array<number>(count).fill(1))
    .map((step) => step.detail)
    .filter((step) => !/SCAN wanted|SCAN hits|CORRELATED|CO-ROUTINE|MATERIALIZE/.test(step));
};

const isSlow = (step: string): boolean => /^SCAN|TEMP B-TREE|AUTOMATIC/.test(step);

test.each(['newest', 'before', 'after'] as const)('messages, %s: by index, without sorting', (query) => {
  const steps = plan(messagePageQueries[query]);
  expect(steps.filter(isSlow)).toEqual([]);
  expect(steps.join('\n')).toContain('messages_by_conversation');
});

test('messages by id: by primary key; only the page itself is sorted', () => {
  expect(plan(messagePageQueries.byIds).filter((step) => step.startsWith('SCAN'))).toEqual([]);
});

test.each([{}, { isUnread: true }, { accountId: 1 as never }, { hasUnpushed: true }, { isPushed: false }, { isDone: true }, { isDone: false }])('the list with %o walks an index', (filter) => {
  const steps = plan(captured(() => conversations.list(store.db, filter, { isPinned: false, activeAtMs: 1, id: 1 as never }, 50)));
  expect(steps.filter((step) => /^SCAN conversations$|TEMP B-TREE|AUTOMATIC/.test(step))).toEqual([]);
  expect(steps.join('\n')).toMatch(/conversations USING (COVERING )?INDEX conversations_(by_activity|unpushed)/);
});

test('who waits for a decision is counted by an index of their own', () => {
  expect(plan(captured(() => conversations.requestCount(store.db))).join()).toContain('COVERING INDEX conversations_requested');
  const list = plan(captured(() => conversations.list(store.db, { isRequest: true }, null, 50)));
  expect(list.filter((step) => step === 'SCAN conversations')).toEqual([]);
});

test('the sum of unread messages reads indexes and no row', () => {
  expect(plan(captured(() => conversations.totalUnread(store.db))).join()).toMatch(/COVERING INDEX conversations_by_activity.*COVERING INDEX conversations_requested/s);
});

test.each(['newest', 'older'] as const)('search, %s: the index gives the order', (query) => {
  const steps = plan(searchQueries[query]);
  expect(steps.filter((step) => /TEMP B-TREE FOR ORDER BY/.test(step))).toEqual([]);
});

test('deduplication looks names up', () => {
  for (const column of ['remote_key', 'alternate_key', 'transaction_id']) {
    expect(plan(`SELECT 1 FROM messages WHERE ${column} = ?`).filter(isSlow)).toEqual([]);
  }
});

test('no foreign key makes a removal scan', () => {
  const tables = store.db.prepare<[], { name: string }>(`SELECT name FROM sqlite_schema WHERE type = 'table'`).all();
  const missing: string[] = [];
  for (const { name } of tables) {
    const keys = store.db.prepare<[], { from: string }>(`SELECT "from" FROM pragma_foreign_key_list('${name}')`).all();
    for (const { from } of keys) {
      const steps = plan(`SELECT 1 FROM ${name} WHERE ${from} = ?`);
      if (steps.some(isSlow)) missing.push(`${name}.${from}`);
    }
  }
  expect(missing).toEqual([]);
});

/** The SQL that a repository runs. */
function captured(run: () => unknown): string {
  const { prepare } = store.db;
  let last = '';
  store.db.prepare = ((sql: string) => {
    last = sql;
    return prepare.call(store.db, sql);
  }) as typeof prepare;
  try {
    run();
  } finally {
    store.db.prepare = prepare;
  }
  return last;
}
