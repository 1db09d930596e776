import { randomUUID } from 'node:crypto';
import { beforeEach, describe, expect, it } from 'vitest';
import { remoteConversationId, remoteMessageId } from '#model';
import { fromMessageColumns, type ConversationRow, type MessageRow } from '#rpc';
import { addFakeAccount, startEngine, type EngineClient } from '../../kit/engine-client.ts';
import { conversationEvents, createFakeBridge, messageEvent, self, type FakeBehaviour, type FakeBridge } from '../../kit/fake-bridge.ts';
import { until } from '../../kit/until.ts';

const nowMs = Date.now();
let bridge: FakeBridge;
let client: EngineClient;
let chat: ConversationRow;

const open = async (behaviour: FakeBehaviour = {}): Promise<void> => {
  bridge = createFakeBridge(behaviour);
  client = await startEngine({ bridges: [bridge] });
  await addFakeAccount(client);
  await bridge.say(...conversationEvents('chat'), messageEvent('chat', 'root', 'the root', nowMs - 9_000));
  const found = (await client.conversations()).find(({ title }) => title === 'chat');
  if (found === undefined) throw new Error('no chat');
  chat = found;
};
const rowOf = async (text: string): Promise<MessageRow> => {
  const row = (await client.messages(chat)).find((message) => message.text === text);
  if (row === undefined) throw new Error(`no ${text}`);
  return row;
};
const inThread = { threadRootId: remoteMessageId('root') };
const callsOf = (name: string) => bridge.current().calls.filter((call) => call.name === name).map(({ args }) => args);

describe('threads', () => {
  beforeEach(() => open());

  it('what is written in one goes out in it, and only there', async () => {
    const root = await rowOf('the root');
    const { id } = await client.call('threads.open', { rootId: root.id });
    await client.call('messages.send', { conversationId: chat.id, clientId: randomUUID(), text: 'inside', replyToId: null, threadId: id, files: [] });
    await until(() => callsOf('send').length === 1);
    expect(callsOf('send')[0]?.[0]).toMatchObject({ text: 'inside', threadRootId: 'root', replyTo: undefined });
    const page = await client.call('threads.page', { id, before: null, limit: 10 });
    expect([page.root?.text, fromMessageColumns(page.rows).map(({ text }) => text)]).toEqual(['the root', ['inside']]);
    expect((await client.messages(chat)).map(({ text }) => text)).toEqual(['the root']);
    const answer = fromMessageColumns(page.rows)[0];
    // An answer opens the thread it stands in.
    expect(await client.call('threads.open', { rootId: answer?.id ?? root.id })).toEqual({ id });
  });

  it('keep what was begun in them, each for itself, also over a restart', async () => {
    const { id } = await client.call('threads.open', { rootId: (await rowOf('the root')).id });
    const page = { id, before: null, limit: 10 };
    expect((await client.call('threads.page', page)).draft).toBe('');
    await client.call('conversations.setDraft', { id: chat.id, text: 'beside it' });
    await client.call('threads.setDraft', { id, text: 'in it' });
    await client.call('threads.setDraft', { id, text: 'within it' });
    await bridge.say(messageEvent('chat', 'a', 'inside', nowMs - 8_000, inThread));
    await client.stop();
    client = await startEngine({ bridges: [bridge], profileDir: client.profileDir, vaultKey: client.vaultKey });
    expect((await client.call('threads.page', page)).draft).toBe('within it');
    expect((await client.call('conversations.detail', { id: chat.id })).draft).toBe('beside it');
    expect(await client.call('threads.list', { conversationId: chat.id })).toMatchObject([{ id, hasDraft: true }]);
    await client.call('threads.setDraft', { id, text: '' });
    expect((await client.call('threads.page', page)).draft).toBe('');
    expect(await client.call('threads.list', { conversationId: chat.id })).toMatchObject([{ id, hasDraft: false }]);
  });

  it('are told as read apart from the rest, as long as something waits in one', async () => {
    await bridge.say(messageEvent('chat', 'a', 'inside', nowMs - 8_000, inThread), messageEvent('chat', 'b', 'outside', nowMs - 7_000));
    const last = await rowOf('outside');
    expect(await client.call('conversations.markRead', { id: chat.id, upTo: last.id })).toEqual({ unreadCount: 1 });
    await until(() => callsOf('markRead').length === 1);
    expect(callsOf('markRead')[0]).toMatchObject([{ remoteId: 'b' }, true, false, null]);
    const [thread] = await client.call('threads.list', { conversationId: chat.id });
    if (thread === undefined) throw new Error('no thread');
    const [answer] = fromMessageColumns((await client.call('threads.page', { id: thread.id, before: null, limit: 10 })).rows);
    if (answer === undefined) throw new Error('no answer');
    expect(await client.call('threads.markRead', { id: thread.id, upTo: answer.id })).toEqual({ unreadCount: 0 });
    await until(() => callsOf('markRead').length === 2);
    expect(callsOf('markRead')[1]).toMatchObject([{ remoteId: 'a' }, true, false, 'root']);
    expect((await client.conversations()).find(({ id }) => id === chat.id)?.unreadCount).toBe(0);

    // Nothing waits in any thread: the network is told about the conversation as a whole.
    await bridge.say(messageEvent('chat', 'c', 'more outside', nowMs - 6_000));
    await client.call('conversations.markRead', { id: chat.id, upTo: (await rowOf('more outside')).id });
    await until(() => callsOf('markRead').length === 3);
    expect(callsOf('markRead')[2]).toEqual([expect.objectContaining({ remoteId: 'c' }), true, false]);
  });

  it('of other conversations, and where there are none, are refused', async () => {
    const { id } = await client.call('threads.open', { rootId: (await rowOf('the root')).id });
    await bridge.say(...conversationEvents('other'));
    const other = (await client.conversations()).find(({ title }) => title === 'other');
    const send = { clientId: randomUUID(), text: 'x', replyToId: null, threadId: id, files: [] };
    await expect(client.call('messages.send', { ...send, conversationId: other?.id ?? chat.id })).rejects.toMatchObject({ code: 'not-found' });
    await open({ capabilities: { canThread: false } });
    const mine = await client.call('threads.open', { rootId: (await rowOf('the root')).id });
    await expect(client.call('messages.send', { ...send, threadId: mine.id, conversationId: chat.id })).rejects.toMatchObject({ code: 'unsupported' });
  });
});

describe('a message older than what is here', () => {
  it('is brought in, with a gap behind it that is filled by the message after it', async () => {
    const asked: (string | null)[] = [];
    await open({
      loadMessage: async () => bridge.say(messageEvent('chat', 'old', 'pinned long ago', nowMs - 90_000, {}, 'history')),
      loadOlder: async (_session, cursor) => {
        asked.push(cursor);
        await bridge.say(messageEvent('chat', 'mid', 'between', nowMs - 50_000, {}, 'history'), messageEvent('chat', 'old', 'pinned long ago', nowMs - 90_000, {}, 'history'));
        return { messageCount: 2, hasMore: true, cursor: 'further' };
      },
    });
    await bridge.say({ type: 'pins.replaced', conversationId: remoteConversationId('chat'), messageIds: [remoteMessageId('gone'), remoteMessageId('old')] });
    const { rows, missingCount } = await client.call('pins.list', { conversationId: chat.id });
    expect([rows.map(({ text }) => text), missingCount]).toEqual([['pinned long ago'], 1]);
    const root = await rowOf('the root');
    expect(root.hasGapBefore).toBe(true);
    await client.call('messages.loadOlder', { conversationId: chat.id, before: root.id });
    expect(asked).toEqual([null]);
    expect((await client.messages(chat)).map(({ text, hasGapBefore }) => [text, hasGapBefore])).toEqual([['pinned long ago', false], ['between', false], ['the root', false]]);
  });
});

describe('polls and pins', () => {
  const answers = [{ id: 'a', text: 'Monday', voteCount: 0 }, { id: 'b', text: 'Friday', voteCount: 0 }];
  const poll = { question: 'When?', answers, mostChoices: 1, ownChoices: [], voterCount: 0, isDisclosed: true, isEnded: false };

  it('take only choices there are, end only by who asked, and not twice', async () => {
    await open();
    await bridge.say(messageEvent('chat', 'p', 'theirs', nowMs - 5_000, { poll }), messageEvent('chat', 'q', 'over', nowMs - 4_000, { poll: { ...poll, isEnded: true }, isOwn: true, senderId: self }));
    const theirs = await rowOf('theirs');
    const refused = (code: string) => ({ code });
    await client.call('polls.vote', { id: theirs.id, choices: ['b', 'b'] });
    await until(() => callsOf('vote').length === 1);
    expect(callsOf('vote')[0]?.slice(0, 2)).toMatchObject([{ remoteId: 'p' }, ['b']]);
    await expect(client.call('polls.vote', { id: theirs.id, choices: ['constructor'] })).rejects.toMatchObject(refused('invalid-input'));
    await expect(client.call('polls.vote', { id: theirs.id, choices: ['a', 'b'] })).rejects.toMatchObject(refused('invalid-input'));
    await expect(client.call('polls.end', { id: theirs.id })).rejects.toMatchObject(refused('forbidden'));
    await expect(client.call('polls.vote', { id: (await rowOf('over')).id, choices: ['a'] })).rejects.toMatchObject(refused('rejected'));
    await expect(client.call('polls.vote', { id: (await rowOf('the root')).id, choices: ['a'] })).rejects.toMatchObject(refused('not-found'));
  });

  it('are refused where the conversation does not allow them', async () => {
    await open({ capabilities: { canPin: false, canMakePolls: false } });
    await expect(client.call('pins.set', { id: (await rowOf('the root')).id, isPinned: true })).rejects.toMatchObject({ code: 'forbidden' });
    const question = { conversationId: chat.id, clientId: randomUUID(), question: 'When?', answers: ['a', 'b'], mostChoices: 1, isDisclosed: true };
    await expect(client.call('polls.create', question)).rejects.toMatchObject({ code: 'unsupported' });
    expect(callsOf('pin')).toEqual([]);
  });
});
