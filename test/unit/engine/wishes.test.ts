import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { ConversationCapabilities, OutgoingMessage, SendHints } from '#model';
import type { ConversationRow, MessageId, TextMention } from '#rpc';
import { addFakeAccount, startEngine, type EngineClient } from '../../kit/engine-client.ts';
import { conversationEvents, createFakeBridge, friend, messageEvent, stateEvent, type FakeBridge } from '../../kit/fake-bridge.ts';
import { until } from '../../kit/until.ts';

interface Chat {
  readonly client: EngineClient;
  readonly bridge: FakeBridge;
  readonly chat: ConversationRow;
  readonly send: (text: string, more?: { hints?: SendHints; mentions?: TextMention[]; replyToId?: MessageId }) => Promise<MessageId>;
  readonly calls: (name: string) => readonly (readonly unknown[])[];
}

const openChat = async (capabilities: Partial<ConversationCapabilities> = { canHide: true, canExpire: true }): Promise<Chat> => {
  const bridge = createFakeBridge({ capabilities });
  const client = await startEngine({ bridges: [bridge] });
  await addFakeAccount(client);
  await bridge.say(...conversationEvents('chat'), messageEvent('chat', 'm1', 'Hello', Date.now() - 5_000));
  const [chat] = await client.conversations();
  if (chat === undefined) throw new Error('no conversation');
  const send: Chat['send'] = async (text, { replyToId = null, ...more } = {}) => {
    const { ids } = await client.call('messages.send', { conversationId: chat.id, clientId: randomUUID(), text, replyToId, files: [], ...more });
    const [id] = ids;
    if (id === undefined) throw new Error('not sent');
    return id;
  };
  const calls: Chat['calls'] = (name) => bridge.sessions.flatMap((session) => session.calls.filter((call) => call.name === name).map(({ args }) => args));
  return { client, bridge, chat, send, calls };
};
const sentBy = ({ calls }: Chat): OutgoingMessage[] => calls('send').map(([message]) => message as OutgoingMessage);

describe('a message with wishes', () => {
  it('carries them, shows them here, and keeps them through a correction', async () => {
    const world = await openChat();
    const id = await world.send('The butler', { hints: { spoiler: 'the end', lifetimeMs: 60_000 } });
    await until(() => sentBy(world).length === 1);
    expect(sentBy(world)[0]?.hints).toEqual({ spoiler: 'the end', lifetimeMs: 60_000 });
    const row = async () => (await world.client.messages(world.chat)).find((message) => message.id === id);
    expect(await row()).toMatchObject({ spoiler: 'the end', lifetimeMs: 60_000 });
    await until(async () => (await row())?.delivery === 'sent');
    await world.client.call('messages.edit', { id, text: 'The gardener' });
    await until(() => world.calls('edit').length === 1);
    expect(world.calls('edit')[0]?.[3]).toEqual({ spoiler: 'the end', lifetimeMs: 60_000 });
  });

  it('is refused where they would be lost, and a plain one carries none', async () => {
    const world = await openChat({});
    for (const hints of [{ spoiler: '' }, { lifetimeMs: 60_000 }]) {
      await expect(world.send('secret', { hints })).rejects.toMatchObject({ code: 'unsupported' });
    }
    await world.send('plain');
    await until(() => sentBy(world).length === 1);
    expect(sentBy(world).map(({ text, hints }) => ({ text, hints }))).toEqual([{ text: 'plain', hints: undefined }]);
  });

  it('is quoted nowhere: not in the answer on the wire, not above it here', async () => {
    const world = await openChat();
    await world.bridge.say(messageEvent('chat', 'm2', 'He dies', Date.now() - 100, { spoiler: 'the end' }), messageEvent('chat', 'm3', 'Gone soon', Date.now() - 50, { lifetimeMs: 60_000 }));
    const rows = await world.client.messages(world.chat);
    for (const text of ['He dies', 'Gone soon', 'Hello']) {
      const target = rows.find((row) => row.text === text)?.id;
      if (target === undefined) throw new Error('no message');
      await world.send(`about ${text.length}`, { replyToId: target });
    }
    await until(() => sentBy(world).length === 3);
    expect(sentBy(world).map(({ replyTo }) => replyTo?.excerpt)).toEqual([undefined, undefined, 'Hello']);
    const answers = (await world.client.messages(world.chat)).filter(({ isOwn }) => isOwn);
    expect(answers.map(({ replyTo }) => replyTo?.excerpt)).toEqual(['the end', '', 'Hello']);
  });
});

describe('whom a text names', () => {
  it('goes along by their address on the network; nonsense is refused', async () => {
    const world = await openChat();
    const [message] = await world.client.messages(world.chat);
    const personId = message?.senderId;
    if (personId === undefined || personId === null) throw new Error('no person');
    await expect(world.send('Anna', { mentions: [{ personId, start: 0, end: 9 }] })).rejects.toMatchObject({ code: 'invalid-input' });
    await world.bridge.say(stateEvent('offline'));
    await world.send('Anna: hi', { mentions: [{ personId, start: 0, end: 4 }, { personId: 999_999 as typeof personId, start: 0, end: 4 }] });
    await world.bridge.say(stateEvent('online'));
    await until(() => sentBy(world).length === 1);
    expect(sentBy(world)[0]?.mentions).toEqual([{ personId: friend, start: 0, end: 4 }]);
  });
});

describe('silence', () => {
  it('gives back what a conversation asked attention for before', async () => {
    const { client, chat } = await openChat();
    const level = async (): Promise<string> => (await client.call('conversations.detail', { id: chat.id })).row.notify;
    await client.call('conversations.setNotify', { id: chat.id, level: 'mentions' });
    for (const expected of ['none', 'mentions', 'none', 'mentions']) {
      await client.call('conversations.setMuted', { id: chat.id, isMuted: expected === 'none' });
      expect(await level()).toBe(expected);
    }
    await client.call('conversations.setNotify', { id: chat.id, level: 'all' });
    await client.call('conversations.setMuted', { id: chat.id, isMuted: true });
    await client.call('conversations.setMuted', { id: chat.id, isMuted: false });
    expect(await level()).toBe('all');
  });
});

describe('read marks in closed rooms', () => {
  it('are only allowed when the person wants them', async () => {
    const { client, bridge, chat, calls } = await openChat();
    for (const [index, isWanted] of [false, true].entries()) {
      await client.call('settings.set', { patch: { sendsRoomReceipts: isWanted } });
      await bridge.say(messageEvent('chat', `r${index}`, 'read me', Date.now() + index));
      const upTo = (await client.messages(chat)).at(-1)?.id;
      if (upTo === undefined) throw new Error('no message');
      await client.call('conversations.markRead', { id: chat.id, upTo });
      await until(() => calls('markRead').length === index + 1);
    }
    expect(calls('markRead').map(([, isShared, isSharedInRooms]) => [isShared, isSharedInRooms])).toEqual([[true, false], [true, true]]);
  });
});
