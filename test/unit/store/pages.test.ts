import { beforeEach, describe, expect, test } from 'vitest';
import type { ConversationId, MessageAnchor, MessageId } from '#rpc';
import { pushedMessages } from '../../../electron/engine/crm/ledger/pushed-messages.ts';
import { readMessagePage, readMessageRows } from '../../../electron/engine/store/read-message-page.ts';
import { readConversationDetail } from '../../../electron/engine/store/read-conversation-detail.ts';
import { conversations } from '../../../electron/engine/store/repositories/conversations.ts';
import { drafts } from '../../../electron/engine/store/repositories/drafts.ts';
import { unknownPresence } from '../../../electron/engine/store/repositories/people.ts';
import { noCapabilities } from '#model';
import { chat, direct, juri, live, marta, me, name, noonMs, own, room, TestStore } from './kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
});

const page = (anchor: MessageAnchor, limit = 3) => readMessagePage(store.db, store.conversationId(), anchor, limit);
const shown = (anchor: MessageAnchor, limit = 3) => {
  const { rows, hasOlder, hasNewer } = page(anchor, limit);
  return { texts: rows.map((row) => row.text).join(''), hasOlder, hasNewer };
};

describe('a page of messages', () => {
  beforeEach(() => {
    // Two share a millisecond, so the key alone is not enough.
    const times = [1, 2, 3, 3, 4, 5, 6];
    store.take(...times.map((time, index) => live(`${index}`, 'abcdefg'.charAt(index), { sentAtMs: noonMs - 1_000 + time })));
  });
  const idOf = (text: string): MessageId => store.messages().find((row) => row.text === text)!.id;

  test('newest, before, after and around', () => {
    expect(shown({ kind: 'newest' })).toEqual({ texts: 'efg', hasOlder: true, hasNewer: false });
    expect(shown({ kind: 'before', id: idOf('e') })).toEqual({ texts: 'bcd', hasOlder: true, hasNewer: true });
    expect(shown({ kind: 'before', id: idOf('d') })).toEqual({ texts: 'abc', hasOlder: false, hasNewer: true });
    expect(shown({ kind: 'after', id: idOf('c') })).toEqual({ texts: 'def', hasOlder: true, hasNewer: true });
    expect(shown({ kind: 'after', id: idOf('g') })).toEqual({ texts: '', hasOlder: true, hasNewer: false });
    expect(shown({ kind: 'around', id: idOf('d') })).toEqual({ texts: 'cde', hasOlder: true, hasNewer: true });
    expect(shown({ kind: 'around', id: idOf('a') })).toEqual({ texts: 'ab', hasOlder: false, hasNewer: true });
  });

  test('pages backwards cover everything once', () => {
    const seen: string[] = [];
    let anchor: MessageAnchor = { kind: 'newest' };
    for (;;) {
      const { rows, hasOlder } = page(anchor, 2);
      seen.unshift(...rows.map((row) => row.text));
      if (!hasOlder) break;
      anchor = { kind: 'before', id: rows[0]!.id };
    }
    expect(seen.join('')).toBe('abcdefg');
  });

  test('an anchor from elsewhere shows the newest page', () => {
    store.take(live('r', 'x', { conversationId: room }));
    const foreign = store.messages(room)[0]!.id;
    expect(shown({ kind: 'before', id: foreign }).texts).toBe('efg');
    expect(shown({ kind: 'around', id: 1 as MessageId }).texts).toBe('efg');
  });
});

test('the line of a push says where it went, right after what went along', () => {
  store.take(live('a', 'first'), live('b', 'second', { sentAtMs: noonMs + 5_000 }));
  const anchor = store.messages().find((row) => row.text === 'first')!.id;
  const lineId = pushedMessages.addLine(store.db, store.conversationId(), anchor, noonMs + 9_000);
  store.db
    .prepare(
      `INSERT INTO pushes (connection_id, connector_id, connection_name, conversation_id, state, target_title, url,
         message_count, file_count, line_message_id, created_at_ms)
       VALUES (1, 'tryton', 'Tryton', ?, 'done', 'Marta Ruiz', 'https://crm.example/1', 1, 0, ?, ?)`,
    )
    .run(store.conversationId(), lineId, noonMs);
  const { rows } = page({ kind: 'newest' });
  expect(rows.map((row) => row.kind)).toEqual(['message', 'push', 'message']);
  expect(rows[1]?.push).toMatchObject({ connectionName: 'Tryton', targetTitle: 'Marta Ruiz', messageCount: 1, url: 'https://crm.example/1' });
});

test('a message comes with files, reactions, reply and gap', () => {
  store.take(
    live('1', 'Question?', { sentAtMs: noonMs - 9 }),
    own('2', 'See attachment', {
      sentAtMs: noonMs - 8,
      replyTo: { remoteId: name('1'), senderId: marta },
      attachments: [
        { remoteId: 'f1', name: 'a.pdf', mime: 'application/pdf', sizeBytes: 10, source: 's1' },
        { remoteId: 'f2', name: 'b.png', mime: 'image/png', widthPx: 2, heightPx: 3, source: 's2' },
      ],
    }),
    { type: 'reactions.replaced', conversationId: chat, target: name('2'), personId: marta, emojis: ['👍', '🎉'] },
    { type: 'reaction.upserted', conversationId: chat, target: name('2'), personId: me, emoji: '👍' },
    { type: 'gap.upserted', conversationId: chat, before: name('2'), cursor: 'c1' },
  );
  const [, answer] = store.messages();
  expect(answer).toMatchObject({
    senderName: 'Desk',
    replyTo: { messageId: store.messages()[0]!.id, senderName: 'Marta Pérez', excerpt: 'Question?' },
    attachments: [{ name: 'a.pdf', state: 'remote', sizeBytes: 10 }, { name: 'b.png', widthPx: 2, heightPx: 3 }],
    hasGapBefore: true,
    isPushed: false,
  });
  expect(answer!.reactions).toEqual([
    { emoji: '🎉', count: 1, isOwn: false, names: ['Marta Pérez'] },
    { emoji: '👍', count: 2, isOwn: true, names: ['Desk', 'Marta Pérez'] },
  ]);
  expect(readMessageRows(store.db, [answer!.id, 5 as MessageId])).toEqual([answer]);
  store.take({ type: 'gap.deleted', conversationId: chat, cursor: 'c1' });
  expect(store.messages()[1]!.hasGapBefore).toBe(false);
});

test('a reply to what comes later, or never, shows what the network carried along', () => {
  store.take(live('2', 'Yes', { replyTo: { remoteId: name('1'), senderId: juri, excerpt: 'Are you…' } }));
  expect(store.messages()[0]!.replyTo).toEqual({ messageId: null, senderName: 'Jüri Kask', excerpt: 'Are you…' });
  store.take(live('1', 'Are you there?', { senderId: juri, sentAtMs: noonMs - 90_000 }));
  expect(store.messages()[1]!.replyTo).toMatchObject({ messageId: store.messages()[0]!.id, excerpt: 'Are you there?' });
});

describe('the list', () => {
  const titles = (filter: Parameters<typeof conversations.list>[1]) =>
    conversations.list(store.db, filter, null, 50).rows.map((row) => row.title);

  beforeEach(() => {
    store.take(
      live('1', 'hola', { sentAtMs: noonMs - 5 }),
      { type: 'conversation.upserted', conversation: { ...direct, remoteId: room, kind: 'group', title: null, peerId: undefined } },
      { type: 'participant.upserted', conversationId: room, personId: juri },
      { type: 'participant.upserted', conversationId: room, personId: marta },
      { type: 'participant.upserted', conversationId: room, personId: me },
      own('2', 'tere', { conversationId: room, sentAtMs: noonMs - 1 }),
    );
  });

  test('newest first; titles from names', () => {
    expect(titles({})).toEqual(['Marta Pérez, Jüri Kask', 'Marta Pérez']);
  });

  test('filters', () => {
    expect(titles({ isUnread: true })).toEqual(['Marta Pérez']);
    expect(titles({ text: 'JURI' })).toEqual(['Marta Pérez, Jüri Kask']);
    expect(titles({ text: 'perez' })).toHaveLength(2);
    expect(titles({ text: 'tartu.example' })).toHaveLength(1);
    expect(titles({ text: '%' })).toEqual([]);
    expect(titles({ accountId: store.accountId })).toHaveLength(2);
    expect(titles({ accountId: store.addAccount('other@shop.example') })).toEqual([]);
    expect(titles({ hasUnpushed: true })).toEqual([]);
  });

  test('what is in the CRM, and what is not yet', () => {
    store.db.exec(`UPDATE conversations SET push_tag = 'Tryton · Party' WHERE kind = 'group'`);
    expect(titles({ isPushed: true })).toEqual(['Marta Pérez, Jüri Kask']);
    expect(titles({ isPushed: false })).toEqual(['Marta Pérez']);
  });

  test('what is done, until the other side writes again', () => {
    const done = () => conversations.list(store.db, {}, null, 50).rows.filter(({ isDone }) => isDone).map(({ title }) => title);
    store.db.exec(`INSERT INTO conversation_done SELECT id, ${noonMs} FROM conversations WHERE kind = 'direct'`);
    expect([titles({ isDone: true }), titles({ isDone: false })]).toEqual([['Marta Pérez'], ['Marta Pérez, Jüri Kask']]);
    expect(done()).toEqual(['Marta Pérez']);
    store.take(own('3', 'adiós', { sentAtMs: noonMs + 1 }));
    expect(done()).toEqual(['Marta Pérez']);
    store.take(live('4', 'una cosa más', { sentAtMs: noonMs + 2 }));
    expect([titles({ isDone: true }), done()]).toEqual([[], []]);
  });

  test('pages by keyset, also where times are equal', () => {
    for (let index = 0; index < 25; index += 1) {
      store.take(live('x', 'x', { conversationId: `c${index}` as typeof room, sentAtMs: noonMs }));
    }
    const seen: ConversationId[] = [];
    let cursor: Parameters<typeof conversations.list>[2] = null;
    do {
      const result: ReturnType<typeof conversations.list> = conversations.list(store.db, {}, cursor, 4);
      seen.push(...result.rows.map((row) => row.id));
      cursor = result.next;
    } while (cursor);
    expect(seen).toHaveLength(27);
    expect(new Set(seen).size).toBe(27);
  });

  test('titles follow names', () => {
    store.take({ type: 'person.upserted', person: { remoteId: juri, displayName: 'Jüri K.', handle: 'juri@tartu.example' } });
    expect(store.row(room).title).toBe('Marta Pérez, Jüri K.');
    store.take({ type: 'conversation.patched', conversationId: room, patch: { title: 'Team' } });
    expect(store.row(room).title).toBe('Team');
    store.take({ type: 'conversation.patched', conversationId: room, patch: { title: null } });
    store.take({ type: 'participant.deleted', conversationId: room, personId: juri });
    expect(store.row(room).title).toBe('Marta Pérez');
  });

  test('who is not named among those present is not in the room any more; strangers are not made up', () => {
    store.take({ type: 'participants.replaced', conversationId: room, personIds: [juri, 'nobody@example' as typeof juri] });
    expect(store.row(room).title).toBe('Jüri Kask');
    store.take({ type: 'participants.replaced', conversationId: 'unknown@example' as typeof room, personIds: [] });
    expect(titles({})).toHaveLength(2);
  });

  test('a system line keeps what it tells; of anything else only the words count', () => {
    const happening = { kind: 'kicked', isSelf: false, name: 'Juri', by: 'Marta', reason: 'x'.repeat(5_000) } as const;
    store.take(live('s1', 'Juri was removed', { conversationId: room, kind: 'system', happening }));
    store.take(live('s2', 'odd', { conversationId: room, kind: 'system', happening: { kind: 'eaten' as 'kicked', isSelf: false } }));
    store.take(live('s3', 'no line', { conversationId: room, happening }));
    const rows = readMessageRows(store.db, store.db.prepare<[], { id: MessageId }>('SELECT id FROM messages ORDER BY id').all().map(({ id }) => id));
    const told = new Map(rows.map((row) => [row.text, row.happening]));
    expect(told.get('Juri was removed')).toEqual({ kind: 'kicked', isSelf: false, name: 'Juri', by: 'Marta', reason: 'x'.repeat(1_000) });
    expect([told.get('odd'), told.get('no line')]).toEqual([null, null]);
  });

  test('a conversation the network forgot leaves the list and comes back with a message', () => {
    store.take({ type: 'conversation.deleted', conversationId: chat });
    expect(titles({})).toEqual(['Marta Pérez, Jüri Kask']);
    expect(store.texts()).toEqual(['hola']);
    store.take(live('3', 'again', { sentAtMs: noonMs }));
    expect(titles({})).toHaveLength(2);
  });

  test('a draft shows', () => {
    drafts.set(store.db, store.conversationId(), 'I was about', noonMs);
    expect(store.row().hasDraft).toBe(true);
    drafts.set(store.db, store.conversationId(), '', noonMs);
    expect(store.row().hasDraft).toBe(false);
  });
});

test('the detail of a conversation', () => {
  store.take(
    live('1', 'file', { attachments: [{ remoteId: 'f', name: 'a.pdf', mime: 'application/pdf', source: 's' }] }),
    { type: 'participant.upserted', conversationId: room, personId: juri },
    { type: 'conversation.patched', conversationId: room, patch: { kind: 'group', topic: 'Plans' } },
  );
  const facts = { capabilities: noCapabilities, typing: ['Marta'], presenceOf: unknownPresence };
  const detail = readConversationDetail(store.db, store.conversationId(), facts);
  expect(detail).toMatchObject({
    accountAddress: 'desk@shop.example',
    person: { name: 'Marta Pérez', addresses: [{ handle: 'marta@levante.example' }] },
    participants: [],
    participantCount: 1,
    typing: ['Marta'],
    files: [{ name: 'a.pdf', isPushed: false }],
    readUpToId: null,
  });
  expect(readConversationDetail(store.db, store.conversationId(room), facts)).toMatchObject({
    topic: 'Plans',
    person: null,
    participants: [{ handle: 'juri@tartu.example' }],
    participantCount: 1,
  });
  expect(readConversationDetail(store.db, 999 as ConversationId, facts)).toBeNull();
});
