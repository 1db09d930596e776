import { beforeEach, describe, expect, test } from 'vitest';
import { remoteConversationId, transactionId } from '#model';
import { outgoing } from '../../../electron/engine/sync/outgoing.ts';
import { conversations } from '../../../electron/engine/store/repositories/conversations.ts';
import { chat, direct, juri, live, marta, message, name, noonMs, own, room, TestStore, upserted } from '../store/kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
});

describe('unread', () => {
  test('live and caught-up messages of others count; history, own and system ones do not', () => {
    store.take(
      upserted(message('h', 'old'), 'history'),
      live('l', 'live', { sentAtMs: noonMs - 3 }),
      upserted(message('c', 'caught up', { sentAtMs: noonMs - 2 }), 'catchup'),
      live('s', 'topic changed', { kind: 'system', sentAtMs: noonMs - 1 }),
    );
    expect(store.row().unreadCount).toBe(2);
    expect(conversations.totalUnread(store.db)).toBe(2);
  });

  test('an answer from another device means that we read', () => {
    store.take(live('1', 'question', { sentAtMs: noonMs - 2 }), own('2', 'answer', { sentAtMs: noonMs - 1 }));
    expect(store.row().unreadCount).toBe(0);
    store.take(live('3', 'more', { sentAtMs: noonMs }));
    expect(store.row().unreadCount).toBe(1);
  });

  test('the count of the network wins, and stays the one that counts', () => {
    store.take({ type: 'conversation.patched', conversationId: chat, patch: { unreadCount: 7 } }, live('1', 'a'));
    expect(store.row().unreadCount).toBe(7);
  });

  test('a marker from another device moves forward only', () => {
    store.take(...[1, 2, 3].map((index) => live(`${index}`, 'x', { sentAtMs: noonMs - 10 + index })));
    store.take({ type: 'marker.upserted', conversationId: chat, target: name('2') });
    expect(store.row().unreadCount).toBe(1);
    store.take({ type: 'marker.upserted', conversationId: chat, target: name('1') });
    expect(store.row().unreadCount).toBe(1);
  });

  test('marking read says what to tell the network', () => {
    store.take(live('1', 'a', { sentAtMs: noonMs - 2, alternateId: name('alt') }), live('2', 'b', { sentAtMs: noonMs - 1 }));
    const [first, second] = store.messages();
    const partly = conversations.markRead(store.db, store.conversationId(), first!.id);
    expect(partly).toEqual({
      unreadCount: 1,
      target: { accountId: store.accountId, conversationId: chat, remoteId: name('1'), alternateId: name('alt') },
    });
    expect(conversations.markRead(store.db, store.conversationId(), second!.id).unreadCount).toBe(0);
    expect(conversations.markRead(store.db, store.conversationId(), first!.id)).toEqual({ unreadCount: 0, target: null });
  });
});

describe('last line', () => {
  test('is the newest by time, not the last to arrive', () => {
    store.take(live('2', 'newer', { sentAtMs: noonMs - 1 }));
    store.take(upserted(message('1', 'older', { sentAtMs: noonMs - 50_000 }), 'history'));
    expect(store.row()).toMatchObject({ lastText: 'newer', activeAtMs: noonMs - 1, lastSenderName: 'Marta Pérez' });
  });

  test('is one plain line of at most 200 characters', () => {
    store.take(live('1', `\n\n  \u202efirst\u0007   line${'x'.repeat(1_000_000)}\nsecond`));
    const { lastText } = store.row();
    expect(lastText).toMatch(/^first line/);
    expect(lastText).toHaveLength(200);
  });

  test('after an echo that sets our message earlier, the next one is the newest again', () => {
    const { id } = outgoing.add(store.db, {
      conversationId: store.conversationId(), transactionId: transactionId('t'), text: 'mine', replyToId: null, file: null, nowMs: noonMs + 9_000,
    });
    expect(store.row().lastText).toBe('mine');
    store.take(own('s', 'mine', { transactionId: transactionId('t'), sentAtMs: noonMs - 100 }));
    store.take(live('1', 'answer', { sentAtMs: noonMs - 50 }));
    expect(store.row()).toMatchObject({ lastText: 'answer', unreadCount: 1 });
    expect(store.messages()[0]?.id).toBe(id);
  });

  test('what somebody else writes to the row between two batches is kept', () => {
    store.take(live('1', 'a'), live('2', 'b'));
    conversations.markRead(store.db, store.conversationId(), store.messages()[1]!.id);
    conversations.setNotify(store.db, store.conversationId(), 'none');
    expect([...store.take(live('3', 'c', { sentAtMs: noonMs })).notifications]).toEqual([]);
    expect(store.row()).toMatchObject({ unreadCount: 1, isMuted: true });
  });

  test('names the file where there are no words', () => {
    store.take(live('1', '', { attachments: [{ remoteId: 'f', name: 'offer.pdf', mime: 'application/pdf', source: 's' }] }));
    expect(store.row()).toMatchObject({ lastKind: 'file', lastText: 'offer.pdf' });
  });

  test('of our own message has no sender', () => {
    store.take(own('1', 'mine'));
    expect(store.row()).toMatchObject({ lastIsOwn: true, lastSenderName: null, lastDelivery: 'sent' });
  });
});

describe('notifications', () => {
  const raised = (...events: Parameters<TestStore['take']>) => [...store.take(...events).notifications.values()];

  test('one per conversation, the newest, as plain lines', () => {
    const notifications = raised(live('1', 'first', { sentAtMs: noonMs - 2 }), live('2', '\u202e<b>second</b>\n\u0007more', { sentAtMs: noonMs - 1 }));
    expect(notifications).toEqual([
      { conversationId: store.conversationId(), title: 'Marta Pérez', body: '<b>second</b>', network: 'demo' },
    ]);
  });

  test('in a room the sender is named', () => {
    store.take({ type: 'conversation.upserted', conversation: { ...direct, remoteId: room, kind: 'group', title: 'Team', peerId: undefined } });
    expect(raised(live('1', 'Tere', { conversationId: room, senderId: juri }))[0]?.body).toBe('Jüri Kask: Tere');
  });

  test('none for history, own messages, notices, muted conversations and what is older than the account', () => {
    expect(raised(upserted(message('1', 'a'), 'history'))).toEqual([]);
    expect(raised(own('2', 'b'))).toEqual([]);
    expect(raised(live('3', 'c', { kind: 'notice' }))).toEqual([]);
    expect(raised(upserted(message('4', 'd', { sentAtMs: noonMs - 86_400_000 }), 'catchup'))).toEqual([]);
    conversations.setNotify(store.db, store.conversationId(), 'none');
    expect(raised(live('5', 'e'))).toEqual([]);
  });

  test('none for what was read elsewhere or deleted meanwhile', () => {
    expect(raised(live('1', 'a'), { type: 'marker.upserted', conversationId: chat, target: name('1') })).toEqual([]);
    const gone = { type: 'message.deleted', conversationId: chat, target: name('2'), by: marta, deletedAtMs: noonMs } as const;
    expect(raised(live('2', 'b', { sentAtMs: noonMs }), gone)).toEqual([]);
  });

  test('a week away is not a hundred pop-ups', () => {
    const many = Array.from({ length: 40 }, (_, index) =>
      upserted(message('m', 'x', { conversationId: `${room}-${index}` as typeof room, sentAtMs: noonMs - 1_000 * (40 - index) }), 'catchup'),
    );
    expect(raised(...many)).toHaveLength(10);
  });
});

describe('of a room that only mentions count in', () => {
  test('a mention notifies, other messages only count', () => {
    const group = { ...direct, remoteId: room, kind: 'group' as const, title: 'Team', peerId: undefined };
    store.take({ type: 'conversation.upserted', conversation: { ...group, notify: 'mentions' } });
    const inRoom = { conversationId: room, senderId: juri };
    expect([...store.take(live('1', 'Tere', inRoom)).notifications]).toEqual([]);
    expect([...store.take(live('2', 'Tere, Marta', { ...inRoom, isMention: true })).notifications]).toHaveLength(1);
    store.take({ type: 'conversation.patched', conversationId: room, patch: { notify: 'none' } });
    expect([...store.take(live('3', 'Marta!', { ...inRoom, isMention: true })).notifications]).toEqual([]);
  });
});

test('pinned conversations come first, page by page', () => {
  for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) {
    const remoteId = remoteConversationId(name);
    store.take({ type: 'conversation.upserted', conversation: { ...direct, remoteId, title: name, activeAtMs: noonMs - index * 1_000, isPinned: name === 'd' } });
  }
  const titles: string[] = [];
  let after = null as Parameters<typeof conversations.list>[2];
  do {
    const page = conversations.list(store.db, {}, after, 2);
    titles.push(...page.rows.map(({ title }) => title));
    after = page.next;
  } while (after !== null);
  expect(titles.filter((title) => title.length === 1)).toEqual(['d', 'a', 'b', 'c']);
  store.take({ type: 'conversation.patched', conversationId: remoteConversationId('d'), patch: { isPinned: false } });
  expect(conversations.list(store.db, {}, null, 10).rows.find(({ isPinned }) => isPinned)).toBeUndefined();
});
