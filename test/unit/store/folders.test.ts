import { beforeEach, expect, test } from 'vitest';
import type { RemoteFolder } from '#bridge';
import { remoteConversationId } from '#model';
import { conversations } from '../../../electron/engine/store/repositories/conversations.ts';
import { folders } from '../../../electron/engine/store/repositories/folders.ts';
import { chat, live, room, TestStore } from './kit/test-store.ts';

let store: TestStore;
beforeEach(() => {
  store = new TestStore();
});

const folder = (remoteId: string, parentId: string | null, ...ids: string[]): RemoteFolder => ({
  remoteId,
  name: remoteId.toUpperCase(),
  parentId,
  conversationIds: ids.map(remoteConversationId),
});
const say = (...all: readonly RemoteFolder[]): void => {
  store.take({ type: 'folders.replaced', folders: all });
};
const list = () => folders.list(store.db);
const titlesIn = (name: string): readonly string[] => {
  const found = list().find((row) => row.name === name);
  return conversations.list(store.db, found === undefined ? {} : { folderId: found.id }, null, 50).rows.map(({ title }) => title);
};

test('the list narrowed to a folder has what lies in it and nothing else', () => {
  store.take(live('1', 'hello'));
  expect(conversations.list(store.db, {}, null, 50).rows).toHaveLength(1);
  say(folder('full', null, chat, room), folder('empty', 'full', 'elsewhere'));
  expect([titlesIn('FULL').length, titlesIn('EMPTY').length]).toEqual([1, 0]);
  expect(list().map(({ name, parentId, unreadCount }) => [name, parentId === null, unreadCount])).toEqual([
    ['FULL', true, 1],
    ['EMPTY', false, 0],
  ]);
});

test('a folder that stays keeps its id, one that went is gone, and so is what was in it', () => {
  say(folder('a', null, chat), folder('b', 'a', chat));
  const [a] = list();
  say(folder('a', null));
  expect(list()).toEqual([{ ...a, unreadCount: 0 }]);
  expect(store.db.prepare('SELECT count(*) FROM folder_conversations').pluck().get()).toBe(0);
});

test('a conversation that is told of later is in its folder at once', () => {
  say(folder('early', null, 'later'));
  expect(titlesIn('EARLY')).toEqual([]);
  const remoteId = remoteConversationId('later');
  store.take({ type: 'conversation.upserted', conversation: { remoteId, kind: 'group', title: 'Later', security: 'plain', membership: 'joined' } });
  expect(titlesIn('EARLY')).toEqual(['Later']);
});
