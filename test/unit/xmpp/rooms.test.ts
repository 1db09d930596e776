import { describe, expect, it } from 'vitest';
import { Rooms } from '../../../bridges/xmpp/rooms.ts';
import { element, type XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { ns } from '../../../bridges/xmpp/namespaces.ts';

const room = 'plans@muc.example';

function harness(): { rooms: Rooms; sentTo: string[] } {
  const sentTo: string[] = [];
  const rooms = new Rooms({
    ownBareJid: 'marta@a.example',
    send: (stanza) => sentTo.push(stanza.attribute('to') ?? '') > 0,
    request: () => new Promise(() => undefined),
  });
  return { rooms, sentTo };
}

const refusal = (nick: string, condition: string): XmlElement =>
  element(
    'presence',
    { xmlns: ns.client, from: `${room}/${nick}`, type: 'error' },
    element('error', {}, element(condition, { xmlns: ns.stanzaErrors })),
  );

const self = (nick: string): XmlElement =>
  element(
    'presence',
    { xmlns: ns.client, from: `${room}/${nick}` },
    element('x', { xmlns: ns.mucUser }, element('item', { affiliation: 'none' }), element('status', { code: '110' })),
  );

describe('being in a room', () => {
  const other = (nick: string, more: readonly XmlElement[] = [], type?: string): XmlElement =>
    element('presence', { xmlns: ns.client, from: `${room}/${nick}`, type }, element('x', { xmlns: ns.mucUser }, element('item', { affiliation: 'none', role: 'participant' }), ...more));

  it('says who is there once everybody was told of, and again after a lost session', async () => {
    const { rooms } = harness();
    const joined = rooms.join(room, 'marta', { hasArchive: false, title: null });
    rooms.receivePresence(other('Anna'));
    rooms.receivePresence(other('Ben'));
    const events = rooms.receivePresence(self('marta')) ?? [];
    await joined;
    expect(events.find(({ type }) => type === 'participants.replaced')).toMatchObject({ personIds: ['marta@a.example', `${room}/Anna`, `${room}/Ben`] });
    rooms.lost();
    const again = rooms.join(room, 'marta', { hasArchive: false });
    rooms.receivePresence(other('Ben'));
    expect(rooms.receivePresence(self('marta'))).toContainEqual(expect.objectContaining({ personIds: ['marta@a.example', `${room}/Ben`] }));
    await again;
  });

  it('goes back to a room that shut down, and not to one that put us out', async () => {
    const { rooms } = harness();
    const joined = rooms.join(room, 'marta', { hasArchive: false, title: null });
    rooms.receivePresence(self('marta'));
    await joined;
    const status = (code: string): XmlElement => element('status', { code });
    expect(rooms.receivePresence(other('marta', [status('332'), status('110')], 'unavailable'))).toEqual([]);
    expect([rooms.isJoined(room), rooms.isWaiting(room)]).toEqual([false, true]);
    const again = rooms.join(room, 'marta', {});
    rooms.receivePresence(self('marta'));
    await again;
    rooms.receivePresence(other('marta', [status('307'), status('110')], 'unavailable'));
    expect([rooms.isJoined(room), rooms.isWaiting(room), rooms.has(room)]).toEqual([false, false, true]);
  });

  it('offers nothing that rank and role do not allow', async () => {
    const { rooms } = harness();
    expect(rooms.powers(room)).toMatchObject({ ownRank: 'none', canInvite: false });
    const joined = rooms.join(room, 'marta', { isMembersOnly: true, moderation: 'current' });
    rooms.receivePresence(self('marta'));
    await joined;
    expect(Object.values(rooms.powers(room)).filter((power) => power === true)).toEqual([]);
  });

  it('keeps invitations over a restart, without their passwords', () => {
    const { rooms } = harness();
    rooms.invited({ room: 'r@muc.example', by: 'ben@b.example', reason: 'come', password: 'secret', isMediated: true });
    const invitations = structuredClone(rooms.savedInvitations);
    expect(JSON.stringify(invitations)).not.toContain('secret');
    const later = new Rooms({ ownBareJid: 'marta@a.example', invitations, send: () => true, request: () => new Promise(() => undefined) });
    expect(later.invitation('r@muc.example')).toEqual({ room: 'r@muc.example', by: 'ben@b.example', reason: 'come', password: null, isMediated: true });
    later.settleInvitation('r@muc.example');
    expect(later.savedInvitations).toEqual([]);
  });

  it('takes no more invitations than a person could look at', () => {
    const { rooms } = harness();
    const invite = (count: number) => rooms.invited({ room: `r${count}@muc.example`, by: null, reason: '', password: null, isMediated: false });
    for (let count = 0; count < 100; count += 1) expect(invite(count)).toHaveLength(1);
    expect(invite(100)).toBeNull();
    rooms.settleInvitation('r3@muc.example');
    expect(invite(100)).toHaveLength(1);
  });
});

describe('entering a room', () => {
  it.each([
    ['not-authorized', 'password-required'],
    ['registration-required', 'members-only'],
    ['forbidden', 'banned'],
  ])('says what to do about %s', async (condition, detail) => {
    const { rooms } = harness();
    const refused = rooms.join(room, 'marta', {});
    rooms.receivePresence(refusal('marta', condition));
    await expect(refused).rejects.toMatchObject({ fault: { code: 'forbidden', detail } });
  });

  it('leaves a taken nickname to the person who asks for it', async () => {
    const { rooms, sentTo } = harness();
    const refused = rooms.join(room, 'marta', {}, { keepsNick: true });
    rooms.receivePresence(refusal('marta', 'conflict'));
    await expect(refused).rejects.toMatchObject({ fault: { code: 'conflict', detail: 'nickname-taken' } });
    expect(sentTo).toHaveLength(1);
  });

  it('tries another nickname when ours is taken', async () => {
    const { rooms, sentTo } = harness();
    const joined = rooms.join(room, 'marta', { hasArchive: false, title: null });
    rooms.receivePresence(refusal('marta', 'conflict'));
    rooms.receivePresence(self('marta_'));
    await joined;
    expect(sentTo).toEqual([`${room}/marta`, `${room}/marta_`]);
    expect(rooms.nick(room)).toBe('marta_');
    expect(rooms.isJoined(room)).toBe(true);
  });

  it('gives up when there is no nickname left, or the room refuses', async () => {
    const { rooms } = harness();
    const crowded = rooms.join(room, 'marta', { hasArchive: false, title: null });
    for (let count = 0; count < 6; count += 1) rooms.receivePresence(refusal('x', 'conflict'));
    await expect(crowded).rejects.toMatchObject({ fault: { code: 'conflict' } });
    const closed = rooms.join(room, 'marta', { hasArchive: false, title: null });
    rooms.receivePresence(refusal('marta', 'registration-required'));
    await expect(closed).rejects.toMatchObject({ fault: { code: 'forbidden' } });
    expect(rooms.has(room)).toBe(false);
  });
});
