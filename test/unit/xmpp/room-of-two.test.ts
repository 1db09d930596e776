/** A chat of two that a gateway can only bring as a room. */
import { describe, expect, it } from 'vitest';
import { networkId, type NetworkId, type RemoteConversation } from '#model';
import type { BridgeEvent } from '#bridge';
import { Rooms } from '../../../bridges/xmpp/rooms.ts';
import type { RoomAbout } from '../../../bridges/xmpp/room-about.ts';
import { element, type XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { ns } from '../../../bridges/xmpp/namespaces.ts';
import { elementsOf, fakeEngine, martaLink } from '../../golden/xmpp/subject.ts';

const room = '!abc@matrix.example';
const bob = String.raw`\40bob\3alocalhost@matrix.example`;
const ofTwo = { exists: true, isMembersOnly: true, memberCount: 2, title: 'Bob' };

const presence = (nick: string, jid: string | undefined, type?: string): XmlElement =>
  element('presence', { xmlns: ns.client, from: `${room}/${nick}`, type }, element('x', { xmlns: ns.mucUser }, element('item', { affiliation: 'member', role: 'participant', jid })));
const self = element(
  'presence',
  { xmlns: ns.client, from: `${room}/marta` },
  element('x', { xmlns: ns.mucUser }, element('item', { affiliation: 'member', role: 'participant' }), element('status', { code: '110' })),
);

interface Setting {
  readonly about?: Partial<RoomAbout>;
  readonly network?: NetworkId | undefined;
  readonly others?: readonly (readonly [nick: string, jid: string | undefined])[];
}

async function enter({ about = {}, network = networkId('matrix'), others = [['Bob', `${bob}/here`]] }: Setting = {}, isPlain = false) {
  const rooms = new Rooms({
    ownBareJid: 'marta@a.example',
    send: () => true,
    request: () => new Promise(() => undefined),
    networkOf: () => (isPlain ? undefined : network),
  });
  const joined = rooms.join(room, 'marta', { ...ofTwo, ...about });
  for (const [nick, jid] of others) rooms.receivePresence(presence(nick, jid));
  const events = rooms.receivePresence(self) ?? [];
  await joined;
  return { rooms, events };
}
const told = (events: readonly BridgeEvent[]): RemoteConversation | undefined => events.flatMap((event) => (event.type === 'conversation.upserted' ? [event.conversation] : [])).at(-1);

describe('a room of two behind a gateway', () => {
  it('is a conversation with the other person, who comes with a name', async () => {
    const { events } = await enter();
    expect(told(events)).toMatchObject({ kind: 'direct', peerId: bob, title: 'Bob', network: 'matrix', membership: 'joined' });
    expect(events[0]).toEqual({ type: 'person.upserted', person: { remoteId: bob, displayName: 'Bob', handle: bob } });
  });

  it.each<readonly [string, Setting, boolean]>([
    ['on no other network', {}, true],
    ['open to everybody', { about: { isMembersOnly: false } }, false],
    ['with more members than are here', { about: { memberCount: 3 } }, false],
    ['that somebody named', { about: { title: 'Orders' } }, false],
    ['that hides who they are', { others: [['Bob', undefined]] }, false],
    ['with nobody else', { others: [] }, false],
    ['with two others', { others: [['Bob', bob], ['Carol', 'carol@matrix.example']] }, false],
  ])('stays a room %s', async (_how, setting, isPlain) => {
    const { events } = await enter(setting, isPlain);
    expect(told(events)).toMatchObject({ kind: 'group' });
    expect(told(events)?.peerId).toBeUndefined();
  });

  it('becomes a room when somebody joins them, and a conversation again when they go', async () => {
    const { rooms } = await enter();
    expect(told(rooms.receivePresence(presence('Carol', 'carol@matrix.example')) ?? [])).toMatchObject({ kind: 'group' });
    expect(told(rooms.receivePresence(presence('Carol', undefined, 'unavailable')) ?? [])).toMatchObject({ kind: 'direct', peerId: bob });
  });

  it('is one to enter again, as any room, once we are out of it', async () => {
    const { rooms } = await enter();
    rooms.lost();
    expect(rooms.describe(room, 'left')).toMatchObject({ kind: 'group' });
  });

  it('is silent when that person is blocked, live and from the archive', async () => {
    const answers: Readonly<Record<string, string>> = {
      'http://jabber.org/protocol/disco#items': '<iq type="result"><query xmlns="http://jabber.org/protocol/disco#items"><item jid="matrix.example"/></query></iq>',
      'http://jabber.org/protocol/disco#info': '<iq type="result"><query xmlns="http://jabber.org/protocol/disco#info"><identity category="gateway" type="matrix"/></query></iq>',
    };
    const engine = fakeEngine((payload) => Promise.resolve(elementsOf(answers[payload.namespace ?? ''] ?? '<iq type="result"/>')[0] ?? element('iq')));
    const link = martaLink(engine);
    await link.gateways.online(true);
    const joined = link.rooms.join(room, 'marta', { ...ofTwo, hasArchive: true });
    for (const stanza of [presence('Bob', bob), self]) link.rooms.receivePresence(stanza);
    await joined;
    const written = element('message', { xmlns: ns.client, from: `${room}/Bob`, type: 'groupchat', id: 'm1' }, element('body', {}, 'hello'));
    const heard = (): number => link.inbox.translate([written]).events.length + link.inbox.translateArchived([{ id: 'a1', message: written, stampMs: 1 }], 'catchup', room).events.length;
    expect(heard()).toBeGreaterThan(1);
    const push = elementsOf(`<iq type="set" id="b1"><block xmlns="urn:xmpp:blocking"><item jid="${bob}"/></block></iq>`);
    link.inbox.translate(push);
    expect(heard()).toBe(0);
  });
});
