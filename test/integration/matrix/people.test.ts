// needs: synapse tools
/** Mentions, private receipts, profiles, pictures and ignored people. */
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { emptyProfile } from '#bridge';
import { remoteConversationId, remoteMessageId, remotePersonId } from '#model';
import { drawPng } from '../../kit/draw-png.ts';
import { until } from '../../kit/until.ts';
import { outgoing } from './account.ts';
import { setSharedStage, type SharedStage } from './stage.ts';

describe.each([{ msc4222: true }, { msc4222: false }])('%j', (options) => {
  let stage: SharedStage;
  let roomId: string;
  let alice: string;
  const noSignal = new AbortController().signal;

  beforeAll(async () => {
    stage = await setSharedStage(undefined, options);
    alice = stage.own.login.address;
    roomId = await stage.room();
    await stage.own.session.start();
    await stage.own.host.waitFor('state', (event) => event.connection === 'online');
  });

  afterAll(() => stage?.stop());

  describe('mentions', () => {
    it('of us ask for attention; of others, or of nobody, do not', async () => {
      const said = async (body: string, mentions: unknown): Promise<boolean | undefined> => {
        const eventId = await stage.bob.sendEvent(roomId, 'm.room.message', { msgtype: 'm.text', body, 'm.mentions': mentions });
        const { message } = await stage.own.host.waitFor('message.upserted', (event) => event.message.remoteId === eventId);
        return message.isMention;
      };
      expect(await said('look here', { user_ids: [alice] })).toBe(true);
      expect(await said('alice, but not meant', {})).toBeUndefined();
      expect(await said('everybody', { room: true })).toBe(true);
    });

    it('of others are sent so that their program knows', async () => {
      const name = stage.bob.userId.slice(1).split(':')[0] ?? '';
      const { remoteId } = await stage.own.session.send(outgoing(roomId, `${name}: are you there?`, 'txn-mention'));
      const sent = (await stage.bob.messages(roomId)).find((event) => event.event_id === remoteId);
      expect(sent?.content['m.mentions']).toEqual({ user_ids: [stage.bob.userId] });
    });
  });

  describe('read receipts', () => {
    it('a private one moves our own count and marker, and nobody else hears of it', async () => {
      const eventId = await stage.bob.send(roomId, 'read me quietly');
      await stage.own.host.waitFor('message.upserted', (event) => event.message.remoteId === eventId);
      await stage.bob.sync();
      await stage.own.session.receipts?.markRead({ conversationId: remoteConversationId(roomId), remoteId: remoteMessageId(eventId) }, false);
      const marker = await stage.own.host.waitFor('marker.upserted', (event) => event.target === eventId);
      expect(marker.conversationId).toBe(roomId);
      const read = (await stage.aliceElsewhere.call('GET', `/v3/user/${alice}/rooms/${encodeURIComponent(roomId)}/account_data/m.fully_read`)) as { event_id: string };
      expect(read.event_id).toBe(eventId);
      // A message after it is the proof that bob's sync has passed the place of a receipt.
      await stage.own.session.send(outgoing(roomId, 'after', 'txn-after'));
      const { rooms } = await stage.bob.sync();
      expect(JSON.stringify(rooms?.join?.[roomId]?.ephemeral ?? {})).not.toContain(alice);
      expect(JSON.stringify(rooms?.join?.[roomId]?.timeline ?? {})).toContain('after');
    });
  });

  describe('profiles and pictures', () => {
    const png = new Uint8Array(drawPng(64, 0x336699));

    it('our own name and picture are set, seen by others, and taken away', async () => {
      const { profiles } = stage.own.session;
      await profiles?.setOwn({ ...emptyProfile, fullName: 'Alice of the Port' }, 'everybody');
      await profiles?.setOwnAvatar({ mime: 'image/png', bytes: png, widthPx: 64, heightPx: 64 });
      const seen = (await stage.bob.call('GET', `/v3/profile/${alice}`)) as Record<string, string>;
      expect(seen).toMatchObject({ displayname: 'Alice of the Port', avatar_url: expect.stringMatching(/^mxc:\/\/localhost\//u) as string });
      expect(await profiles?.own(noSignal)).toMatchObject({ fullName: 'Alice of the Port', avatar: { source: seen['avatar_url'] } });
      const { person } = await stage.own.host.waitFor('person.upserted', (event) => event.person.isSelf === true && event.person.avatar != null);
      expect(person.avatar?.source).toBe(seen['avatar_url']);
      await profiles?.setOwnAvatar(null);
      await stage.own.host.waitFor('person.upserted', (event) => event.person.isSelf === true && event.person.avatar === null);
    });

    it('a picture of somebody comes as a small one, through the authenticated endpoint', async () => {
      const { session, host } = stage.own;
      const mxc = await stage.bob.upload({ name: 'bob.png', type: 'image/png', data: new Uint8Array(drawPng(400, 0x993333)) });
      await stage.bob.call('PUT', `/v3/profile/${stage.bob.userId}/avatar_url`, { avatar_url: mxc });
      const { person } = await host.waitFor('person.upserted', (event) => event.person.remoteId === stage.bob.userId && event.person.avatar != null);
      const path = join(mkdtempSync(join(tmpdir(), 'palomar-avatar-')), 'picture');
      if (person.avatar == null) throw new Error('no picture');
      await session.avatars?.download(person.avatar, path, 256 * 1024, noSignal);
      const bytes = readFileSync(path);
      expect(bytes.subarray(1, 4).toString()).toBe('PNG');
      expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([96, 96]);
      await expect(session.avatars?.download(person.avatar, path, 20, noSignal)).rejects.toMatchObject({ fault: { code: 'too-large' } });
      const foreign = { id: 'x', mime: 'image/png', source: 'https://example.org/x.png' };
      await expect(session.avatars?.download(foreign, path, 1_000, noSignal)).rejects.toMatchObject({ fault: { code: 'rejected' } });
    });

    it('the profile of nobody is nothing', async () => {
      expect(await stage.own.session.profiles?.load(remotePersonId('@nobody:localhost'), noSignal)).toBeNull();
    });
  });

  describe('people we do not want to hear', () => {
    it('are kept away by the server, on all devices, until we take it back', async () => {
      const { session, host } = stage.own;
      await session.blocking?.block(stage.bob.userId, { reason: 'spam', text: 'ads' });
      await host.waitFor('blocked.replaced', (event) => event.addresses.includes(stage.bob.userId));
      await stage.bob.send(roomId, 'unheard');
      // Something that does come through: the sync has passed the place.
      const own = await stage.aliceElsewhere.send(roomId, 'in between');
      await host.waitFor('message.upserted', (event) => event.message.remoteId === own);
      await session.blocking?.unblock(stage.bob.userId);
      await host.waitFor('blocked.replaced', (event) => event.addresses.length === 0);
      const heard = await stage.bob.send(roomId, 'heard again');
      await host.waitFor('message.upserted', (event) => event.message.remoteId === heard);
      expect(host.of('message.upserted').some((event) => event.message.text === 'unheard')).toBe(false);
      await expect(session.blocking?.block('localhost', null)).rejects.toMatchObject({ fault: { code: 'wrong-address' } });
    });

    it('may be chosen on another device', async () => {
      const path = `/v3/user/${alice}/account_data/m.ignored_user_list`;
      await stage.aliceElsewhere.call('PUT', path, { ignored_users: { '@troll:localhost': {} } });
      await until(() => stage.own.host.of('blocked.replaced').some((event) => event.addresses.includes('@troll:localhost')));
    });
  });
});
