// needs: synapse tools
/** Long absence: what the sync leaves out is a gap that scrolling fills. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { remoteConversationId } from '#model';
import { setSharedStage, type SharedStage } from './stage.ts';

let stage: SharedStage;

beforeAll(async () => {
  stage = await setSharedStage();
});

afterAll(() => stage?.stop());

it('offline for 500 messages: one gap, filled in order, nothing missing, nothing twice', async () => {
  const { bob, aliceElsewhere } = stage;
  const roomId = await stage.room();
  const conversationId = remoteConversationId(roomId);
  // Where nothing was read yet, Synapse counts from our joining, and after its clean-up (every 30 s) the invitation too.
  await aliceElsewhere.markRead(roomId, await bob.send(roomId, 'the last thing we saw'));
  await stage.own.session.start();
  await stage.own.host.waitFor('state', (event) => event.connection === 'online');
  await stage.own.session.stop();

  const texts = Array.from({ length: 500 }, (_, index) => `missed ${String(index).padStart(3, '0')}`);
  for (const text of texts) await bob.send(roomId, text);

  const own = await stage.restart();
  await own.session.start();
  await own.host.waitFor('state', (event) => event.connection === 'online');
  expect(own.host.of('gap.upserted')).toHaveLength(1);
  const caughtUp = own.host.of('message.upserted');
  expect(caughtUp.every((event) => event.origin === 'catchup')).toBe(true);
  expect(own.host.of('gap.upserted')[0]?.before).toBe(caughtUp[0]?.message.remoteId);
  const unread = own.host.of('conversation.patched').findLast((event) => event.patch.unreadCount !== undefined);
  expect(unread?.patch.unreadCount).toBe(500);

  let gap = own.host.of('gap.upserted')[0];
  const pages: string[][] = [caughtUp.map((event) => event.message.text)];
  while (gap !== undefined) {
    const before = own.host.events.length;
    const page = await own.session.history?.loadOlder(conversationId, gap.cursor, null, 100);
    const told = own.host.events.slice(before);
    const messages = told.filter((event) => event.type === 'message.upserted');
    expect(messages.every((event) => event.origin === 'history')).toBe(true);
    expect(page?.messageCount).toBe(messages.length);
    expect(told).toContainEqual({ type: 'gap.deleted', conversationId, cursor: gap.cursor });
    pages.unshift(messages.map((event) => event.message.text));
    gap = told.find((event) => event.type === 'gap.upserted');
    expect(page?.hasMore).toBe(gap !== undefined);
  }
  expect(pages.flat()).toEqual(texts);
});

it('scrolls back to the very beginning of a room', async () => {
  const { bob, own } = stage;
  const roomId = await stage.knownRoom('Long');
  const texts = Array.from({ length: 60 }, (_, index) => `line ${String(index)}`);
  for (const text of texts) await bob.send(roomId, text);
  await own.host.waitFor('message.upserted', (event) => event.message.text === 'line 59');
  const oldest = own.host.of('message.upserted').find((event) => event.message.text === 'line 40')!.message;

  const before = own.host.events.length;
  let cursor: string | null = null;
  let pageCount = 0;
  do {
    const page = await own.session.history!.loadOlder(remoteConversationId(roomId), cursor, oldest, 15);
    ({ cursor } = page);
    pageCount += 1;
  } while (cursor !== null && pageCount < 20);
  const told = own.host.events.slice(before).filter((event) => event.type === 'message.upserted');
  expect(cursor).toBeNull();
  expect(told.map((event) => event.message.text).toSorted()).toEqual(texts.slice(0, 40).toSorted());
});

it('follows changes of a room also on servers that tell state only before the timeline', async () => {
  const old = await setSharedStage(undefined, { msc4222: false });
  try {
    const roomId = await old.room('Before');
    await old.own.session.start();
    await old.own.host.waitFor('state', (event) => event.connection === 'online');
    await old.own.session.stop();
    await old.bob.sendState(roomId, 'm.room.name', '', { name: 'After' });
    await old.bob.send(roomId, 'renamed while you were away');
    const own = await old.restart();
    await own.session.start();
    await own.host.waitFor('conversation.patched', (event) => event.patch.title === 'After');
    const { origin } = await own.host.waitFor('message.upserted', (event) => event.message.text.startsWith('renamed'));
    expect(origin).toBe('catchup');
  } finally {
    await old.stop();
  }
});
