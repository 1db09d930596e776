// needs: synapse tools
/** Spaces as folders: three levels, rooms we are not in, invitations to spaces; with and without MSC4222. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { FolderEntry, RemoteFolder } from '#bridge';
import { until } from '../../kit/until.ts';
import { setSharedStage, type SharedStage } from './stage.ts';

const noSignal = new AbortController().signal;

describe.each([{ msc4222: true }, { msc4222: false }])('spaces %j', (options) => {
  let stage: SharedStage;
  const ids: Record<string, string> = {};

  const make = async (name: string, isSpace: boolean): Promise<string> => {
    const creation = isSpace ? { creation_content: { type: 'm.space' } } : {};
    const answer = (await stage.bob.call('POST', '/v3/createRoom', { preset: 'public_chat', name, ...creation })) as { room_id: string };
    ids[name] = answer.room_id;
    return answer.room_id;
  };
  const put = (parent: string, child: string, content: Record<string, unknown> = { via: ['localhost'] }) =>
    stage.bob.sendState(ids[parent] ?? '', 'm.space.child', ids[child] ?? '', content);
  const told = (): readonly RemoteFolder[] => stage.own.host.of('folders.replaced').at(-1)?.folders ?? [];
  const shape = (): readonly unknown[] => {
    const nameOf = (id: string | null): string | null => Object.entries(ids).find(([, known]) => known === id)?.[0] ?? null;
    return told().map(({ name, parentId, conversationIds }) => [name, nameOf(parentId), conversationIds.map(nameOf).toSorted()]);
  };

  beforeAll(async () => {
    stage = await setSharedStage(undefined, options);
    for (const space of ['Company', 'Sales', 'Spain']) await make(space, true);
    for (const room of ['Lobby', 'Prices', 'Madrid', 'Hidden']) await make(room, false);
    await put('Company', 'Sales', { via: ['localhost'], order: 'b' });
    await put('Company', 'Lobby', { via: ['localhost'], order: 'a' });
    await put('Sales', 'Prices');
    await put('Sales', 'Spain');
    await put('Spain', 'Madrid');
    await put('Spain', 'Hidden');
    // A circle, as clumsy or unkind people make them.
    await put('Spain', 'Company');
    for (const name of ['Company', 'Sales', 'Spain', 'Lobby', 'Prices', 'Madrid']) await stage.aliceElsewhere.join(ids[name] ?? '');
    await stage.own.session.start();
    await stage.own.host.waitFor('state', (event) => event.connection === 'online');
  });

  afterAll(() => stage?.stop());

  it('are a tree of folders with the conversations of all levels, and no conversations themselves', () => {
    // In a circle any of them may be the outermost, but one of them is.
    expect(told().filter(({ parentId }) => parentId === null)).toHaveLength(1);
    for (const { conversationIds } of told()) expect(conversationIds).toHaveLength(4);
    expect(told().map(({ name }) => name).toSorted()).toEqual(['Company', 'Sales', 'Spain']);
    const titles = stage.own.host.of('conversation.upserted').map(({ conversation }) => conversation.title);
    expect(titles.toSorted()).toEqual(['Lobby', 'Madrid', 'Prices']);
  });

  it('lose the circle as soon as it is taken out', async () => {
    await put('Spain', 'Company', {});
    await until(() => told().find(({ name }) => name === 'Spain')?.conversationIds.length === 2);
    expect(shape()).toEqual([
      ['Company', null, ['Hidden', 'Lobby', 'Madrid', 'Prices']],
      ['Sales', 'Company', ['Hidden', 'Madrid', 'Prices']],
      ['Spain', 'Sales', ['Hidden', 'Madrid']],
    ]);
  });

  it('show what is in them, three levels deep, with the room we are not in; it can be entered from there', async () => {
    const { folders } = stage.own.session;
    const entriesNow = async (): Promise<readonly FolderEntry[]> => (await folders?.browse(ids['Company'] ?? '', null, noSignal))?.entries ?? [];
    const entries = await entriesNow();
    expect(entries.map(({ name, depth, isFolder, isJoined }) => [name, depth, isFolder, isJoined])).toEqual([
      ['Lobby', 1, false, true],
      ['Sales', 1, true, true],
      ['Prices', 2, false, true],
      ['Spain', 2, true, true],
      ['Madrid', 3, false, true],
      ['Hidden', 3, false, false],
    ]);
    await folders?.join(entries.find(({ name }) => name === 'Hidden')?.address ?? '');
    await stage.own.host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === ids['Hidden']);
    expect((await entriesNow()).every(({ isJoined }) => isJoined)).toBe(true);
  });

  it('follow a new name, a room that is put in, and leaving', async () => {
    await stage.bob.sendState(ids['Spain'] ?? '', 'm.room.name', '', { name: 'España' });
    await until(() => told().some(({ name }) => name === 'España'));
    await make('Fair', false);
    await put('Company', 'Fair');
    await until(() => told().find(({ name }) => name === 'Company')?.conversationIds.some((id) => id === ids['Fair']) === true);
    await stage.aliceElsewhere.leave(ids['Spain'] ?? '');
    await until(() => told().length === 2);
  });

  it('are told again only when something changed, also after a restart', async () => {
    const own = await stage.restart();
    await own.session.start();
    await own.host.waitFor('state', (event) => event.connection === 'online');
    expect(own.host.of('folders.replaced')).toEqual([]);
    await stage.aliceElsewhere.leave(ids['Sales'] ?? '');
    const { folders } = await own.host.waitFor('folders.replaced', () => true);
    expect(folders.map(({ name }) => name)).toEqual(['Company']);
  });

  it('invitation: accepted, declined, revoked', async () => {
    const { host, session } = stage.own;
    const invited = async (name: string) => {
      const roomId = await stage.bob.createRoom({ name });
      await stage.bob.invite(roomId, stage.own.login.address);
      const { conversation } = await host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === roomId);
      return conversation.remoteId;
    };
    const [accepted, declined, revoked] = [await invited('Accepted'), await invited('Declined'), await invited('Revoked')];
    const becomes = (id: string, membership: string) =>
      host.waitFor('conversation.patched', (event) => event.conversationId === id && event.patch.membership === membership);
    await session.membership?.accept(accepted);
    await becomes(accepted, 'joined');
    await session.membership?.leave(declined);
    await becomes(declined, 'left');
    await stage.bob.call('POST', `/v3/rooms/${encodeURIComponent(revoked)}/kick`, { user_id: stage.own.login.address });
    await becomes(revoked, 'left');
  });
});
