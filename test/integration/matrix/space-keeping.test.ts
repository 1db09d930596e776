// needs: synapse tools
/** Spaces that we make and arrange, as another program reads them. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BridgeSession, FolderKeepingAbility, RemoteFolder } from '#bridge';
import { remoteConversationId } from '#model';
import { until } from '../../kit/until.ts';
import { setSharedStage, type SharedStage } from './stage.ts';

describe('spaces of our own', () => {
  let stage: SharedStage;
  let keeping: FolderKeepingAbility;

  beforeAll(async () => {
    stage = await setSharedStage();
    await stage.own.session.start();
    await stage.own.host.waitFor('state', (event) => event.connection === 'online');
    const { folderKeeping }: BridgeSession = stage.own.session;
    if (folderKeeping === undefined) throw new Error('no keeping of folders');
    keeping = folderKeeping;
  });
  afterAll(() => stage?.stop());

  const state = async (roomId: string, type: string, key = ''): Promise<Record<string, unknown>> =>
    (await stage.bob.call('GET', `/v3/rooms/${encodeURIComponent(roomId)}/state/${type}/${encodeURIComponent(key)}`)) as Record<string, unknown>;
  const told = (spaceId: string): RemoteFolder | undefined =>
    stage.own.host.of('folders.replaced').at(-1)?.folders.find(({ remoteId }) => remoteId === spaceId);
  const newSpace = async (name: string, more: Partial<Parameters<FolderKeepingAbility['create']>[0]> = {}): Promise<string> => {
    const spaceId = await keeping.create({ name, topic: '', isPublic: false, invite: [stage.bob.userId], parentId: null, ...more });
    await stage.bob.join(spaceId);
    return spaceId;
  };
  const newRoom = async (name: string): Promise<string> => {
    const { rooms } = stage.own.session;
    const roomId = await rooms?.create({ name, isPublic: false, isMembersOnly: true, invite: [stage.bob.userId] });
    await stage.bob.join(roomId ?? '');
    return roomId ?? '';
  };
  const names = async (spaceId: string): Promise<readonly (string | null)[]> =>
    ((await stage.own.session.folders?.browse(spaceId, null, new AbortController().signal))?.entries ?? []).map(({ name }) => name);

  it('are made with name, topic, who may enter, and inside of each other', async () => {
    const company = await newSpace('Ventas', { topic: 'Todo de ventas' });
    expect(await state(company, 'm.room.create')).toMatchObject({ type: 'm.space' });
    expect(await state(company, 'm.room.name')).toEqual({ name: 'Ventas' });
    expect(await state(company, 'm.room.topic')).toMatchObject({ topic: 'Todo de ventas' });
    expect(await state(company, 'm.room.join_rules')).toMatchObject({ join_rule: 'invite' });
    expect(await state(company, 'm.room.power_levels')).toMatchObject({ events_default: 100 });
    expect(told(company)).toMatchObject({ name: 'Ventas', parentId: null });
    const open = await newSpace(`Feria ${stage.bob.userId.slice(1, 12)}`, { isPublic: true, parentId: company });
    expect(await state(open, 'm.room.join_rules')).toMatchObject({ join_rule: 'public' });
    expect(await state(company, 'm.space.child', open)).toEqual({ via: ['localhost'] });
    expect(await state(open, 'm.space.parent', company)).toEqual({ via: ['localhost'], canonical: true });
    expect(told(open)).toMatchObject({ parentId: company });
    await expect(keeping.put(open, company)).rejects.toMatchObject({ fault: { code: 'conflict' } });
  });

  it('hold what is put in, once however often, and let it go', async () => {
    const space = await newSpace('Cubas');
    const other = await newSpace('Other');
    const roomId = await newRoom('Roble');
    await keeping.put(space, roomId);
    await keeping.put(space, roomId);
    expect(await state(space, 'm.space.child', roomId)).toEqual({ via: ['localhost'] });
    expect(await state(roomId, 'm.space.parent', space)).toEqual({ via: ['localhost'], canonical: true });
    await keeping.put(other, roomId);
    // Only one space is the one to show it under.
    expect(await state(roomId, 'm.space.parent', other)).toEqual({ via: ['localhost'], canonical: false });
    expect(told(space)?.conversationIds).toEqual([roomId]);
    expect((await keeping.places(remoteConversationId(roomId))).find(({ folderId }) => folderId === space)).toEqual({ folderId: space, isIn: true, canArrange: true });
    await keeping.take(space, roomId);
    expect(await state(space, 'm.space.child', roomId)).toEqual({});
    expect(await state(roomId, 'm.space.parent', space)).toEqual({});
    await until(() => told(space)?.conversationIds.length === 0);
    expect(told(other)?.conversationIds).toEqual([roomId]);
  });

  it('are ordered as every program then shows them, and keep the order of what others put in', async () => {
    const space = await newSpace('Orden');
    const [a, b, c] = [await newRoom('A'), await newRoom('B'), await newRoom('C')];
    for (const roomId of [a, b, c]) await keeping.put(space, roomId);
    expect(await names(space)).toEqual(['A', 'B', 'C']);
    await keeping.move(space, c, a);
    expect(await names(space)).toEqual(['C', 'A', 'B']);
    await keeping.move(space, c, null);
    expect(await names(space)).toEqual(['A', 'B', 'C']);
    await keeping.move(space, b, a);
    expect(await names(space)).toEqual(['B', 'A', 'C']);
    // What else stands there stays: the servers by which the room is found.
    expect(await state(space, 'm.space.child', b)).toMatchObject({ via: ['localhost'], order: expect.stringMatching(/^[\x20-\x7e]{1,50}$/u) as string });
    await expect(keeping.move(space, '!nothing:localhost', null)).rejects.toMatchObject({ fault: { code: 'not-found' } });
  });

  it('of others are read only; they can be left without what lies in them', async () => {
    const space = ((await stage.bob.call('POST', '/v3/createRoom', { name: 'Ajeno', invite: [stage.own.login.address], creation_content: { type: 'm.space' } })) as { room_id: string }).room_id;
    await stage.aliceElsewhere.join(space);
    const roomId = await newRoom('Dentro');
    await stage.bob.sendState(space, 'm.space.child', roomId, { via: ['localhost'] });
    await until(() => told(space)?.conversationIds.length === 1);
    expect(await keeping.canArrange(space)).toBe(false);
    await expect(keeping.take(space, roomId)).rejects.toMatchObject({ fault: { code: 'forbidden' } });
    expect(await state(space, 'm.space.child', roomId)).toEqual({ via: ['localhost'] });
    await keeping.leave(space);
    await until(() => told(space) === undefined);
    expect((await stage.own.session.loadConversation(remoteConversationId(roomId))).membership).toBe('joined');
  });
});
