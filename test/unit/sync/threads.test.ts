import { beforeEach, describe, expect, test } from 'vitest';
import { transactionId } from '#model';
import { fromMessageColumns, type MessageId } from '#rpc';
import { outgoing } from '../../../electron/engine/sync/outgoing.ts';
import { readMessagePage } from '../../../electron/engine/store/read-message-page.ts';
import { readThreadPage, readThreads } from '../../../electron/engine/store/read-thread.ts';
import { conversations } from '../../../electron/engine/store/repositories/conversations.ts';
import { threads, type ThreadRecord } from '../../../electron/engine/store/repositories/threads.ts';
import { chat, live, marta, message, name, noonMs, own, TestStore, upserted } from '../store/kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
  store.take(live('root', 'who brings the cake?', { sentAtMs: noonMs - 100 }));
});

const inThread = { threadRootId: name('root') };
const timeline = () => readMessagePage(store.db, store.row().id, { kind: 'newest' }, 50).rows;
const only = (): ThreadRecord => {
  const found = threads.find(store.db, store.row().id, name('root'));
  if (found === null) throw new Error('no thread');
  return found;
};
const answers = (): string[] => fromMessageColumns(readThreadPage(store.db, only(), null, 50).rows).map(({ text }) => text);
const idOf = (text: string): MessageId => {
  const row = store.db.prepare('SELECT id FROM messages WHERE text = ?').pluck().get(text);
  return row as MessageId;
};

describe('a thread', () => {
  test('holds its answers, and the timeline has the message that began it with their number', () => {
    store.take(live('a', 'I do', { ...inThread, sentAtMs: noonMs - 90 }), live('b', 'other words', { sentAtMs: noonMs - 80 }), live('c', 'with cream', { ...inThread, sentAtMs: noonMs - 70 }));
    expect(timeline().map(({ text }) => text)).toEqual(['who brings the cake?', 'other words']);
    expect(timeline()[0]?.thread).toMatchObject({ answerCount: 2, unreadCount: 2, lastAtMs: noonMs - 70 });
    expect(answers()).toEqual(['I do', 'with cream']);
    expect(readThreads(store.db, store.row().id)).toMatchObject([{ answerCount: 2, root: { text: 'who brings the cake?' } }]);
  });

  test('its answers count once, and reading what stands outside leaves them unread', () => {
    store.take(live('a', 'I do', { ...inThread, sentAtMs: noonMs - 90 }), live('b', 'other words', { sentAtMs: noonMs - 80 }));
    expect(store.row().unreadCount).toBe(3);
    const { unreadCount, target } = conversations.markRead(store.db, store.row().id, idOf('other words'));
    expect(unreadCount).toBe(1);
    expect(target?.remoteId).toBe(name('b'));
    store.take({ type: 'marker.upserted', conversationId: chat, target: name('a'), within: name('root') });
    expect([store.row().unreadCount, only().unreadCount]).toEqual([0, 0]);
    store.take(live('c', 'with cream', { ...inThread, sentAtMs: noonMs - 70 }));
    expect([store.row().unreadCount, only().unreadCount]).toEqual([1, 1]);
  });

  test('a marker for the whole conversation reads its threads too, one for the rest of it does not', () => {
    store.take(live('a', 'I do', { ...inThread, sentAtMs: noonMs - 90 }), live('b', 'other words', { sentAtMs: noonMs - 80 }));
    store.take({ type: 'marker.upserted', conversationId: chat, target: name('b'), within: null });
    expect(store.row().unreadCount).toBe(1);
    store.take({ type: 'marker.upserted', conversationId: chat, target: name('b') });
    expect(store.row().unreadCount).toBe(0);
  });

  test('history is in it and unread by nobody; an answer told twice is in it once', () => {
    store.take(upserted(message('h', 'long ago', { ...inThread, sentAtMs: noonMs - 95 }), 'history'));
    store.take(live('a', 'I do', { ...inThread, sentAtMs: noonMs - 90 }), upserted(message('a', 'I do', { ...inThread, sentAtMs: noonMs - 90 }), 'history'));
    expect([only().unreadCount, answers()]).toEqual([1, ['long ago', 'I do']]);
  });

  test('our answer from another device reads it and not the rest; a deleted one counts no more', () => {
    store.take(live('a', 'I do', { ...inThread, sentAtMs: noonMs - 90 }), own('o', 'thanks', { ...inThread, sentAtMs: noonMs - 80 }));
    expect([store.row().unreadCount, only().unreadCount]).toEqual([1, 0]);
    store.take(live('c', 'with cream', { ...inThread, sentAtMs: noonMs - 70 }));
    store.take({ type: 'message.deleted', conversationId: chat, target: name('c'), by: marta, deletedAtMs: noonMs });
    expect([store.row().unreadCount, only().unreadCount]).toEqual([1, 0]);
    expect(timeline()[0]?.thread?.answerCount).toBe(2);
  });

  test('what we write in it waits there, and reads only the thread', () => {
    store.take(live('a', 'I do', { ...inThread, sentAtMs: noonMs - 90 }));
    const thread = only();
    outgoing.add(store.db, { conversationId: store.row().id, transactionId: transactionId('t1'), text: 'good', replyToId: null, file: null, threadId: thread.id, nowMs: noonMs });
    expect(answers()).toEqual(['I do', 'good']);
    expect(timeline()).toHaveLength(1);
    expect([store.row().unreadCount, only().unreadCount]).toEqual([1, 0]);
    store.take(upserted(message('g', 'good', { ...inThread, transactionId: transactionId('t1'), isOwn: true, sentAtMs: noonMs })));
    expect(answers()).toEqual(['I do', 'good']);
  });

  test('a read receipt within it tells nothing of what stands outside', () => {
    store.take(own('o', 'outside', { sentAtMs: noonMs - 90 }), own('p', 'inside', { ...inThread, sentAtMs: noonMs - 80 }));
    store.take({ type: 'receipt.upserted', conversationId: chat, personId: marta, kind: 'read', scope: 'upTo', target: name('p'), atMs: noonMs, within: name('root') });
    const delivery = (text: string) => store.db.prepare('SELECT delivery FROM messages WHERE text = ?').pluck().get(text);
    expect([delivery('outside'), delivery('inside')]).toEqual(['sent', 'read']);
  });

  test('a message that names itself is in none', () => {
    store.take(live('x', 'me', { threadRootId: name('x'), sentAtMs: noonMs - 10 }));
    expect(timeline().at(-1)?.text).toBe('me');
  });
});

describe('a poll', () => {
  const poll = { question: 'When?', answers: [{ id: 'a', text: 'Monday', voteCount: 0 }], mostChoices: 1, ownChoices: [], voterCount: 0, isDisclosed: true, isEnded: false };

  test('comes with its message, changes with new numbers, and our choice alone is no correction', () => {
    store.take(live('p', '📊 When?', { poll, sentAtMs: noonMs - 50 }));
    const shown = () => timeline().at(-1);
    expect(shown()?.poll).toEqual(poll);
    store.take({ type: 'message.patched', conversationId: chat, target: name('p'), by: marta, patch: { poll: { ...poll, ownChoices: ['a', 'none'] }, editedAtMs: noonMs } });
    expect([shown()?.poll?.ownChoices, shown()?.editedAtMs]).toEqual([['a'], null]);
    store.take({ type: 'message.patched', conversationId: chat, target: name('p'), by: marta, patch: { text: '📊 When? 1', poll: { ...poll, voterCount: 1 }, editedAtMs: noonMs } });
    expect([shown()?.poll?.voterCount, shown()?.text]).toEqual([1, '📊 When? 1']);
    store.take({ type: 'message.deleted', conversationId: chat, target: name('p'), by: marta, deletedAtMs: noonMs });
    expect(shown()?.poll).toBeNull();
  });
});

test('what a room holds up is known by name, here or not', () => {
  const before = store.row().id;
  store.take({ type: 'pins.replaced', conversationId: chat, messageIds: [name('unknown'), name('root'), name('root')] });
  const rows = store.db.prepare('SELECT remote_id FROM conversation_pins WHERE conversation_id = ? ORDER BY position').pluck().all(before);
  expect(rows).toEqual([name('unknown'), name('root')]);
});
