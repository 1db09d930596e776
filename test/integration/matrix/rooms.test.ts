// needs: synapse tools
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RoomAbility } from '#bridge';
import { remoteConversationId, remoteMessageId, remotePersonId, type RemoteConversationId } from '#model';
import { matrixPeer, type MatrixPeer } from '../../lab/peers/matrix-peer.ts';
import { freshName } from '../../kit/lab.ts';
import { until } from '../../kit/until.ts';
import { outgoing } from './account.ts';
import { setSharedStage, type SharedStage } from './stage.ts';

describe.each([{ msc4222: true }, { msc4222: false }])('%j', (options) => {
  let stage: SharedStage;
  let carol: MatrixPeer;
  const rooms = (): RoomAbility => {
    const { rooms: ability } = stage.own.session;
    if (ability === undefined) throw new Error('no rooms');
    return ability;
  };
  const state = async (roomId: string, type: string, key = ''): Promise<Record<string, unknown>> =>
    (await stage.aliceElsewhere.call('GET', `/v3/rooms/${encodeURIComponent(roomId)}/state/${type}/${encodeURIComponent(key)}`)) as Record<string, unknown>;
  const plan = { isPublic: false, isMembersOnly: true, invite: [] };
  const noSignal = new AbortController().signal;
  /** Whoever set no name goes by the first part of the address. */
  const nameOf = (userId: string): string => userId.slice(1, userId.indexOf(':'));

  beforeAll(async () => {
    stage = await setSharedStage(undefined, options);
    const { userId } = await stage.synapse.register(freshName('carol'), 'carol-secret');
    carol = await matrixPeer({ baseUrl: stage.synapse.baseUrl, userId, password: 'carol-secret' });
    await stage.own.session.start();
    await stage.own.host.waitFor('state', (event) => event.connection === 'online');
  });

  afterAll(() => stage?.stop());

  describe('making rooms', () => {
    it('a private one is encrypted, closed, and its people are invited', async () => {
      const id = await rooms().create({ ...plan, name: 'Board', invite: [stage.bob.userId] });
      expect(await stage.own.session.loadConversation(id)).toMatchObject({ title: 'Board', kind: 'group', membership: 'joined', security: 'encrypted' });
      expect(await state(id, 'm.room.join_rules')).toMatchObject({ join_rule: 'invite' });
      expect(await state(id, 'm.room.member', stage.bob.userId)).toMatchObject({ membership: 'invite' });
      expect(rooms().powers(id)).toMatchObject({ ownRank: 'owner', canRename: true, canInvite: true, canKick: true, canSetRank: true, canModerate: true });
    });

    it('a public one is in the directory, found by words and by address, and its name is taken then', async () => {
      const id = await rooms().create({ name: 'Fish market', isPublic: true, isMembersOnly: false, invite: [] });
      expect(await state(id, 'm.room.canonical_alias')).toMatchObject({ alias: '#fish-market:localhost' });
      const listed = { address: '#fish-market:localhost', name: 'Fish market', memberCount: 1, isMembersOnly: false };
      expect((await rooms().search('market', null, null, noSignal)).rooms).toContainEqual(expect.objectContaining(listed));
      expect((await rooms().search('#fish-market:localhost', null, null, noSignal)).rooms).toEqual([expect.objectContaining(listed)]);
      expect(await rooms().search('#no-such:localhost', null, null, noSignal)).toEqual({ rooms: [], next: null });
      const again = rooms().create({ name: 'Fish market', isPublic: true, isMembersOnly: false, invite: [] });
      await expect(again).rejects.toMatchObject({ fault: { code: 'conflict', detail: 'alias-taken' } });
    });

    it('one that is open but not listed cannot be guessed', async () => {
      const id = await rooms().create({ name: 'Quiet', isPublic: false, isMembersOnly: false, invite: [] });
      expect((await state(id, 'm.room.canonical_alias'))['alias']).toMatch(/^#quiet-[0-9a-f]{16}:localhost$/u);
      expect((await rooms().search('Quiet', null, null, noSignal)).rooms).toEqual([]);
      await carol.join(id);
    });

    it('refuses people who are no addresses before anything is made', async () => {
      const made = rooms().create({ ...plan, name: 'Nobody', invite: ['carol'] });
      await expect(made).rejects.toMatchObject({ fault: { code: 'wrong-address', detail: 'carol' } });
    });

    it('the directory comes in pages', async () => {
      for (let index = 0; index < 32; index += 1) {
        await stage.bob.call('POST', '/v3/createRoom', { preset: 'public_chat', visibility: 'public', name: `Stall ${String(index)}` });
      }
      const first = await rooms().search('Stall', null, null, noSignal);
      expect([first.rooms.length, first.next === null]).toEqual([30, false]);
      const second = await rooms().search('Stall', null, first.next, noSignal);
      expect(new Set([...first.rooms, ...second.rooms].map(({ address }) => address)).size).toBe(32);
      expect(second.next).toBeNull();
    });
  });

  describe('entering rooms', () => {
    it('by alias, by id with the way to it, and by a link', async () => {
      const made = async (name: string): Promise<string> =>
        ((await stage.bob.call('POST', '/v3/createRoom', { preset: 'public_chat', room_alias_name: name, name })) as { room_id: string }).room_id;
      const [pier, quay, dock] = [await made('pier'), await made('quay'), await made('dock')];
      expect(await rooms().join('#pier:localhost', {})).toBe(pier);
      expect(await rooms().join(`${quay}?via=localhost`, {})).toBe(quay);
      expect(await rooms().join('https://matrix.to/#/%23dock:localhost?via=localhost', {})).toBe(dock);
      await expect(rooms().join('pier', {})).rejects.toMatchObject({ fault: { code: 'wrong-address' } });
      await expect(rooms().join('#nowhere:localhost', {})).rejects.toMatchObject({ fault: { code: 'not-found' } });
    });

    it('a closed one says so; one that takes knocks is knocked on and entered when somebody opens', async () => {
      const closed = await stage.bob.createRoom({ name: 'Closed' });
      await expect(rooms().join(closed, {})).rejects.toMatchObject({ fault: { code: 'forbidden', detail: 'members-only' } });
      const knocking = { type: 'm.room.join_rules', state_key: '', content: { join_rule: 'knock' } };
      const club = await stage.bob.createRoom({ name: 'Club', initialState: [knocking] });
      await expect(rooms().join(club, {})).rejects.toMatchObject({ fault: { code: 'forbidden', detail: 'knocked' } });
      await until(async () => (await state2(club, stage.own.login.address))['membership'] === 'knock');
      await expect(rooms().join(club, { words: 'It is me, from the fair' })).rejects.toMatchObject({ fault: { detail: 'knocked' } });
      await until(async () => (await state2(club, stage.own.login.address))['reason'] === 'It is me, from the fair');
      expect(stage.own.host.of('conversation.upserted').some((event) => event.conversation.remoteId === club)).toBe(false);
      await stage.bob.invite(club, stage.own.login.address);
      await until(async () => (await state2(club, stage.own.login.address))['membership'] === 'join');
    });

    const state2 = async (roomId: string, userId: string): Promise<Record<string, unknown>> =>
      (await stage.bob.call('GET', `/v3/rooms/${encodeURIComponent(roomId)}/state/m.room.member/${encodeURIComponent(userId)}`)) as Record<string, unknown>;

    it('an invitation says by whom and why; declined it is gone, revoked too, accepted it is a room', async () => {
      const { host, session } = stage.own;
      const invited = async (name: string): Promise<string> => {
        const roomId = await stage.bob.createRoom({ name });
        await stage.bob.call('POST', `/v3/rooms/${encodeURIComponent(roomId)}/invite`, { user_id: stage.own.login.address, reason: `about ${name}` });
        const { conversation } = await host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === roomId);
        expect(conversation).toMatchObject({ membership: 'invited', title: name, invitation: { by: stage.bob.userId, text: `about ${name}` } });
        return roomId;
      };
      const [taken, declined, revoked] = [await invited('Taken'), await invited('Declined'), await invited('Revoked')];
      const becomes = (roomId: string, membership: string) =>
        host.waitFor('conversation.patched', (event) => event.conversationId === roomId && event.patch.membership === membership);
      await rooms().enter?.(remoteConversationId(taken), {});
      await becomes(taken, 'joined');
      await session.membership?.leave(remoteConversationId(declined));
      await becomes(declined, 'left');
      await stage.bob.call('POST', `/v3/rooms/${encodeURIComponent(revoked)}/kick`, { user_id: stage.own.login.address });
      await becomes(revoked, 'left');
      expect(host.of('message.upserted').filter((event) => event.message.kind === 'system')).toEqual([]);
    });
  });

  describe('who is in a room and who may do what', () => {
    let id: RemoteConversationId;
    const member = async (userId: string, includeBanned = false) =>
      (await rooms().members(id, includeBanned)).find(({ address }) => address === userId);

    beforeAll(async () => {
      id = await rooms().create({ ...plan, name: 'Crew', invite: [stage.bob.userId, carol.userId] });
      await stage.bob.join(id);
    });

    it('lists everybody with rank and whether they are here', async () => {
      const listed = (await rooms().members(id, true)).map(({ address, rank, isPresent, isSelf }) => [address, rank, isPresent, isSelf]);
      expect(listed).toHaveLength(3);
      expect(listed).toEqual(
        expect.arrayContaining([
          [stage.own.login.address, 'owner', true, true],
          [stage.bob.userId, 'none', true, false],
          [carol.userId, 'none', false, false],
        ]),
      );
    });

    it('changes topic, name and picture', async () => {
      await rooms().setTopic(id, 'where to sail');
      await rooms().rename(id, 'Whole crew');
      const png = new Uint8Array(Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==', 'base64'));
      await rooms().setAvatar(id, { mime: 'image/png', bytes: png });
      const { patch } = await stage.own.host.waitFor('conversation.patched', (event) => event.conversationId === id && event.patch.avatar !== undefined);
      expect(patch.avatar?.source).toMatch(/^mxc:\/\/localhost\//u);
      expect(await stage.own.session.loadConversation(id)).toMatchObject({ title: 'Whole crew', topic: 'where to sail' });
      await rooms().setAvatar(id, null);
      await stage.own.host.waitFor('conversation.patched', (event) => event.conversationId === id && event.patch.avatar === null);
    });

    it('makes somebody a moderator and takes it back; the level of others stays', async () => {
      await rooms().setRank(id, { personId: remotePersonId(stage.bob.userId) }, 'admin', '');
      await until(async () => (await member(stage.bob.userId))?.rank === 'admin');
      expect((await state(id, 'm.room.power_levels'))['users']).toEqual({ [stage.bob.userId]: 50 });
      await rooms().setRank(id, { address: stage.bob.userId }, 'none', '');
      await until(async () => (await member(stage.bob.userId))?.rank === 'none');
      expect((await state(id, 'm.room.power_levels'))['users']).toEqual({});
    });

    it('takes a message of somebody else away, and tells who may', async () => {
      const roomId = await stage.knownRoom('Forum');
      const eventId = await stage.bob.send(roomId, 'rude');
      await stage.own.host.waitFor('message.upserted', (event) => event.message.remoteId === eventId);
      const target = { conversationId: remoteConversationId(roomId), remoteId: remoteMessageId(eventId) };
      expect(stage.own.session.capabilities(target.conversationId).canModerate).toBeUndefined();
      await expect(rooms().moderate(target, 'rude')).rejects.toMatchObject({ fault: { code: 'forbidden' } });
      await stage.bob.sendState(roomId, 'm.room.power_levels', '', { users: { [stage.own.login.address]: 50 } });
      await until(() => stage.own.session.capabilities(target.conversationId).canModerate === true);
      await rooms().moderate(target, 'rude');
      const gone = await stage.own.host.waitFor('message.deleted', (event) => event.target === eventId);
      expect(gone).toMatchObject({ by: stage.own.login.address, isModerated: true });
    });

    it('shows somebody out, bans with a reason, and lifts the ban; the room tells of it', async () => {
      await carol.join(id);
      await until(async () => (await member(carol.userId))?.isPresent === true);
      await rooms().kick(id, remotePersonId(carol.userId), 'too loud');
      const line = await stage.own.host.waitFor('message.upserted', (event) => event.message.happening?.kind === 'kicked');
      expect(line.message).toMatchObject({ kind: 'system', happening: { name: nameOf(carol.userId), by: nameOf(stage.own.login.address), reason: 'too loud', isSelf: false } });
      expect(await member(carol.userId)).toBeUndefined();
      await rooms().setRank(id, { address: carol.userId }, 'banned', 'spam');
      expect(await member(carol.userId, true)).toMatchObject({ rank: 'banned', isPresent: false, reason: 'spam' });
      await rooms().setRank(id, { address: carol.userId }, 'none', '');
      expect(await member(carol.userId, true)).toBeUndefined();
      await rooms().invite(id, carol.userId, 'come back');
      await carol.join(id);
    });

    it('holds messages up for all', async () => {
      const { session } = stage.own;
      const { remoteId } = await session.send(outgoing(id, 'read this', 'txn-pin'));
      const target = { conversationId: id, remoteId };
      await session.pins?.pin(target);
      await until(async () => (await session.pins?.pinned(id))?.includes(remoteId) === true);
      expect(await state(id, 'm.room.pinned_events')).toEqual({ pinned: [remoteId] });
      await session.pins?.unpin(target);
      await until(async () => (await session.pins?.pinned(id))?.length === 0);
    });

    it('ends: everybody is out, nobody comes in, and it is gone from our list', async () => {
      await rooms().destroy(id, 'done');
      await stage.own.host.waitFor('conversation.patched', (event) => event.conversationId === id && event.patch.membership === 'left');
      await expect(stage.bob.send(id, 'anybody?')).rejects.toThrow(/403/u);
      await expect(carol.join(id)).rejects.toThrow(/40[34]/u);
    });
  });

  describe('what we decide about a room for all our devices', () => {
    it('its pin and its attention go to the server and come back from it', async () => {
      const { host } = stage.own;
      const roomId = remoteConversationId(await stage.knownRoom('Preferences'));
      const told = (patch: Record<string, unknown>) =>
        host.waitFor('conversation.patched', (event) => event.conversationId === roomId && Object.entries(patch).every(([name, value]) => Object.entries(event.patch).some(([key, now]) => key === name && now === value)));
      await rooms().setPinned?.(roomId, true);
      await told({ isPinned: true });
      for (const level of ['mentions', 'none', 'all'] as const) {
        await rooms().setNotify?.(roomId, level);
        await told({ notify: level });
      }
      // Another device changes its mind.
      await stage.aliceElsewhere.call('DELETE', `/v3/user/${stage.own.login.address}/rooms/${encodeURIComponent(roomId)}/tags/m.favourite`);
      await told({ isPinned: false });
    });
  });

  describe('a room that moved', () => {
    it('is followed to the next one, and says where it went', async () => {
      const { host } = stage.own;
      const created = (await stage.bob.call('POST', '/v3/createRoom', { preset: 'public_chat', name: 'Old town', room_version: '10' })) as { room_id: string };
      await rooms().join(created.room_id, {});
      const { replacement_room: next } = (await stage.bob.call('POST', `/v3/rooms/${encodeURIComponent(created.room_id)}/upgrade`, { new_version: '11' })) as { replacement_room: string };
      const { conversation } = await host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === next);
      expect(conversation).toMatchObject({ title: 'Old town', membership: 'joined' });
      const line = await host.waitFor('message.upserted', (event) => event.message.happening?.kind === 'closed');
      expect(line.message).toMatchObject({ conversationId: created.room_id, happening: { alternative: next } });
      expect(stage.own.session.capabilities(remoteConversationId(created.room_id))).toMatchObject({ canSend: false, sendBlockedBy: 'moved' });
    });

    it('is left again when the next one knows nothing of it', async () => {
      const trap = ((await stage.bob.call('POST', '/v3/createRoom', { preset: 'public_chat', name: 'Trap' })) as { room_id: string }).room_id;
      const roomId = await stage.knownRoom('Lured');
      await stage.bob.sendState(roomId, 'm.room.tombstone', '', { body: 'come along', replacement_room: trap });
      await stage.own.host.waitFor('security', (event) => event.rule === 'foreign-successor');
      await until(async () => {
        const joined = (await stage.aliceElsewhere.call('GET', '/v3/joined_rooms')) as { joined_rooms: string[] };
        return !joined.joined_rooms.includes(trap);
      });
    });
  });
});
