import { beforeEach, expect, test } from 'vitest';
import { transactionId } from '#model';
import { outgoing } from '../../../electron/engine/sync/outgoing.ts';
import type { NewOutgoing } from '../../../electron/engine/sync/outgoing.ts';
import { attachments } from '../../../electron/engine/store/repositories/attachments.ts';
import { jobs } from '../../../electron/engine/store/repositories/jobs.ts';
import { searchMessages } from '../../../electron/engine/store/search/search-messages.ts';
import { runDurably } from '../../../electron/engine/store/transaction.ts';
import { live, marta, name, noonMs, TestStore } from '../store/kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
});

let count = 0;
const add = (text: string, more: Partial<NewOutgoing> = {}) =>
  outgoing.add(store.db, {
    conversationId: store.conversationId(),
    transactionId: transactionId(`t${(count += 1)}`),
    text,
    replyToId: null,
    file: null,
    nowMs: noonMs,
    ...more,
  });
const receipt = (id: string, sentAtMs = noonMs) => ({ remoteId: name(id), sentAtMs });

test('waits visibly at the end, is found, and reads the conversation', () => {
  store.take(live('1', 'question'));
  const { changes } = add('answer waiting');
  expect(store.messages().at(-1)).toMatchObject({ text: 'answer waiting', delivery: 'waiting', isOwn: true, senderName: 'Desk' });
  expect(store.row()).toMatchObject({ lastText: 'answer waiting', lastDelivery: 'waiting', unreadCount: 0, activeAtMs: noonMs });
  expect(searchMessages(store.db, { query: 'waiting', conversationId: null, before: null, limit: 1 }).hits).toHaveLength(1);
  expect([...changes.messages.values()][0]?.hasNewest).toBe(true);
});

test('stands after messages whose clock runs ahead, and after a network that counts in numbers', () => {
  store.take(live('1', 'from the future', { sentAtMs: noonMs + 5_000 }));
  add('mine');
  expect(store.texts()).toEqual(['from the future', 'mine']);
  store.take(live('2', 'numbered', { order: 7e15, sentAtMs: noonMs }));
  add('mine too');
  expect(store.texts().at(-1)).toBe('mine too');
});

test('goes out: sending, sent, with the names and the time of the network', () => {
  const { id } = add('hello');
  outgoing.setSending(store.db, id);
  expect(store.messages()[0]?.delivery).toBe('sending');
  outgoing.acknowledge(store.db, id, receipt('s1', noonMs + 700));
  expect(store.messages()[0]).toMatchObject({ delivery: 'sent', sentAtMs: noonMs + 700 });
  expect(store.row().lastDelivery).toBe('sent');
});

test('is shown as the network takes it, and found so; not when it was edited meanwhile', () => {
  const { id } = add('/me waves');
  outgoing.acknowledge(store.db, id, { ...receipt('s1'), shownAs: { kind: 'action', text: 'waves' } });
  expect(store.messages()[0]).toMatchObject({ kind: 'action', text: 'waves', delivery: 'sent', editedAtMs: null });
  const edited = add('/me sleeps').id;
  outgoing.edit(store.db, edited, 'Good night', noonMs + 100);
  outgoing.acknowledge(store.db, edited, { ...receipt('s2'), shownAs: { kind: 'action', text: 'sleeps' } });
  expect(store.messages()[1]).toMatchObject({ kind: 'message', text: 'Good night' });
  store.checkIndex();
});

test('an ack that comes twice, or after "read", changes nothing', () => {
  const { id } = add('hello');
  outgoing.acknowledge(store.db, id, receipt('s1'));
  store.take({ type: 'receipt.upserted', conversationId: name('marta@levante.example') as never, personId: marta, kind: 'read', scope: 'upTo', target: name('s1'), atMs: noonMs });
  outgoing.acknowledge(store.db, id, receipt('s1', noonMs + 9_999));
  expect(store.messages()[0]).toMatchObject({ delivery: 'read', sentAtMs: noonMs });
});

test('fails with its reason, and waits anew when asked', () => {
  const { id } = add('hello');
  outgoing.setFailed(store.db, id, { code: 'too-large', limitBytes: 5 });
  expect(store.messages()[0]).toMatchObject({ delivery: 'failed', fault: { code: 'too-large', limitBytes: 5 } });
  outgoing.setWaiting(store.db, id);
  expect(store.messages()[0]).toMatchObject({ delivery: 'waiting', fault: null });
});

test('is taken back while it is here, not later', () => {
  store.take(live('1', 'before'));
  const { id } = add('oops');
  expect(outgoing.discard(store.db, id).isDiscarded).toBe(true);
  expect(store.texts()).toEqual(['before']);
  expect(store.row().lastText).toBe('before');
  store.checkIndex();
  const sent = add('gone').id;
  outgoing.acknowledge(store.db, sent, receipt('s1'));
  expect(outgoing.discard(store.db, sent).isDiscarded).toBe(false);
});

test('with a file of ours, which the network then names', () => {
  const file = { name: 'a.pdf', mime: 'application/pdf', sizeBytes: 3, fileName: 'ab/cd', sha256: 'ff' };
  const { id } = add('', { file });
  expect(store.messages()[0]?.attachments).toMatchObject([{ name: 'a.pdf', state: 'ready', sizeBytes: 3 }]);
  expect(store.row()).toMatchObject({ lastKind: 'file', lastText: 'a.pdf' });
  outgoing.acknowledge(store.db, id, {
    ...receipt('s1'),
    attachments: [{ remoteId: 'r', name: 'a.pdf', mime: 'application/pdf', source: 'https://files.example/1' }],
  });
  expect(attachments.ofMessage(store.db, id)).toMatchObject([
    { fileName: 'ab/cd', state: 'ready', remote: { remoteId: 'r', source: 'https://files.example/1' } },
  ]);
});

test('answers only what is in the same conversation', () => {
  store.take(live('1', 'question'), live('2', 'elsewhere', { conversationId: 'x@y' as never }));
  const question = store.messages()[0]!.id;
  add('answer', { replyToId: question });
  expect(store.messages().at(-1)?.replyTo).toMatchObject({ messageId: question, excerpt: 'question' });
  expect(() => add('wrong', { replyToId: store.messages('x@y')[0]!.id })).toThrow(/not in this conversation/);
});

test('message and job are written together or not at all', () => {
  expect(() =>
    runDurably(store.db, () => {
      const { id } = add('hello');
      jobs.add(store.db, { key: 'k', kind: 'send-message', lane: 'a', messageId: id, payload: null, createdAtMs: noonMs });
      throw new Error('power cut');
    }),
  ).toThrow('power cut');
  expect([store.count('messages'), store.count('jobs')]).toEqual([0, 0]);
  store.checkIndex();
});

test('edited, reacted to, deleted', () => {
  const { id } = add('teh text');
  outgoing.edit(store.db, id, 'the text', noonMs + 1);
  outgoing.react(store.db, id, ['👍', '🎉']);
  outgoing.react(store.db, id, ['🎉']);
  expect(outgoing.ownReactions(store.db, id)).toEqual(['🎉']);
  expect(store.messages()[0]).toMatchObject({ text: 'the text', editedAtMs: noonMs + 1, reactions: [{ emoji: '🎉', isOwn: true }] });
  outgoing.delete(store.db, id, noonMs + 2);
  expect(store.messages()[0]).toMatchObject({ text: '', deletedAtMs: noonMs + 2, reactions: [] });
  store.checkIndex();
});
