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

describe('entering a room', () => {
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
