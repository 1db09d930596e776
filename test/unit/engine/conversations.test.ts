import { statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { BridgeError } from '#bridge';
import { remoteConversationId, remoteMessageId } from '#model';
import type { ConversationRow } from '#rpc';
import { addFakeAccount, startEngine, type EngineClient } from '../../kit/engine-client.ts';
import {
  conversationEvents,
  createFakeBridge,
  friend,
  messageEvent,
  type FakeBehaviour,
  type FakeBridge,
} from '../../kit/fake-bridge.ts';
import { png } from '../../kit/image-bytes.ts';
import { until } from '../../kit/until.ts';

interface Chat {
  readonly client: EngineClient;
  readonly bridge: FakeBridge;
  readonly chat: ConversationRow;
}

const startMs = Date.now() - 1_000_000;

const openChat = async (behaviour: FakeBehaviour = {}): Promise<Chat> => {
  const bridge = createFakeBridge(behaviour);
  const client = await startEngine({ bridges: [bridge] });
  await addFakeAccount(client);
  await bridge.say(...conversationEvents('chat'), messageEvent('chat', 'm100', 'newest', startMs + 100_000));
  const [chat] = await client.conversations();
  if (chat === undefined) throw new Error('no conversation');
  return { client, bridge, chat };
};

const texts = async ({ client, chat }: Chat): Promise<string[]> => (await client.messages(chat)).map(({ text }) => text);
const old = (index: number): ReturnType<typeof messageEvent> =>
  messageEvent('chat', `m${index}`, `old ${index}`, startMs + index * 1_000, {}, 'history');

describe('older messages', () => {
  it('come page by page, each from where the last one ended', async () => {
    const cursors: (string | null)[] = [];
    const opened = await openChat({
      loadOlder: async ({ host }, cursor) => {
        cursors.push(cursor);
        const index = 99 - cursors.length;
        await host.emit([old(index)]);
        return { messageCount: 1, hasMore: cursors.length < 2, cursor: `c${index}` };
      },
    });
    const load = () => opened.client.call('messages.loadOlder', { conversationId: opened.chat.id, before: null });
    expect(await load()).toEqual({ addedCount: 1, hasMore: true });
    expect(await load()).toEqual({ addedCount: 1, hasMore: false });
    expect(await load()).toEqual({ addedCount: 0, hasMore: false });
    expect(cursors).toEqual([null, 'c98']);
    expect(await texts(opened)).toEqual(['old 97', 'old 98', 'newest']);
    expect((await opened.client.conversations())[0]?.unreadCount).toBe(1);
  });

  it('are asked for once at a time', async () => {
    let release = (): void => {};
    const { client, chat, bridge } = await openChat({
      loadOlder: async () => {
        await new Promise<void>((resolve) => {
          release = resolve;
        });
        return { messageCount: 0, hasMore: false, cursor: null };
      },
    });
    const input = { conversationId: chat.id, before: null };
    const both = Promise.all([client.call('messages.loadOlder', input), client.call('messages.loadOlder', input)]);
    await until(() => bridge.current().calls.length > 0);
    release();
    await both;
    expect(bridge.current().calls).toHaveLength(1);
  });

  it('fill a hole before the message that stands after it', async () => {
    let page = 0;
    const opened = await openChat({
      loadOlder: async ({ host }, cursor) => {
        page += 1;
        if (page === 1) {
          expect(cursor).toBe('hole');
          await host.emit([old(90), old(91)]);
          return { messageCount: 2, hasMore: true, cursor: 'rest' };
        }
        expect(cursor).toBe('rest');
        // One of them is known: the other side of the hole is reached.
        await host.emit([old(10), old(89)]);
        return { messageCount: 2, hasMore: true, cursor: 'beyond' };
      },
    });
    const { client, bridge, chat } = opened;
    await bridge.say(old(10), {
      type: 'gap.upserted',
      conversationId: remoteConversationId('chat'),
      before: remoteMessageId('m100'),
      cursor: 'hole',
    });
    const gapBefore = async () => (await client.messages(chat)).find(({ hasGapBefore }) => hasGapBefore);
    const first = await gapBefore();
    expect(first?.text).toBe('newest');
    await client.call('messages.loadOlder', { conversationId: chat.id, before: first?.id ?? null });
    const second = await gapBefore();
    expect(second?.text).toBe('old 90');
    await client.call('messages.loadOlder', { conversationId: chat.id, before: second?.id ?? null });
    expect(await gapBefore()).toBeUndefined();
    expect(await texts(opened)).toEqual(['old 10', 'old 89', 'old 90', 'old 91', 'newest']);
  });

  it('of an account that is off say so', async () => {
    const { client, chat } = await openChat();
    await client.call('accounts.update', { id: chat.accountId, patch: { isEnabled: false } });
    expect((await client.raw('messages.loadOlder', { conversationId: chat.id, before: null })).error?.code).toBe('offline');
  });
});

describe('files of messages', () => {
  const withFile = async (behaviour: FakeBehaviour, mime = 'text/plain', name = 'a.txt') => {
    const opened = await openChat(behaviour);
    const attachments = [{ remoteId: 'f', name, mime, source: 'x' }];
    await opened.bridge.say(messageEvent('chat', 'm200', 'file', startMs + 200_000, { attachments }));
    const row = async () => (await opened.client.messages(opened.chat)).at(-1)?.attachments[0];
    const id = (await row())?.id;
    if (id === undefined) throw new Error('no attachment');
    return { ...opened, id, row, hostFile: () => opened.client.engine.host['host.file']({ attachmentId: id }) };
  };

  it('are fetched once, checked, and served from a place of their own', async () => {
    const { client, id, row, hostFile, bridge } = await withFile({}, 'text/html', '../../evil\u202e.html');
    expect(await hostFile()).toBeNull();
    const fetches = [client.call('files.fetch', { attachmentId: id }), client.call('files.fetch', { attachmentId: id })];
    expect(await Promise.all(fetches)).toEqual([{ isReady: true }, { isReady: true }]);
    expect(await client.call('files.fetch', { attachmentId: id })).toEqual({ isReady: true });
    expect(bridge.current().calls.filter(({ name }) => name === 'download')).toHaveLength(1);
    expect(await row()).toMatchObject({ state: 'ready', sizeBytes: 5 });
    const file = await hostFile();
    expect(file).toMatchObject({ name: '_.._evil_.html', mime: 'text/html', isInline: false, sizeBytes: 5 });
    expect(file?.path.startsWith(client.profileDir)).toBe(true);
    expect(file?.path).toMatch(/\/files\/[0-9a-f]{2}\/[0-9a-f]{32}$/);
    expect(statSync(file?.path ?? '').mode & 0o111).toBe(0);
  });

  it.each([
    ['a real picture that claims to be text', png(9, 9), 'text/plain', 'image/png', true],
    ['a script that claims to be a picture', Buffer.from('<svg onload=alert(1)>'), 'image/svg+xml', 'application/octet-stream', false],
    ['html that claims to be a picture', Buffer.from('<script>'), 'image/png', 'application/octet-stream', false],
    ['a picture that would unfold to gigabytes', png(60_000, 60_000), 'image/png', 'image/png', false],
  ])('%s', async (_, bytes, claimed, mime, isInline) => {
    const { client, id, hostFile } = await withFile({ download: async (path) => writeFileSync(path, bytes, { flag: 'wx' }) }, claimed);
    await client.call('files.fetch', { attachmentId: id });
    expect(await hostFile()).toMatchObject({ mime, isInline });
  });

  it('that cannot be had show why and can be asked for again', async () => {
    let isGone = true;
    const { client, id, row } = await withFile({
      download: async (path) => {
        if (isGone) throw new BridgeError('not-found', { server: 'fake.example' });
        writeFileSync(path, 'late', { flag: 'wx' });
      },
    });
    expect(await client.call('files.fetch', { attachmentId: id })).toEqual({ isReady: false });
    expect(await row()).toMatchObject({ state: 'failed', fault: { code: 'not-found' } });
    isGone = false;
    expect(await client.call('files.fetch', { attachmentId: id })).toEqual({ isReady: true });
  });

  it('that were swapped on the disk are not served but fetched anew', async () => {
    const { client, id, hostFile, bridge } = await withFile({});
    await client.call('files.fetch', { attachmentId: id });
    const path = (await hostFile())?.path ?? '';
    await client.stop();
    writeFileSync(path, 'HELLO');
    const { profileDir, vaultKey } = client;
    const again = await startEngine({ bridges: [bridge], profileDir, vaultKey });
    expect(await again.engine.host['host.file']({ attachmentId: id })).toBeNull();
    await until(async () => (await again.accounts())[0]?.state === 'online');
    expect(await again.call('files.fetch', { attachmentId: id })).toEqual({ isReady: true });
    expect((await again.engine.host['host.file']({ attachmentId: id }))?.sizeBytes).toBe(5);
  });
});

describe('a conversation', () => {
  it('that is encrypted or not joined refuses clear text', async () => {
    const { client, bridge, chat } = await openChat();
    const patch = { type: 'conversation.patched', conversationId: remoteConversationId('chat') } as const;
    const send = async () =>
      (await client.raw('messages.send', { conversationId: chat.id, clientId: crypto.randomUUID(), text: 'x', replyToId: null, files: [] })).error?.code;
    await bridge.say({ ...patch, patch: { security: 'encrypted' } });
    expect(await send()).toBe('encrypted-conversation');
    expect((await client.call('conversations.detail', { id: chat.id })).capabilities).toMatchObject({ canSend: false, sendBlockedBy: 'encrypted' });
    await client.call('accounts.update', { id: chat.accountId, patch: { isEnabled: false } });
    expect(await send()).toBe('encrypted-conversation');
  });

  it('shows who types and who is there, and forgets it with the connection', async () => {
    const { client, bridge, chat } = await openChat();
    const conversationId = remoteConversationId('chat');
    await bridge.say(
      { type: 'typing', conversationId, personId: friend, isTyping: true },
      { type: 'presence', personId: friend, presence: 'online', statusText: 'here' },
    );
    const detail = () => client.call('conversations.detail', { id: chat.id });
    expect((await detail()).typing).toEqual(['Friend']);
    expect((await detail()).person?.addresses[0]).toMatchObject({ presence: 'online', statusText: 'here' });
    await until(() => client.of('typing.changed').at(-1)?.names[0] === 'Friend');
    await bridge.say({ type: 'typing', conversationId, personId: friend, isTyping: false }, { type: 'state', connection: 'offline' });
    expect((await detail()).typing).toEqual([]);
    expect((await detail()).person?.addresses[0]?.presence).toBe('unknown');
  });

  it('tells that we type only when the person wants that', async () => {
    const { client, bridge, chat } = await openChat();
    expect(await client.call('conversations.setTyping', { id: chat.id, isTyping: true })).toEqual({ isSent: true });
    await client.call('settings.set', { patch: { sendsTyping: false } });
    expect(await client.call('conversations.setTyping', { id: chat.id, isTyping: true })).toEqual({ isSent: false });
    expect(bridge.current().calls.filter(({ name }) => name === 'setTyping')).toHaveLength(1);
  });

  it('raises notifications as the person wants them', async () => {
    const { client, bridge, chat } = await openChat();
    const raised = () => client.of('notification.raised').map(({ body }) => body);
    let count = 300;
    const receive = () => bridge.say(messageEvent('chat', `m${(count += 1)}`, `text ${count}`, Date.now()));
    await receive();
    await until(() => raised().length === 1);
    await client.call('settings.set', { patch: { notifications: 'name-only' } });
    await receive();
    await until(() => raised().length === 2);
    await client.call('settings.set', { patch: { notifications: 'off' } });
    await receive();
    await client.call('settings.set', { patch: { notifications: 'full' } });
    await client.call('conversations.setMuted', { id: chat.id, isMuted: true });
    await receive();
    await client.call('conversations.setMuted', { id: chat.id, isMuted: false });
    await receive();
    await until(() => raised().length >= 3);
    expect(raised()).toEqual(['text 301', '', 'text 305']);
  });

  it('keeps a draft over a restart and shows that there is one', async () => {
    const { client, bridge, chat } = await openChat();
    await client.call('conversations.setDraft', { id: chat.id, text: 'half' });
    expect((await client.conversations())[0]?.hasDraft).toBe(true);
    await client.stop();
    const { profileDir, vaultKey } = client;
    const again = await startEngine({ bridges: [bridge], profileDir, vaultKey });
    expect((await again.call('conversations.detail', { id: chat.id })).draft).toBe('half');
  });
});
