// needs: prosody peers
// servers: any
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RoomAbility, RoomMember } from '#bridge';
import { remoteConversationId, type RemoteConversationId } from '#model';
import { until } from '../../kit/until.ts';
import { startXmppServer, type SlixmppPeer, type XmppServer } from '../../lab/index.ts';
import { close, connectPeer, goOnline, openAccount, outgoing, storedMessages, untilOnline, twoPeople, type TestAccount } from './account.ts';

let server: XmppServer;
let alice: TestAccount;
let peer: SlixmppPeer;
let names: { own: string; other: string };

beforeAll(async () => {
  server = await startXmppServer();
});
afterAll(() => server.stop());

const slixmpp = (user: string, resource: string): Promise<SlixmppPeer> => connectPeer(server, user, resource);

beforeEach(async () => {
  ({ names, alice, peer } = await twoPeople(server));
});
afterEach(async () => {
  await peer.stop();
  await close(alice);
});

const bare = (user: string): string => `${user}@${server.domain}`;
const freshRoom = (): string => `room${randomUUID().slice(0, 8)}@muc.${server.domain}`;
/** A room that others may enter: a new one is locked until its owner set it up. */
const openRoom = async (nick = 'Benno'): Promise<string> => {
  const room = freshRoom();
  await peer.rooms.join(room, nick);
  await peer.rooms.configure(room, {});
  return room;
};
const rows = (account = alice) => storedMessages(account.host.events);
const desk = (account = alice): RoomAbility => {
  const { rooms } = account.session;
  if (rooms === undefined) throw new Error('no rooms');
  return rooms;
};
const lastMembership = (id: string, account = alice): string | undefined =>
  account.host.events.reduce<string | undefined>((last, event) => {
    if (event.type === 'conversation.upserted' && event.conversation.remoteId === id) return event.conversation.membership;
    if (event.type === 'conversation.patched' && event.conversationId === id) return event.patch.membership ?? last;
    return last;
  }, undefined);
const memberNamed = async (id: RemoteConversationId, name: string, includeBanned = false): Promise<RoomMember | undefined> =>
  (await desk().members(id, includeBanned)).find((member) => member.name === name);
const systemLines = (account = alice): string[] => rows(account).flatMap(({ kind, text }) => (kind === 'system' ? [text] : []));
const closedRoom = { name: 'Pläne', isPublic: false, isMembersOnly: true, invite: [] } as const;

describe('a room of our own', () => {
  it('is made as wanted; who is invited comes in, is shown, and is taken out again with a reason', async () => {
    const id = await desk().create({ ...closedRoom, invite: [bare(names.other)] });
    expect(await alice.session.loadConversation(id)).toMatchObject({ kind: 'group', title: 'Pläne', membership: 'joined' });
    expect(desk().powers(id)).toMatchObject({ ownRank: 'owner', canConfigure: true, canDestroy: true, canKick: true });
    const invite = await peer.waitFor('invite');
    expect(invite).toMatchObject({ room: id });

    await peer.rooms.join(id, 'Benno');
    const benno = await until(() => memberNamed(id, 'Benno'));
    expect(benno).toMatchObject({ rank: 'member', isPresent: true, hasVoice: true, isSelf: false, address: bare(names.other) });
    expect(await memberNamed(id, names.own)).toMatchObject({ rank: 'owner', isSelf: true, isModerator: true });

    await desk().setTopic(id, 'Herbst');
    await peer.waitFor('subject', ({ subject }) => subject === 'Herbst');
    await alice.host.waitFor('conversation.patched', ({ patch }) => patch.topic === 'Herbst');
    await desk().rename(id, 'Andere Pläne');
    await alice.host.waitFor('conversation.upserted', ({ conversation }) => conversation.title === 'Andere Pläne');

    await desk().kick(id, benno.personId as never, 'too loud');
    await until(() => systemLines().some((text) => /^Benno was removed.*: too loud$/.test(text)), { label: 'the line about the kick' });
    await until(async () => (await memberNamed(id, 'Benno')) === undefined);
    await desk().setRank(id, { address: bare(names.other) }, 'banned', 'spam');
    const banned = (await desk().members(id, true)).find(({ rank }) => rank === 'banned');
    expect(banned).toMatchObject({ address: bare(names.other), isPresent: false });
    await desk().setRank(id, { address: bare(names.other) }, 'member', '');
    expect((await desk().members(id, true)).filter(({ rank }) => rank === 'banned')).toEqual([]);
    await peer.rooms.join(id, 'Benno');

    await desk().destroy(id, 'done');
    expect(lastMembership(id)).toBe('left');
    await peer.waitForStanza(/<destroy[\s\S]*done/);
  });

  it('is configured by its own form', async () => {
    const id = await desk().create(closedRoom);
    const dialog = await alice.session.services?.open({ kind: 'configure-room', conversationId: id }, AbortSignal.timeout(20_000));
    expect(dialog?.first.form?.fields.map(({ name }) => name)).toContain('muc#roomconfig_roomdesc');
    await dialog?.answer('complete', { 'muc#roomconfig_roomdesc': ['About plans'], 'muc#roomconfig_publicroom': ['true'] }, AbortSignal.timeout(20_000));
    await until(async () => (await desk().search('', null, null, AbortSignal.timeout(20_000))).rooms.find(({ address }) => address === id)?.description === 'About plans');
  });

  it('shows a picture where the server keeps one', async () => {
    const id = await desk().create(closedRoom);
    const { canSetAvatar } = desk().powers(id);
    const bytes = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64');
    expect(canSetAvatar).toBe(!server.version.startsWith('0.12'));
    if (!canSetAvatar) {
      await expect(desk().setAvatar(id, { mime: 'image/png', bytes })).rejects.toMatchObject({ fault: { code: expect.any(String) as string } });
      return;
    }
    await desk().setAvatar(id, { mime: 'image/png', bytes });
    const hash = createHash('sha1').update(bytes).digest('hex');
    const shown = () =>
      alice.host.events.flatMap((event) => {
        if (event.type === 'conversation.upserted') return event.conversation.avatar ?? [];
        return event.type === 'conversation.patched' ? (event.patch.avatar ?? []) : [];
      });
    const avatar = await until(() => shown().find((picture) => picture.id === hash), { label: 'the picture' });
    const file = join(alice.host.dataDir, 'room.png');
    await alice.session.avatars?.download(avatar, file, 1_000_000, AbortSignal.timeout(10_000));
    expect(readFileSync(file)).toEqual(bytes);
  });

  it('cannot be made over another one', async () => {
    const taken = await openRoom();
    const alias = taken.slice(0, taken.indexOf('@'));
    await expect(desk().create({ ...closedRoom, alias })).rejects.toMatchObject({ fault: { code: 'conflict', detail: 'alias-taken' } });
  });
});

describe('somebody else’s room', () => {
  it('wants its password', async () => {
    const room = await openRoom();
    await peer.rooms.configure(room, { 'muc#roomconfig_roomsecret': 'sésamo' });
    await expect(desk().join(room, {})).rejects.toMatchObject({ fault: { code: 'forbidden', detail: 'password-required' } });
    const id = await desk().join(room, { password: 'sésamo' });
    expect(lastMembership(id)).toBe('joined');
    expect(JSON.stringify(alice.host.savedState)).not.toContain('sésamo');
    // It is kept sealed, so that the next start gets in by itself.
    await alice.session.stop();
    const again = openAccount(server, names.own, { savedState: alice.host.savedState });
    for (const [name, value] of alice.host.secretValues) await again.host.secrets.set(name, value);
    await again.session.start();
    await until(() => lastMembership(id, again) === 'joined', { label: 'in the room again' });
    await close(again);
  });

  it('lets a taken nickname be changed by the person', async () => {
    const room = await openRoom(names.own);
    await expect(desk().join(room, {})).rejects.toMatchObject({ fault: { code: 'conflict', detail: 'nickname-taken' } });
    const id = await desk().join(room, { nickname: 'Alicia' });
    expect(await memberNamed(id, 'Alicia')).toMatchObject({ isSelf: true });
    await desk().setNickname(id, 'Alix');
    await peer.waitFor('occupant', ({ nick }) => nick === 'Alix');
    await expect(desk().setNickname(id, names.own)).rejects.toMatchObject({ fault: { code: 'conflict', detail: 'nickname-taken' } });
  });

  it.each(['direct', 'through the room'])('is entered by an invitation, %s', async (way) => {
    const room = await openRoom();
    await peer.rooms.invite(room, bare(names.own), { isDirect: way === 'direct', reason: 'We need you' });
    const { conversation } = await alice.host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === room);
    // The room names the one who invites as it shows people.
    const by = way === 'direct' || server.product === 'ejabberd' ? bare(names.other) : `${room}/Benno`;
    expect(conversation).toMatchObject({ membership: 'invited', invitation: { by, text: 'We need you' } });
    await alice.session.membership?.accept(conversation.remoteId);
    expect(lastMembership(room)).toBe('joined');
  });

  it('is declined after a restart too, and who asked hears of it', async () => {
    const room = await openRoom();
    await peer.rooms.invite(room, bare(names.own), { isDirect: false, reason: 'We need you' });
    await alice.host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === room);
    await until(() => JSON.stringify(alice.host.savedState).includes(`"room":"${room}"`));
    const savedState = structuredClone(alice.host.savedState);
    await close(alice);
    alice = await goOnline(server, names.own, { savedState });
    const id = remoteConversationId(room);
    expect(await alice.session.loadConversation(id)).toMatchObject({ kind: 'group', membership: 'invited' });
    await alice.session.membership?.leave(id);
    await peer.waitForStanza(/<decline/);
    await until(() => !JSON.stringify(alice.host.savedState).includes(`"room":"${room}"`));
  });

  it('is found by what it is about where the service searches itself, and by its name everywhere', async () => {
    const topic = `Astrolabe${randomUUID().slice(0, 8)}`;
    const room = freshRoom();
    await peer.rooms.join(room, 'Benno');
    await peer.rooms.configure(room, { 'muc#roomconfig_roomname': 'Instruments', 'muc#roomconfig_roomdesc': `All about the ${topic}`, 'muc#roomconfig_publicroom': '1' });
    const found = async (text: string): Promise<readonly string[]> =>
      (await desk().search(text, null, null, AbortSignal.timeout(20_000))).rooms.map(({ address }) => address);
    expect(await found('Instruments')).toContain(room);
    // Prosody 13 runs mod_muc_search here; the others only list their rooms.
    expect((await found(topic)).includes(room)).toBe(server.product === 'prosody' && server.version.startsWith('13'));
    expect((await found('Instruments')).filter((address) => address === room)).toHaveLength(1);
  });

  it('tells why we are out: kicked, banned, closed with another place to go', async () => {
    const [kicking, banning, closing, alternative] = [await openRoom(), await openRoom(), await openRoom(), freshRoom()];
    for (const room of [kicking, banning, closing]) await desk().join(room, {});
    await peer.rooms.giveRole(kicking, names.own, 'none', 'a pause');
    await peer.rooms.affiliate(banning, bare(names.own), 'outcast', 'spam');
    await peer.rooms.destroy(closing, { reason: 'we moved', alternative });
    await until(() => [kicking, banning, closing].every((room) => lastMembership(room) === 'left'));
    const lines = systemLines().join('\n');
    expect(lines).toMatch(/You were removed.*a pause/);
    expect(lines).toMatch(/You were banned.*spam/);
    expect(lines).toMatch(/This room was closed: we moved/);
    await alice.host.waitFor('conversation.upserted', ({ conversation }) => conversation.remoteId === alternative && conversation.membership === 'invited');
    await until(() => !JSON.stringify(alice.host.savedState).includes(`"${banning}":{`), { label: 'the banned room forgotten' });
  });

  it('loses what a moderator takes away, in the version the room speaks', async () => {
    const room = freshRoom();
    const id = await desk().join(room, {});
    await peer.rooms.join(room, 'Benno');
    await peer.send(room, 'rude', { type: 'groupchat' });
    const rude = await until(() => rows().find(({ text }) => text === 'rude'));
    if (server.product === 'ejabberd') {
      // Version 23 does not know moderation: it is not offered, and says so when asked all the same.
      expect(desk().powers(id).canModerate).toBe(false);
      await expect(desk().moderate({ conversationId: id, remoteId: rude.remoteId }, '')).rejects.toMatchObject({ fault: { code: 'unsupported' } });
      return;
    }
    expect(desk().powers(id).canModerate).toBe(true);
    await desk().moderate({ conversationId: id, remoteId: rude.remoteId }, 'rude words');
    await alice.host.waitFor('message.deleted', ({ target, isModerated }) => target === rude.remoteId && isModerated === true);
    await peer.waitForStanza(/<moderated/);
  });
});

describe('rooms kept at the server', () => {
  it('are entered by all our clients, left by all, and carry pins and levels; what others put there stays', async () => {
    const phone = await slixmpp(names.own, 'phone');
    const [added, own] = [await openRoom(), freshRoom()];
    const extensions = '<x xmlns="urn:example:colour">blue</x><pinned xmlns="urn:xmpp:bookmarks-pinning:0"/>';
    await phone.people.bookmark(added, { name: 'From the phone', nick: 'Alix', autojoin: true, extensions });
    await until(() => lastMembership(added) === 'joined', { label: 'the room of the phone' });
    await alice.host.waitFor('conversation.patched', ({ conversationId, patch }) => conversationId === added && patch.isPinned === true);

    await desk().setNotify?.(added as RemoteConversationId, 'mentions');
    const stored = await until(async () => (await phone.people.items(null, 'urn:xmpp:bookmarks:1')).find(({ id, xml }) => id === added && /on-mention/.test(xml)));
    expect(stored.xml).toMatch(/urn:example:colour/);
    expect(stored.xml).toMatch(/bookmarks-pinning/);

    const id = await desk().join(own, {});
    await until(async () => (await phone.people.items(null, 'urn:xmpp:bookmarks:1')).some((item) => item.id === own && /autojoin=["']true/.test(item.xml)));
    await alice.session.membership?.leave(id);
    await until(async () => (await phone.people.items(null, 'urn:xmpp:bookmarks:1')).some((item) => item.id === own && /autojoin=["']false/.test(item.xml)));

    // ejabberd tells nobody of an item that is gone; one that says "not to be in" reaches everybody.
    if (server.product === 'ejabberd') await phone.people.bookmark(added, { autojoin: false });
    else await phone.people.retractItem('urn:xmpp:bookmarks:1', added);
    await until(() => lastMembership(added) === 'left', { label: 'left with the phone' });
    await phone.stop();
  });

  it('twenty are entered at a start, and what was written meanwhile is there once', async () => {
    const rooms: string[] = [];
    for (let count = 0; count < 20; count += 1) {
      const room = await openRoom();
      rooms.push(room);
      await desk().join(room, {});
      await peer.send(room, `before ${room}`, { type: 'groupchat' });
    }
    await until(() => rooms.every((room) => rows().some(({ text }) => text === `before ${room}`)));
    await alice.session.stop();
    for (const room of rooms) await peer.send(room, `meanwhile ${room}`, { type: 'groupchat' });
    const again = openAccount(server, names.own, { savedState: alice.host.savedState });
    await again.session.start();
    await untilOnline(again);
    await until(() => rooms.every((room) => rows(again).filter(({ text }) => text === `meanwhile ${room}`).length === 1), { timeoutMs: 20_000, label: 'every room caught up' });
    await again.session.send(outgoing(rooms[7] ?? '', randomUUID(), 'back'));
    expect(rows(again).filter(({ text }) => text.startsWith('before '))).toEqual([]);
    await close(again);
  });
});
