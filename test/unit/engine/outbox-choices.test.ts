// needs: nothing
import { randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { BridgeError } from '#bridge';
import { remoteConversationId, type OutgoingMessage } from '#model';
import type { ConversationRow, MessageRow } from '#rpc';
import { addFakeAccount, startEngine, type EngineClient } from '../../kit/engine-client.ts';
import { conversationEvents, createFakeBridge, messageEvent, type FakeBehaviour, type FakeBridge } from '../../kit/fake-bridge.ts';
import { until } from '../../kit/until.ts';

interface Chat {
  readonly client: EngineClient;
  readonly bridge: FakeBridge;
  readonly chat: ConversationRow;
  readonly send: (text: string) => Promise<readonly number[]>;
  readonly last: () => Promise<MessageRow | undefined>;
  readonly sent: () => OutgoingMessage[];
}

const openChat = async (behaviour: FakeBehaviour = {}): Promise<Chat> => {
  const bridge = createFakeBridge(behaviour);
  const client = await startEngine({ bridges: [bridge] });
  await addFakeAccount(client);
  await bridge.say(...conversationEvents('chat'), messageEvent('chat', 'm1', 'Hello', Date.now() - 5_000));
  const [chat] = await client.conversations();
  if (chat === undefined) throw new Error('no conversation');
  return {
    client,
    bridge,
    chat,
    send: async (text) =>
      (await client.call('messages.send', { conversationId: chat.id, clientId: randomUUID(), text, replyToId: null, files: [] })).ids,
    last: async () => (await client.messages(chat)).at(-1),
    sent: () => bridge.current().calls.filter(({ name }) => name === 'send').map(({ args }) => args[0] as OutgoingMessage),
  };
};

describe('a file on its way', () => {
  it('tells how far it is, can be broken off, and goes out when it is sent again', async () => {
    let tries = 0;
    const { client, bridge, chat, last, sent } = await openChat({
      upload: (_message, { onProgress, signal }) => {
        tries += 1;
        onProgress?.(1, 4);
        if (tries > 1) return Promise.resolve();
        return new Promise((_resolve, reject) => signal?.addEventListener('abort', () => reject(new BridgeError('cancelled'))));
      },
    });
    const { ids } = await client.call('messages.send', { conversationId: chat.id, clientId: randomUUID(), text: 'with a file', replyToId: null, files: [] });
    const [id] = ids;
    if (id === undefined) throw new Error('nothing was written');
    await until(() => client.of('uploads.changed').length > 0);
    expect(client.of('uploads.changed')[0]).toEqual({ conversationId: chat.id, messageId: id, sentBytes: 1, totalBytes: 4 });
    expect(await client.call('messages.cancelUpload', { id })).toEqual({ isCancelled: true });
    await until(async () => (await last())?.delivery === 'failed');
    expect((await last())?.fault?.code).toBe('cancelled');
    expect(await client.call('messages.cancelUpload', { id })).toEqual({ isCancelled: false });

    await client.call('messages.retry', { id });
    await until(async () => (await last())?.delivery === 'sent');
    expect(new Set(sent().map(({ transactionId: transaction }) => transaction)).size).toBe(1);
    expect(bridge.sessions).toHaveLength(1);
  });
});

describe('reactions where the other side takes only some', () => {
  it('the newest stays when there may be one; what is not on the list is refused', async () => {
    const { client, bridge, chat } = await openChat({ capabilities: { reactionLimits: { perPerson: 1, allowed: ['👍', '❤️'] } } });
    const [theirs] = await client.messages(chat);
    if (theirs === undefined) throw new Error('no message');
    const react = (emoji: string) => client.call('messages.react', { id: theirs.id, emoji, isOn: true });
    await react('👍');
    await react('❤️');
    const told = (): unknown[] => bridge.current().calls.filter(({ name }) => name === 'react').map(({ args }) => args[1]);
    await until(() => told().length === 2);
    expect(told().at(-1)).toEqual(['❤️']);
    expect((await client.messages(chat))[0]?.reactions.map(({ emoji }) => emoji)).toEqual(['❤️']);
    await expect(react('🎉')).rejects.toMatchObject({ code: 'unsupported' });
    expect((await client.conversations()).length).toBe(1);
  });
});

describe('a conversation that others encrypt', () => {
  it('takes nothing until a person decides, and that is written down', async () => {
    const { client, bridge, chat, send, sent } = await openChat();
    await bridge.say({ type: 'conversation.patched', conversationId: remoteConversationId('chat'), patch: { security: 'encrypted' } });
    const rules = async () => (await client.call('conversations.detail', { id: chat.id })).capabilities;
    expect(await rules()).toMatchObject({ canSend: false, sendBlockedBy: 'encrypted', canAllowPlain: true });
    await expect(send('in clear')).rejects.toMatchObject({ code: 'encrypted-conversation' });
    expect(sent()).toEqual([]);

    expect(await client.call('conversations.allowPlain', { id: chat.id })).toEqual({ isAllowed: true });
    expect(await rules()).toMatchObject({ canSend: true });
    expect(bridge.current().calls.filter(({ name }) => name === 'allowPlain').map(({ args }) => args[0])).toEqual(['chat']);
    await send('in clear, on purpose');
    await until(() => sent().length === 1);

    expect(await client.call('conversations.forbidPlain', { id: chat.id })).toEqual({ isAllowed: false });
    expect(await rules()).toMatchObject({ canSend: false, sendBlockedBy: 'encrypted' });
  });

  it('stays so, whatever the network says of it afterwards', async () => {
    const { client, bridge, chat, send } = await openChat();
    const chatId = remoteConversationId('chat');
    await bridge.say({ type: 'conversation.patched', conversationId: chatId, patch: { security: 'encrypted' } });
    await bridge.say({ type: 'conversation.patched', conversationId: chatId, patch: { security: 'plain' } });
    await bridge.say({ type: 'conversation.upserted', conversation: { remoteId: chatId, kind: 'direct', title: 'chat', security: 'plain', membership: 'joined' } });
    expect((await client.call('conversations.detail', { id: chat.id })).capabilities).toMatchObject({ canSend: false, sendBlockedBy: 'encrypted' });
    await expect(send('in clear')).rejects.toMatchObject({ code: 'encrypted-conversation' });
  });
});
