import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BridgeError, type BridgeFault } from '#bridge';
import { remoteMessageId, transactionId, type OutgoingMessage } from '#model';
import type { ConversationRow, MessageRow, StagedFileId } from '#rpc';
import { addFakeAccount, startEngine, type EngineClient } from '../../kit/engine-client.ts';
import {
  conversationEvents,
  createFakeBridge,
  messageEvent,
  self,
  stateEvent,
  type FakeBehaviour,
  type FakeBridge,
} from '../../kit/fake-bridge.ts';
import { png } from '../../kit/image-bytes.ts';
import { until } from '../../kit/until.ts';

interface Chat {
  readonly client: EngineClient;
  readonly bridge: FakeBridge;
  readonly chat: ConversationRow;
  readonly send: (text: string, more?: { files?: StagedFileId[]; clientId?: string; replyToId?: number }) => Promise<readonly number[]>;
  readonly last: () => Promise<MessageRow>;
  readonly sent: () => OutgoingMessage[];
}

const openChat = async (behaviour: FakeBehaviour = {}, now?: () => number): Promise<Chat> => {
  const bridge = createFakeBridge(behaviour);
  const client = await startEngine({ bridges: [bridge], ...(now === undefined ? {} : { now }) });
  await addFakeAccount(client);
  await bridge.say(...conversationEvents('chat'), messageEvent('chat', 'm1', 'Hello', (now ?? Date.now)() - 5_000));
  const [chat] = await client.conversations();
  if (chat === undefined) throw new Error('no conversation');
  return {
    client,
    bridge,
    chat,
    send: async (text, { files = [], clientId = randomUUID(), replyToId } = {}) =>
      (
        await client.call('messages.send', {
          conversationId: chat.id,
          clientId,
          text,
          replyToId: (replyToId ?? null) as MessageRow['id'] | null,
          files,
        })
      ).ids,
    last: async () => {
      const message = (await client.messages(chat)).at(-1);
      if (message === undefined) throw new Error('no message');
      return message;
    },
    sent: () => bridge.sessions.flatMap(({ calls }) => calls.filter(({ name }) => name === 'send').map(({ args }) => args[0] as OutgoingMessage)),
  };
};

const failTimes = (times: number, fault: BridgeFault): FakeBehaviour => {
  let left = times;
  return {
    send: async () => {
      left -= 1;
      if (left >= 0) throw new BridgeError(fault.code, fault);
    },
  };
};

describe('sending', () => {
  it('shows the message at once and as sent when the network took it', async () => {
    let release = (): void => {};
    const taken = new Promise<void>((resolve) => {
      release = resolve;
    });
    const { send, last } = await openChat({ send: () => taken });
    await send('Hi there');
    expect(await last()).toMatchObject({ text: 'Hi there', isOwn: true });
    expect(['waiting', 'sending']).toContain((await last()).delivery);
    release();
    await until(async () => (await last()).delivery === 'sent');
  });

  it('is written once, however often the page repeats its call', async () => {
    const { send, client, chat, sent, last } = await openChat();
    const clientId = randomUUID();
    const first = await send('Once', { clientId });
    await until(async () => (await last()).delivery === 'sent');
    expect(await send('Once', { clientId })).toEqual(first);
    expect(await client.messages(chat)).toHaveLength(2);
    expect(sent()).toHaveLength(1);
  });

  it('keeps the order of a conversation, also when one has to be tried again', async () => {
    const { send, sent, client, chat } = await openChat(failTimes(1, { code: 'server-unreachable' }));
    for (const text of ['one', 'two', 'three', 'four']) await send(text);
    await until(async () => (await client.messages(chat)).filter(({ delivery }) => delivery === 'sent').length === 4);
    expect(sent().map(({ text }) => text)).toEqual(['one', 'one', 'two', 'three', 'four']);
    expect(new Set(sent().map((message) => message.transactionId)).size).toBe(4);
  });

  it('keeps a backlog in the order it was written, on the screen too, while it goes out', async () => {
    let release = (): void => {};
    const { send, client, chat, bridge, sent } = await openChat({
      send: async ({ text }) => {
        if (text === 'two') await new Promise<void>((resolve) => { release = resolve; });
        // The network takes it later than it was written.
        return Date.now() + 60_000;
      },
    });
    await bridge.say(stateEvent('offline'));
    for (const text of ['one', 'two', 'three']) await send(text);
    await bridge.say(stateEvent('online'));
    await until(() => sent().length === 2);
    expect((await client.messages(chat)).map(({ text }) => text)).toEqual(['Hello', 'one', 'two', 'three']);
    release();
    await until(async () => (await client.messages(chat)).every(({ delivery }) => delivery !== 'waiting'));
    expect((await client.messages(chat)).map(({ text }) => text)).toEqual(['Hello', 'one', 'two', 'three']);
  });

  it('waits while the account is offline and goes out when it is back, also after a restart', async () => {
    const { client, bridge, send, chat, last } = await openChat();
    await bridge.say(stateEvent('offline'));
    await send('Later');
    expect((await last()).delivery).toBe('waiting');
    expect((await client.conversations())[0]).toMatchObject({ lastText: 'Later', lastDelivery: 'waiting' });
    await client.stop();
    expect(bridge.sessions[0]?.calls).toEqual([]);

    const { profileDir, vaultKey } = client;
    const again = await startEngine({ bridges: [bridge], profileDir, vaultKey });
    await until(async () => (await again.messages(chat)).at(-1)?.delivery === 'sent');
    expect(bridge.current().calls.map(({ name }) => name)).toEqual(['send']);
  });

  it('waits as long as the server asks for', async () => {
    let nowMs = 1_800_000_000_000;
    const { send, sent, last, bridge } = await openChat(
      failTimes(1, { code: 'rate-limited', retryAtMs: nowMs + 60_000 }),
      () => nowMs,
    );
    await send('Patience');
    await until(async () => sent().length === 1 && (await last()).delivery === 'waiting');
    await bridge.say(stateEvent('online'));
    await send('Second');
    expect(sent()).toHaveLength(1);
    nowMs += 61_000;
    await bridge.say(stateEvent('online'));
    await until(() => sent().length === 3);
    expect(sent().map(({ text }) => text)).toEqual(['Patience', 'Patience', 'Second']);
  });

  it('fails for good with its reason, and goes out when a person asks again', async () => {
    const { send, sent, last, client } = await openChat(failTimes(1, { code: 'rejected', detail: 'spam' }));
    const [id] = await send('Buy!');
    await until(async () => (await last()).delivery === 'failed');
    expect((await last()).fault).toMatchObject({ code: 'rejected', detail: 'spam' });
    await client.call('messages.retry', { id: id as MessageRow['id'] });
    await until(async () => (await last()).delivery === 'sent');
    expect(new Set(sent().map((message) => message.transactionId)).size).toBe(1);
    expect((await client.raw('messages.retry', { id })).error?.code).toBe('not-possible');
  });

  const refuseLater = async (bridge: FakeBridge, message: OutgoingMessage | undefined): Promise<void> => {
    if (message === undefined) throw new Error('nothing was sent');
    const { transactionId: target, conversationId } = message;
    const fault: BridgeFault = { code: 'rejected', detail: 'bounced' };
    await bridge.say({ type: 'message.delivery', conversationId, transactionId: target, target: remoteMessageId(`r-${target}`), delivery: 'failed', fault });
  };

  it('goes out as a new message when it was taken first and refused later', async () => {
    const { send, sent, last, client, bridge, chat } = await openChat();
    const [id] = await send('Bounced');
    await until(async () => (await last()).delivery === 'sent');
    expect((await client.raw('messages.retry', { id })).error?.code).toBe('not-possible');
    await refuseLater(bridge, sent()[0]);
    expect(await last()).toMatchObject({ delivery: 'failed', fault: { code: 'rejected', detail: 'bounced' } });

    await client.call('messages.edit', { id: id as MessageRow['id'], text: 'Better' });
    expect(await last()).toMatchObject({ text: 'Better', editedAtMs: null });
    await client.call('messages.retry', { id: id as MessageRow['id'] });
    await until(async () => (await last()).delivery === 'sent');
    expect(sent().map(({ text }) => text)).toEqual(['Bounced', 'Better']);
    expect(new Set(sent().map((message) => message.transactionId)).size).toBe(2);
    expect(await last()).toMatchObject({ id, fault: null });
    expect(await client.messages(chat)).toHaveLength(2);

    await refuseLater(bridge, sent()[1]);
    await client.call('messages.discard', { id: id as MessageRow['id'] });
    expect((await client.messages(chat)).map(({ text }) => text)).toEqual(['Hello']);
  });

  it('a message that failed does not hold up the next', async () => {
    const { send, client, chat } = await openChat(failTimes(1, { code: 'rejected' }));
    await send('first');
    await send('second');
    await until(async () => (await client.messages(chat)).at(-1)?.delivery === 'sent');
  });

  it('waits for a new sign-in instead of failing', async () => {
    const { send, last, sent } = await openChat(failTimes(1, { code: 'signed-out' }));
    await send('Hold on');
    await until(async () => sent().length >= 1 && (await last()).delivery !== 'sending');
    expect((await last()).delivery).not.toBe('failed');
    await until(async () => (await last()).delivery === 'sent');
  });

  it('can be taken back while it waits', async () => {
    const { send, bridge, client, chat, sent } = await openChat();
    await bridge.say(stateEvent('offline'));
    const [id] = await send('Oops');
    await client.call('messages.discard', { id: id as MessageRow['id'] });
    expect((await client.messages(chat)).map(({ text }) => text)).toEqual(['Hello']);
    expect((await client.conversations())[0]?.lastText).toBe('Hello');
    await bridge.say(stateEvent('online'));
    await send('Right');
    await until(() => sent().length === 1);
    expect(sent()[0]?.text).toBe('Right');
  });

  it('cannot be taken back while it is on its way', async () => {
    const { send, client, sent, chat } = await openChat({ send: () => new Promise(() => {}) });
    const [id] = await send('Flying');
    await until(() => sent().length === 1);
    expect((await client.raw('messages.discard', { id })).error?.code).toBe('not-possible');
    expect(await client.messages(chat)).toHaveLength(2);
  });

  it('cannot be taken back when it has gone out', async () => {
    const { send, client, last } = await openChat();
    const [id] = await send('Gone');
    await until(async () => (await last()).delivery === 'sent');
    expect((await client.raw('messages.discard', { id })).error?.code).toBe('not-possible');
  });

  it('folds the echo into the row that waits', async () => {
    const { send, client, chat } = await openChat({
      send: async ({ transactionId: transaction, text }, { host }) => {
        const names = { senderId: self, isOwn: true, transactionId: transactionId(transaction) };
        await host.emit([messageEvent('chat', `r-${transaction}`, text, Date.now(), names)]);
      },
    });
    await send('Echo');
    await until(async () => (await client.messages(chat)).at(-1)?.delivery === 'sent');
    expect((await client.messages(chat)).map(({ text }) => text)).toEqual(['Hello', 'Echo']);
  });

  it('carries what it answers to', async () => {
    const { send, sent, client, chat } = await openChat();
    const [hello] = await client.messages(chat);
    await send('Hello yourself', { replyToId: hello?.id ?? 0 });
    await until(() => sent().length === 1);
    expect(sent()[0]?.replyTo).toMatchObject({ remoteId: 'm1', excerpt: 'Hello' });
    expect((await client.raw('messages.send', { conversationId: chat.id, clientId: randomUUID(), text: 'x', replyToId: 4, files: [] })).error?.code).toBe('not-found');
  });
});

describe('sending files', () => {
  const stage = async (client: EngineClient, name: string, bytes: Buffer): Promise<StagedFileId> => {
    const { id, path } = await client.engine.host['host.stage']({ name, mime: 'application/octet-stream' });
    writeFileSync(path, bytes, { flag: 'wx' });
    await client.engine.host['host.staged']({ id, sizeBytes: bytes.length });
    return id as StagedFileId;
  };

  it('makes one message per file, with the text at the first', async () => {
    const { client, chat, send, sent } = await openChat();
    const files = [await stage(client, 'cat.png', png(8, 8)), await stage(client, '../notes.txt', Buffer.from('notes'))];
    const clientId = randomUUID();
    const ids = await send('Look', { files, clientId });
    await until(() => sent().length === 2);
    expect(sent().map(({ text, attachment }) => [text, attachment?.name, attachment?.mime])).toEqual([
      ['Look', 'cat.png', 'image/png'],
      ['', '_notes.txt', 'application/octet-stream'],
    ]);
    expect(readFileSync(sent()[1]?.attachment?.path ?? '', 'utf8')).toBe('notes');
    expect(await send('Look', { files, clientId })).toEqual(ids);
    const rows = await client.messages(chat);
    expect(rows.at(-2)?.attachments[0]).toMatchObject({ name: 'cat.png', state: 'ready', widthPx: 8 });
  });

  it('survives a restart before it went out', async () => {
    const { client, bridge, send, chat, sent } = await openChat();
    await bridge.say(stateEvent('offline'));
    await send('', { files: [await stage(client, 'a.txt', Buffer.from('kept'))] });
    await client.stop();
    const { profileDir, vaultKey } = client;
    const again = await startEngine({ bridges: [bridge], profileDir, vaultKey });
    await until(async () => (await again.messages(chat)).at(-1)?.delivery === 'sent');
    expect(readFileSync(sent()[0]?.attachment?.path ?? '', 'utf8')).toBe('kept');
  });

  it.each([
    ['too large', { maxFileBytes: 3 }, 'too-large'],
    ['not taken at all', { canSendFiles: false }, 'unsupported'],
    ['for a conversation that cannot be written to', { canSend: false }, 'forbidden'],
  ])('refuses what is %s, before anything is written', async (_, capabilities, code) => {
    const { client, chat } = await openChat({ capabilities });
    const files = [await stage(client, 'a.txt', Buffer.from('four'))];
    const input = { conversationId: chat.id, clientId: randomUUID(), text: '', replyToId: null, files };
    expect((await client.raw('messages.send', input)).error?.code).toBe(code);
    expect(await client.messages(chat)).toHaveLength(1);
  });

  it('forgets what was unstaged', async () => {
    const { client, chat } = await openChat();
    const id = await stage(client, 'a.txt', Buffer.from('x'));
    await client.call('files.unstage', { id });
    const input = { conversationId: chat.id, clientId: randomUUID(), text: 'x', replyToId: null, files: [id] };
    expect((await client.raw('messages.send', input)).error?.code).toBe('not-found');
  });
});

describe('changing what was sent', () => {
  const sentMessage = async (behaviour: FakeBehaviour = {}): Promise<Chat & { readonly id: MessageRow['id'] }> => {
    const opened = await openChat(behaviour);
    const [id] = await opened.send('First words');
    await until(async () => (await opened.last()).delivery === 'sent');
    return { ...opened, id: id as MessageRow['id'] };
  };
  const callsOf = (bridge: FakeBridge, name: string): readonly (readonly unknown[])[] =>
    bridge.current().calls.filter((call) => call.name === name).map(({ args }) => args);

  it('edits at once here and then there', async () => {
    const { client, id, bridge, last } = await sentMessage();
    await client.call('messages.edit', { id, text: 'Better words' });
    expect(await last()).toMatchObject({ text: 'Better words', editedAtMs: expect.any(Number) });
    await until(() => callsOf(bridge, 'edit').length === 1);
    expect(callsOf(bridge, 'edit')[0]?.slice(0, 2)).toMatchObject([{ remoteId: expect.stringMatching(/^r-/) }, 'Better words']);
  });

  it('puts the old text back when the network refuses the new one', async () => {
    const { client, id, last } = await sentMessage({
      edit: async () => {
        throw new BridgeError('forbidden');
      },
    });
    await client.call('messages.edit', { id, text: 'Refused' });
    await until(async () => (await last()).text === 'First words');
    expect((await last()).editedAtMs).toBeNull();
  });

  it.each(['edit', 'delete', 'react'] as const)('says so when the network refuses: %s', async (action) => {
    const refuse = async (): Promise<never> => {
      throw new BridgeError('forbidden', { detail: 'moderated' });
    };
    const { client, id, chat } = await sentMessage({ edit: refuse, delete: refuse, react: refuse });
    if (action === 'edit') await client.call('messages.edit', { id, text: 'Refused' });
    if (action === 'delete') await client.call('messages.delete', { id });
    if (action === 'react') await client.call('messages.react', { id, emoji: '👍', isOn: true });
    await until(() => client.of('action.refused').length > 0);
    const fault = { code: 'forbidden', detail: 'moderated' };
    expect(client.of('action.refused')).toEqual([{ conversationId: chat.id, messageId: id, action, fault }]);
  });

  it('says nothing of what will be tried again', async () => {
    let tries = 0;
    const { client, id, last } = await sentMessage({
      delete: async () => {
        tries += 1;
        if (tries === 1) throw new BridgeError('server-unreachable');
      },
    });
    await client.call('messages.delete', { id });
    await until(async () => (await last()).deletedAtMs !== null);
    expect(client.of('action.refused')).toEqual([]);
  });

  it('edits a message that still waits without a word to the network', async () => {
    const { client, bridge, send, sent, last } = await openChat();
    await bridge.say(stateEvent('offline'));
    const [id] = await send('Typo');
    await client.call('messages.edit', { id: id as MessageRow['id'], text: 'No typo' });
    expect(await last()).toMatchObject({ text: 'No typo', editedAtMs: null, delivery: 'waiting' });
    const found = async (query: string) =>
      (await client.call('search.messages', { query, conversationId: null, before: null, limit: 5 })).hits.map(({ messageId }) => messageId);
    expect(await found('typo')).toEqual([id]);
    await client.call('messages.edit', { id: id as MessageRow['id'], text: 'Quite right' });
    expect(await found('typo')).toEqual([]);
    await bridge.say(stateEvent('online'));
    await until(async () => (await last()).delivery === 'sent');
    expect(sent().map(({ text }) => text)).toEqual(['Quite right']);
    expect((await last()).editedAtMs).toBeNull();
    expect(callsOf(bridge, 'edit')).toEqual([]);
  });

  it('tells the network too when a first try may have arrived with the old text', async () => {
    const { client, bridge, send, sent, last } = await openChat(failTimes(1, { code: 'server-unreachable' }));
    const [id] = await send('Typo');
    await until(async () => sent().length === 1 && (await last()).delivery === 'waiting');
    await client.call('messages.edit', { id: id as MessageRow['id'], text: 'No typo' });
    await until(() => callsOf(bridge, 'edit').length === 1);
    expect(sent().map(({ text }) => text)).toEqual(['Typo', 'No typo']);
    expect(callsOf(bridge, 'edit')[0]?.[1]).toBe('No typo');
    expect(await last()).toMatchObject({ text: 'No typo', editedAtMs: null, delivery: 'sent' });
  });

  it('deletes there first, then here', async () => {
    const { client, id, bridge, last } = await sentMessage();
    await client.call('messages.delete', { id });
    await until(async () => (await last()).deletedAtMs !== null);
    expect((await last()).text).toBe('');
    expect(callsOf(bridge, 'delete')).toHaveLength(1);
  });

  it('refuses what is not ours or too late', async () => {
    const { client, chat } = await sentMessage();
    const [hello] = await client.messages(chat);
    expect((await client.raw('messages.edit', { id: hello?.id, text: 'x' })).error?.code).toBe('forbidden');
    expect((await client.raw('messages.delete', { id: hello?.id })).error?.code).toBe('forbidden');
    const late = await sentMessage({ capabilities: { editWindowMs: -1, deleteWindowMs: -1 } });
    expect((await late.client.raw('messages.edit', { id: late.id, text: 'x' })).error?.code).toBe('forbidden');
    expect((await late.client.raw('messages.delete', { id: late.id })).error?.code).toBe('forbidden');
  });

  it('reacts at once, tells all of ours, and takes back what was refused', async () => {
    let isRefused = false;
    const { client, chat, bridge } = await openChat({
      react: async () => {
        if (isRefused) throw new BridgeError('forbidden');
      },
    });
    const [hello] = await client.messages(chat);
    if (hello === undefined) throw new Error('no message');
    const emojis = async (): Promise<string[]> =>
      ((await client.messages(chat))[0]?.reactions ?? []).map(({ emoji, isOwn }) => `${emoji}${isOwn ? '!' : ''}`).sort();
    await client.call('messages.react', { id: hello.id, emoji: '👍', isOn: true });
    expect(await emojis()).toEqual(['👍!']);
    await until(() => callsOf(bridge, 'react').length === 1);
    await client.call('messages.react', { id: hello.id, emoji: '🎉', isOn: true });
    await until(() => callsOf(bridge, 'react').length === 2);
    expect([...(callsOf(bridge, 'react')[1]?.[1] as string[])].sort()).toEqual(['🎉', '👍'].sort());
    isRefused = true;
    await client.call('messages.react', { id: hello.id, emoji: '👍', isOn: false });
    await until(async () => (await emojis()).length === 2 && callsOf(bridge, 'react').length === 3);
  });
});

describe('reading', () => {
  it('tells the network how far, once, and only when the person wants that', async () => {
    const { client, bridge, chat } = await openChat();
    await bridge.say(messageEvent('chat', 'm2', 'Second', Date.now()));
    const rows = await client.messages(chat);
    const upTo = rows.at(-1)?.id;
    if (upTo === undefined) throw new Error('no message');
    expect(await client.call('conversations.markRead', { id: chat.id, upTo })).toEqual({ unreadCount: 0 });
    const told = (): unknown[] => bridge.current().calls.filter(({ name }) => name === 'markRead').map(({ args }) => args[0]);
    await until(() => told().length === 1);
    expect(told()[0]).toMatchObject({ conversationId: 'chat', remoteId: 'm2' });

    await client.call('settings.set', { patch: { sendsReadReceipts: false } });
    await bridge.say(messageEvent('chat', 'm3', 'Third', Date.now() + 1));
    const newest = (await client.messages(chat)).at(-1)?.id;
    if (newest === undefined) throw new Error('no message');
    await client.call('conversations.markRead', { id: chat.id, upTo: newest });
    expect((await client.conversations())[0]?.unreadCount).toBe(0);
    // Only our other devices may learn of it now.
    await until(() => told().length === 2);
    expect(bridge.current().calls.filter(({ name }) => name === 'markRead').map(({ args }) => args[1])).toEqual([true, false]);
  });

  it('tells only the last of what was read while offline', async () => {
    const { client, bridge, chat } = await openChat();
    await bridge.say(stateEvent('offline'));
    for (const index of [2, 3, 4]) {
      await bridge.say(messageEvent('chat', `m${index}`, 'x', Date.now() + index));
      const upTo = (await client.messages(chat)).at(-1)?.id;
      if (upTo !== undefined) await client.call('conversations.markRead', { id: chat.id, upTo });
    }
    await bridge.say(stateEvent('online'));
    await until(() => bridge.current().calls.length > 0);
    expect(bridge.current().calls.map(({ args }) => args[0])).toMatchObject([{ remoteId: remoteMessageId('m4') }]);
  });
});
