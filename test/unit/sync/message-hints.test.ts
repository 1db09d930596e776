// needs: nothing
import { beforeEach, expect, test } from 'vitest';
import type { BridgeEvent } from '#bridge';
import type { ConnectionId } from '#rpc';
import { createSqlPushSource } from '../../../electron/engine/crm/ledger/sql-push-source.ts';
import { conversations } from '../../../electron/engine/store/repositories/conversations.ts';
import { messageHints } from '../../../electron/engine/store/repositories/message-hints.ts';
import { messageVersions } from '../../../electron/engine/store/repositories/message-versions.ts';
import { expireMessages } from '../../../electron/engine/sync/expire-messages.ts';
import { chat, live, marta, name, noonMs, own, TestStore } from '../store/kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
});

const edit = (target: string, text: string, editedAtMs: number): BridgeEvent => ({
  type: 'message.patched',
  conversationId: chat,
  target: name(target),
  by: marta,
  patch: { text, editedAtMs },
});
const readAll = (): void => {
  const newest = store.messages().at(-1);
  if (newest) conversations.markRead(store.db, store.conversationId(), newest.id);
};

test('what a sender wishes comes with the row; a message without wishes costs nothing', () => {
  store.take(
    live('1', 'plain'),
    live('2', 'the end', { spoiler: 'a film' }),
    live('3', '2 * 3', { isUnstyled: true }),
    live('4', 'you!', { isMention: true }),
  );
  const wishes = store.messages().map(({ spoiler, isUnstyled, isMention, lifetimeMs }) => ({ spoiler, isUnstyled, isMention, lifetimeMs }));
  const none = { spoiler: null, isUnstyled: false, isMention: false, lifetimeMs: null };
  expect(wishes).toEqual([none, { ...none, spoiler: 'a film' }, { ...none, isUnstyled: true }, { ...none, isMention: true }]);
  expect(store.count('message_hints')).toBe(3);
});

test('a timed message stays until it was read, and then as long as its timer says', () => {
  store.take(live('1', 'secret', { lifetimeMs: 60_000 }), live('2', 'stays'));
  expect(expireMessages(store.db, noonMs + 3_600_000)).toBeNull();
  expect(store.texts()).toEqual(['secret', 'stays']);

  readAll();
  expireMessages(store.db, noonMs);
  expect(store.messages()[0]).toMatchObject({ text: 'secret', expiresAtMs: noonMs + 60_000 });
  expect(messageHints.nextExpiryMs(store.db)).toBe(noonMs + 60_000);
  expect(expireMessages(store.db, noonMs + 59_999)).toBeNull();

  const changes = expireMessages(store.db, noonMs + 60_000);
  expect([...(changes?.conversationIds ?? [])]).toEqual([store.conversationId()]);
  expect(store.messages()[0]).toMatchObject({ text: '', deletedAtMs: noonMs + 60_000, expiresAtMs: noonMs + 60_000 });
  expect(store.texts()).toEqual(['', 'stays']);
  expect(messageHints.nextExpiryMs(store.db)).toBeNull();
  store.checkIndex();
});

test('the time of a message of ours begins at once; files, former texts and the line of the list go too', () => {
  store.take(own('1', 'first', { lifetimeMs: 1_000, attachments: [{ remoteId: 'f', name: 'a.pdf', mime: 'application/pdf', source: 's' }] }));
  expireMessages(store.db, noonMs);
  expireMessages(store.db, noonMs + 1_000);
  expect(store.messages()[0]).toMatchObject({ text: '', attachments: [] });
  expect(store.row()).toMatchObject({ lastText: '', lastKind: 'deleted' });
});

test('a timed message never goes to a CRM, before or after', () => {
  store.take(live('1', 'secret', { lifetimeMs: 60_000 }), live('2', 'stays'));
  const pending = (): string[] =>
    [...createSqlPushSource(store.db).pending(store.conversationId(), 1 as ConnectionId)].map(({ text }) => text);
  expect(pending()).toEqual(['stays']);
  readAll();
  expireMessages(store.db, noonMs);
  expireMessages(store.db, noonMs + 60_000);
  expect(pending()).toEqual(['stays']);
});

test('an answer does not keep what disappeared', () => {
  store.take(live('1', 'secret', { lifetimeMs: 1_000 }), live('2', 'yes', { replyTo: { remoteId: name('1'), excerpt: 'secret' } }));
  readAll();
  expireMessages(store.db, noonMs);
  expireMessages(store.db, noonMs + 1_000);
  expect(store.messages()[1]?.replyTo?.excerpt).toBe('');
});

test('a timer that is none, or of a thousand years, is no timer', () => {
  store.take(
    live('1', 'a', { lifetimeMs: Number.NaN }),
    live('2', 'b', { lifetimeMs: -1 }),
    live('3', 'c', { lifetimeMs: 1e15 }),
  );
  expect(store.count('message_hints')).toBe(0);
});

test('what stood there before an edit can be looked up, oldest first, until the message is deleted', () => {
  store.take(live('1', 'frist'), edit('1', 'first', noonMs), edit('1', 'first!', noonMs + 1_000));
  const [row] = store.messages();
  expect(row?.text).toBe('first!');
  expect(messageVersions.list(store.db, row!.id)).toEqual([
    { text: 'frist', writtenAtMs: noonMs - 60_000 },
    { text: 'first', writtenAtMs: noonMs },
  ]);
  store.take({ type: 'message.deleted', conversationId: chat, target: name('1'), by: marta, deletedAtMs: noonMs + 2_000 });
  expect(messageVersions.list(store.db, row!.id)).toEqual([]);
});

test('who edits a thousand times keeps the last texts only', () => {
  store.take(live('1', 'v0'));
  for (let index = 1; index <= 100; index += 1) store.take(edit('1', `v${index}`, noonMs + index));
  const versions = messageVersions.list(store.db, store.messages()[0]!.id);
  expect(versions.length).toBeLessThanOrEqual(31);
  expect(versions.at(-1)?.text).toBe('v99');
});

test('a thumbnail that is no small picture is not kept', () => {
  const file = (remoteId: string, thumbnail: string) => ({ remoteId, name: 'a', mime: 'image/png', source: 's', thumbnail });
  store.take(
    live('1', 'x', {
      attachments: [
        file('a', 'data:image/png;base64,iVBORw0KGgo='),
        file('b', 'https://tracker.example/pixel.png'),
        file('c', `data:image/png;base64,${'A'.repeat(50_000)}`),
        file('d', 'data:image/svg+xml;base64,PHN2Zz4='),
      ],
    }),
  );
  expect(store.messages()[0]?.attachments.map(({ thumbnail }) => thumbnail)).toEqual(['data:image/png;base64,iVBORw0KGgo=', null, null, null]);
});

test('a mark from another device makes no conversation and clears what it covers', () => {
  store.take({ type: 'marker.upserted', conversationId: 'nobody@x.example' as typeof chat, target: name('1') });
  expect(conversations.findId(store.db, store.accountId, 'nobody@x.example' as typeof chat)).toBeNull();
  store.take(live('1', 'one'), live('2', 'two', { sentAtMs: noonMs - 1_000 }));
  expect(store.row().unreadCount).toBe(2);
  store.take({ type: 'marker.upserted', conversationId: chat, target: name('1') });
  expect(store.row().unreadCount).toBe(1);
  // The mark may come before its message.
  store.take({ type: 'marker.upserted', conversationId: chat, target: name('3') }, live('3', 'three', { sentAtMs: noonMs }));
  expect(store.row().unreadCount).toBe(0);
});

test('outside of its conversation a spoiler shows its hint only, and what we cannot read its encryption', () => {
  const bodies = (...events: BridgeEvent[]): string[] => [...store.take(...events).notifications.values()].map(({ body }) => body);
  expect(bodies(live('1', 'the butler did it', { spoiler: 'a film' }))).toEqual(['••• a film']);
  expect(store.row().lastText).toBe('••• a film');
  expect(bodies(live('2', 'it was the gardener', { spoiler: '' }))).toEqual(['•••']);
  expect(bodies(live('3', 'OMEMO', { kind: 'unreadable', sentAtMs: noonMs - 1_000 }))).toEqual(['🔒 OMEMO']);
  // The line made anew after a deletion keeps the secret too.
  store.take({ type: 'message.deleted', conversationId: chat, target: name('3'), by: marta, deletedAtMs: noonMs });
  store.take(live('4', 'x', { sentAtMs: noonMs, spoiler: 'y' }), edit('4', 'z', noonMs));
  expect(store.row().lastText).toBe('••• y');
});
