import { statSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { BridgeError, type BridgeEvent } from '#bridge';
import { remotePersonId, type RemoteAvatar } from '#model';
import { fromColumns, fromMessageColumns, type ConversationRow } from '#rpc';
import { drawPng } from '../../kit/draw-png.ts';
import { addFakeAccount, startEngine, type EngineClient } from '../../kit/engine-client.ts';
import { conversationEvents, createFakeBridge, friend, messageEvent, self, stateEvent, type FakeBridge } from '../../kit/fake-bridge.ts';
import { until } from '../../kit/until.ts';

const picture = (id: string, sizeBytes?: number): RemoteAvatar => ({ id, mime: 'image/png', source: id, ...(sizeBytes === undefined ? {} : { sizeBytes }) });
const named = (avatar: RemoteAvatar | null, remoteId = friend): BridgeEvent => ({
  type: 'person.upserted',
  person: { remoteId, displayName: 'Friend', handle: `${remoteId}@fake`, avatar },
});

interface World {
  readonly bridge: FakeBridge;
  readonly client: EngineClient;
  readonly downloads: string[];
}

/** A network whose pictures have these bytes; a missing one cannot be had now. */
const withPictures = async (bytes: Readonly<Record<string, Buffer>>): Promise<World> => {
  const downloads: string[] = [];
  const bridge = createFakeBridge({
    downloadAvatar: async ({ id }, path) => {
      downloads.push(id);
      const found = bytes[id];
      if (found === undefined) throw new BridgeError('offline');
      await writeFile(path, found, { flag: 'wx' });
    },
  });
  const client = await startEngine({ bridges: [bridge] });
  await addFakeAccount(client);
  await bridge.say(...conversationEvents('chat'));
  return { bridge, client, downloads };
};
const chatOf = async (client: EngineClient): Promise<ConversationRow | undefined> => (await client.conversations()).find(({ title }) => title === 'chat');
const avatarOf = async (client: EngineClient): Promise<number | null> => (await chatOf(client))?.avatarId ?? null;

describe('pictures', () => {
  it('are fetched once, kept once, and served by an id that is never another picture', async () => {
    const { bridge, client, downloads } = await withPictures({ one: drawPng(32, 1), same: drawPng(32, 1), two: drawPng(32, 2) });
    await bridge.say(named(picture('one')));
    const first = await until(() => avatarOf(client), { label: 'the first picture' });
    await bridge.say(named(picture('one'), remotePersonId('other')), named(picture('one')));
    expect(downloads).toEqual(['one']);
    const file = await client.engine.host['host.avatar']({ avatarId: first });
    expect(file).toMatchObject({ mime: 'image/png', isInline: true });
    expect(statSync(file?.path ?? '').size).toBe(file?.sizeBytes);

    // The same bytes under another name are the same picture.
    await bridge.say(named(picture('same')));
    await until(() => downloads.includes('same') || null, { label: 'the second download' });
    await until(async () => (await avatarOf(client)) === first || null, { label: 'the same picture' });
    await bridge.say(named(picture('two')));
    await until(async () => ((await avatarOf(client)) ?? first) !== first || null, { label: 'the new picture' });
    await bridge.say(named(null));
    expect(await avatarOf(client)).toBeNull();
    expect(await client.engine.host['host.avatar']({ avatarId: 999 })).toBeNull();
  });

  it('stand in the rows of what a person wrote, and whoever shows those is told of a new one', async () => {
    const { bridge, client } = await withPictures({ one: drawPng(32, 1) });
    const told: unknown[] = [];
    client.engine.listen((event, payload) => event === 'pictures.changed' && told.push(payload));
    await bridge.say(messageEvent('chat', 'm1', 'hello', Date.now()), messageEvent('chat', 'm2', 'ours', Date.now(), { senderId: self, isOwn: true }));
    const id = (await chatOf(client))?.id;
    if (id === undefined) throw new Error('no chat');
    const shown = async () => fromMessageColumns((await client.call('messages.page', { conversationId: id, anchor: { kind: 'newest' }, limit: 10 })).rows);
    expect((await shown()).map(({ senderAvatarId }) => senderAvatarId)).toEqual([null, null]);
    await bridge.say(named(picture('one')));
    const avatarId = await until(() => avatarOf(client), { label: 'the picture' });
    expect((await shown()).map(({ senderAvatarId }) => senderAvatarId)).toEqual([avatarId, null]);
    await until(() => told.length >= 2 || null, { label: 'named, and here' });
    told.length = 0;
    await bridge.say(named(null));
    expect((await shown()).map(({ senderAvatarId }) => senderAvatarId)).toEqual([null, null]);
    await until(() => told.length > 0 || null, { label: 'taken away' });
    expect(told[0]).toMatchObject({ accountId: expect.any(Number) as number });
  });

  it('that were replaced are forgotten, and leave no file', async () => {
    const bytes = Object.fromEntries(Array.from({ length: 5 }, (_, index) => [`p${index}`, drawPng(32, 10 + index)]));
    const { bridge, client } = await withPictures(bytes);
    const paths: string[] = [];
    for (const id of Object.keys(bytes)) {
      const before = await avatarOf(client);
      await bridge.say(named(picture(id)));
      const avatarId = await until(async () => [await avatarOf(client)].find((now) => now !== before && now !== null), { label: id });
      paths.push((await client.engine.host['host.avatar']({ avatarId }))?.path ?? '');
    }
    const isThere = (path: string): boolean => statSync(path, { throwIfNoEntry: false }) !== undefined;
    await until(() => paths.filter(isThere).length === 1, { label: 'the old ones to go' });
    expect(isThere(paths.at(-1) ?? '')).toBe(true);
  });

  it.each([
    ['an SVG', Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>')],
    ['a page', Buffer.from('<!doctype html><script>alert(1)</script>')],
    ['too many bytes', Buffer.concat([drawPng(32, 3), Buffer.alloc(300 * 1024)])],
    ['a giant canvas', drawPngHeader(60_000)],
    ['nothing', Buffer.alloc(0)],
  ])('%s is refused for good', async (_name, bytes) => {
    const { bridge, client, downloads } = await withPictures({ bad: bytes, good: drawPng(32, 4) });
    await bridge.say(named(picture('bad')));
    await until(() => downloads.includes('bad') || null, { label: 'the download' });
    await bridge.say(stateEvent('offline'), stateEvent('online'));
    await bridge.say(named(picture('good')));
    // The first that was ever kept: the bad one never was.
    expect(await until(() => avatarOf(client), { label: 'a good one' })).toBe(1);
    expect(downloads).toEqual(['bad', 'good']);
  });

  it('that cannot be had now are fetched when the account is back', async () => {
    const bytes: Record<string, Buffer> = {};
    const { bridge, client, downloads } = await withPictures(bytes);
    await bridge.say(named(picture('late')));
    await until(() => downloads.length > 0 || null, { label: 'the first try' });
    bytes['late'] = drawPng(32, 5);
    await bridge.say(stateEvent('offline'));
    await bridge.say(stateEvent('online'));
    expect(await until(() => avatarOf(client), { label: 'the picture' })).toBeGreaterThan(0);
  });
});

describe('strangers', () => {
  const stranger = remotePersonId('stranger');
  const ask = (membership: 'requested' | 'joined'): BridgeEvent[] => [
    { type: 'person.upserted', person: { remoteId: stranger, displayName: null, handle: 'stranger@fake' } },
    { type: 'conversation.upserted', conversation: { remoteId: 'stranger' as never, kind: 'direct', title: null, security: 'plain', membership, peerId: stranger } },
  ];
  const says = (id: string): BridgeEvent => messageEvent('stranger', id, `says ${id}`, Date.now(), { senderId: stranger });

  it('wait outside the list and the count, with one quiet notice', async () => {
    const { bridge, client } = await withPictures({});
    const notices: unknown[] = [];
    client.engine.listen((event, payload) => event === 'notification.raised' && notices.push(payload));
    await bridge.say(...ask('requested'), says('s1'));
    await bridge.say(says('s2'), says('s3'));
    expect((await client.conversations()).map(({ title }) => title)).toEqual(['chat']);
    expect(await client.call('people.requests', {})).toEqual({ count: 1 });
    const page = await client.call('conversations.list', { filter: { isRequest: true }, after: null, limit: 10 });
    expect([page.rows.length, page.totalUnread]).toEqual([1, 0]);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({ isQuiet: true });
  });

  it('are none any more once we wrote, on whichever device; who was one of us before never becomes one', async () => {
    const { bridge, client } = await withPictures({});
    await bridge.say(...ask('requested'), says('s1'));
    await bridge.say(...ask('joined'));
    expect(await client.call('people.requests', {})).toEqual({ count: 1 });
    await bridge.say(messageEvent('stranger', 'o1', 'our answer', Date.now(), { senderId: self, isOwn: true }));
    expect(await client.call('people.requests', {})).toEqual({ count: 0 });
    await bridge.say(...ask('requested'), says('s2'));
    expect(await client.call('people.requests', {})).toEqual({ count: 0 });
    expect(await client.conversations()).toHaveLength(2);
  });

  it('who were turned down are gone until they come again', async () => {
    const { bridge, client } = await withPictures({});
    await bridge.say(...ask('requested'), says('s1'));
    const page = await client.call('conversations.list', { filter: { isRequest: true }, after: null, limit: 10 });
    const [waiting] = fromColumns(page.rows);
    const id = waiting?.id;
    if (id === undefined) throw new Error('nobody waits');
    await client.call('conversations.leave', { id });
    expect(await client.conversations()).toHaveLength(1);
    expect(await client.call('people.requests', {})).toEqual({ count: 0 });
    await bridge.say(...ask('requested'), says('s2'));
    expect(await client.call('people.requests', {})).toEqual({ count: 1 });
  });
});

describe('contacts and blocking', () => {
  it('the list follows the network, by name, with groups and what is known now', async () => {
    const { bridge, client } = await withPictures({});
    await bridge.say(
      { type: 'contacts.replaced', contacts: [{ personId: friend, name: 'Zoe', groups: ['B', 'A'], bond: 'mutual' }, { personId: remotePersonId('ann'), name: 'Ann', groups: [], bond: 'asked' }] },
      { type: 'presence', personId: friend, presence: 'away', statusText: 'Lunch', idleSinceMs: Date.now() - 60_000 },
    );
    const rows = await client.call('people.contacts', {});
    expect(rows.map(({ name, groups, bond, presence }) => [name, groups, bond, presence])).toEqual([
      ['Ann', [], 'asked', 'unknown'],
      ['Zoe', ['A', 'B'], 'mutual', 'away'],
    ]);
    await bridge.say({ type: 'contacts.replaced', contacts: [{ personId: friend, name: null, groups: [], bond: 'none' }] });
    expect((await client.call('people.contacts', {})).map(({ name }) => name)).toEqual(['Friend']);
  });

  it('whoever is blocked, or whose server is, cannot be written to until they are free again', async () => {
    const { bridge, client } = await withPictures({});
    const id = (await chatOf(client))?.id;
    if (id === undefined) throw new Error('no chat');
    for (const address of ['friend@fake', 'fake']) {
      await bridge.say({ type: 'blocked.changed', address, isBlocked: true });
      expect((await client.call('conversations.detail', { id })).capabilities).toMatchObject({ canSend: false, sendBlockedBy: 'blocked' });
      await bridge.say({ type: 'blocked.replaced', addresses: [] });
      expect((await client.call('conversations.detail', { id })).capabilities.canSend).toBe(true);
    }
  });
});

describe('our own presence', () => {
  it('is told to a session once a change, and again to one that comes later', async () => {
    const { bridge, client } = await withPictures({});
    const told = () => bridge.current().calls.filter(({ name }) => name === 'setPresence' || name === 'setIdle').map(({ args }) => args);
    expect(told()).toEqual([]);
    await client.call('settings.set', { patch: { presence: 'busy', statusText: 'In a meeting' } });
    await until(() => told().length === 2 || null, { label: 'the session to be told' });
    expect(told()).toEqual([[null], ['busy', 'In a meeting']]);
    await client.call('people.setIdle', { sinceMs: 1_700_000_000_000 });
    await until(() => told().length === 4 || null, { label: 'the session to be told of the absence' });
    expect(told()[2]).toEqual([1_700_000_000_000]);
    await client.call('settings.set', { patch: { awayAfterMinutes: 0 } });
    await until(() => told().length === 6 || null, { label: 'the session to be told that absence is nobody’s business' });
    expect(told()[4]).toEqual([null]);
  });

  it('reaches a session before that says anything: whoever is invisible is not seen for a moment', async () => {
    const atStart: unknown[] = [];
    const bridge = createFakeBridge({
      start: async (session) => {
        atStart.push(session.calls.filter(({ name }) => name === 'setPresence').map(({ args }) => args));
        await session.host.emit([stateEvent('online')], null);
      },
    });
    const client = await startEngine({ bridges: [bridge] });
    const { id } = await addFakeAccount(client);
    await client.call('settings.set', { patch: { presence: 'offline', statusText: '' } });
    await client.call('accounts.update', { id, patch: { isEnabled: false } });
    await client.call('accounts.update', { id, patch: { isEnabled: true } });
    await until(() => atStart.length === 2 || null, { label: 'the second session' });
    expect(atStart).toEqual([[], [['offline', '']]]);
  });
});

/** A PNG that claims to be this large and holds nothing. */
function drawPngHeader(sidePx: number): Buffer {
  const bytes = drawPng(1, 0);
  bytes.writeUInt32BE(sidePx, 16);
  bytes.writeUInt32BE(sidePx, 20);
  return bytes;
}
