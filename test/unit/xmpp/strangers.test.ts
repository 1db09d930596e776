// needs: nothing
/** What somebody we know nothing of can make us remember, fetch, say or believe. */
import { describe, expect, it } from 'vitest';
import type { Json } from '#bridge';
import { ownNick } from '../../../bridges/xmpp/own-nick.ts';
import type { AccountLink } from '../../../bridges/xmpp/account-link.ts';
import type { BlockList } from '../../../bridges/xmpp/block-list.ts';
import { conversationOf, personOf } from '../../../bridges/xmpp/ids.ts';
import { ArchiveReader } from '../../../bridges/xmpp/extensions/0313-message-archive.ts';
import { bareJid } from '../../../bridges/xmpp/jid.ts';
import { PresenceBook } from '../../../bridges/xmpp/presence.ts';
import { GatewayBook } from '../../../bridges/xmpp/services/gateway-book.ts';
import type { XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import { elementsOf, endOfQuery, fakeEngine, martaLink, type FakeEngine } from '../../golden/xmpp/subject.ts';
import { createFakeHost } from '../../kit/fake-host.ts';
import { until } from '../../kit/until.ts';

const one = (xml: string): XmlElement => {
  const [read] = elementsOf(xml);
  if (read === undefined) throw new Error('no element');
  return read;
};
const photo = (hash: string): string => `<x xmlns="vcard-temp:x:update"><photo>${hash}</photo></x>`;
const sha1 = 'a'.repeat(40);
const avatarPush = (from: string): XmlElement =>
  one(
    `<message from="${from}" to="marta@levante.example" type="headline"><event xmlns="http://jabber.org/protocol/pubsub#event">` +
      `<items node="urn:xmpp:avatar:metadata"><item id="${sha1}"><metadata xmlns="urn:xmpp:avatar:metadata">` +
      `<info id="${sha1}" bytes="10" type="image/png"/></metadata></item></items></event></message>`,
  );

describe('a stranger', () => {
  it('who sends presence unasked is not remembered, and no picture of theirs is fetched', () => {
    const link = martaLink(fakeEngine());
    const { events } = link.inbox.translate([
      one(`<presence from="who@elsewhere.example/x"><status>hello</status>${photo(sha1)}</presence>`),
      one('<presence from="who@elsewhere.example/y" type="unavailable"/>'),
    ]);
    expect(events).toEqual([]);
    expect(link.presence.deviceOf('who@elsewhere.example')).toBeNull();
  });

  it('who publishes a picture is not fetched it from; a contact is', () => {
    const link = martaLink(fakeEngine());
    expect(link.inbox.translate([avatarPush('who@elsewhere.example')]).events).toEqual([]);
    expect(link.inbox.translate([avatarPush('paul@oriente.example')]).events).toMatchObject([{ person: { avatar: { id: sha1 } } }]);
  });

  it('still may ask, and a contact is still seen', () => {
    const link = martaLink(fakeEngine());
    expect(link.inbox.translate([one('<presence from="who@elsewhere.example" type="subscribe"/>')]).events).not.toEqual([]);
    link.inbox.translate([one('<presence from="paul@oriente.example/phone"/>')]);
    expect(link.presence.deviceOf('paul@oriente.example')).toBe('paul@oriente.example/phone');
  });
});

describe('a question', () => {
  const ask = (from: string | null, payload: string): XmlElement => one(`<iq type="get" id="q"${from === null ? '' : ` from="${from}"`}>${payload}</iq>`);
  const questions = [
    '<ping xmlns="urn:xmpp:ping"/>',
    '<query xmlns="jabber:iq:version"/>',
    '<query xmlns="http://jabber.org/protocol/disco#info"/>',
    '<query xmlns="http://jabber.org/protocol/disco#items"/>',
  ];

  it.each(questions)('%s is answered to whoever may see us', (payload) => {
    const link = martaLink(fakeEngine());
    link.roster.push(one('<query xmlns="jabber:iq:roster"><item jid="gw.example" subscription="none"/></query>'));
    for (const from of [null, 'marta@levante.example/phone', 'paul@oriente.example/pc', 'room@muc.levante.example/anna', 'levante.example', 'muc.levante.example', 'gw.example']) {
      expect(link.inbox.answer(ask(from, payload))?.attribute('type'), String(from)).toBe('result');
    }
  });

  it.each(questions)('%s is refused to others in the words of a server that finds nobody', (payload) => {
    const link = martaLink(fakeEngine());
    link.roster.push(one('<query xmlns="jabber:iq:roster"><item jid="seen@x.example" subscription="to"/></query>'));
    link.inbox.translate([one('<iq type="set" id="1"><block xmlns="urn:xmpp:blocking"><item jid="paul@oriente.example"/></block></iq>')]);
    for (const from of ['who@elsewhere.example/x', 'elsewhere.example', 'levante.example.evil.example', 'who@levante.example/x', 'seen@x.example/x', 'paul@oriente.example/pc', '@']) {
      const answer = link.inbox.answer(ask(from, payload));
      expect(answer?.attribute('type'), from).toBe('error');
      expect(answer?.child('error')?.elements()[0]?.name).toBe('service-unavailable');
    }
    expect(link.inbox.answer(one('<iq type="result" id="q" from="paul@oriente.example"/>'))).toBeNull();
  });
});

describe('encrypted messages', () => {
  const encrypted = (from: string): XmlElement =>
    one(`<message type="chat" id="${from}" from="${from}/x"><encrypted xmlns="eu.siacs.conversations.axolotl"><payload>AAAA</payload></encrypted><body>x</body></message>`);

  it('of any number of strangers take a bounded place, and push no contact out', () => {
    const link = martaLink(fakeEngine());
    link.inbox.translate([encrypted('paul@oriente.example')]);
    for (let index = 0; index < 5_100; index += 1) link.inbox.translate([encrypted(`p${index}@x.example`)]);
    expect(link.inbox.isEncrypted('paul@oriente.example')).toBe(true);
    expect([link.inbox.isEncrypted('p0@x.example'), link.inbox.isEncrypted('p5099@x.example')]).toEqual([false, true]);
  });
});

describe('an archive', () => {
  it('that sends without end is not listened to', async () => {
    let finish: (() => void) | undefined;
    let queryId = '';
    const reader = new ArchiveReader('marta@levante.example', (payload) => {
      queryId = payload.attribute('queryid') ?? '';
      return new Promise((resolve) => {
        finish = () => resolve(endOfQuery());
      });
    });
    const page = reader.read({ archive: 'room@muc.evil.example', pageSize: 20 });
    const sent = (id: number): XmlElement =>
      one(`<message from="room@muc.evil.example"><result xmlns="urn:xmpp:mam:2" queryid="${queryId}" id="${id}"><forwarded xmlns="urn:xmpp:forward:0"><message xmlns="jabber:client"><body>x</body></message></forwarded></result></message>`);
    for (let id = 0; id < 200; id += 1) expect(reader.claim(sent(id))).toBe('taken');
    finish?.();
    expect((await page).messages).toHaveLength(80);
  });
});

describe('presence', () => {
  it('of any number of addresses takes a bounded place', () => {
    const book = new PresenceBook();
    for (let index = 0; index < 20_001; index += 1) book.receive(one(`<presence from="p${index}@x.example/r"/>`), 0);
    expect([book.deviceOf('p19999@x.example'), book.deviceOf('p20000@x.example')]).toEqual(['p19999@x.example/r', null]);
  });
});

describe('blocking', () => {
  const blockListOf = (link: AccountLink): BlockList => link.people.blocks;

  it('a whole domain shuts out its people, and not our own devices and server', () => {
    const link = martaLink(fakeEngine());
    link.inbox.translate([one('<iq type="set" id="1"><block xmlns="urn:xmpp:blocking"><item jid="levante.example"/></block></iq>')]);
    expect(blockListOf(link).keepsAway('other@levante.example/x')).toBe(true);
    expect(blockListOf(link).keepsAway('marta@levante.example')).toBe(false);
    const { events } = link.inbox.translate([
      one('<iq type="set" id="2" from="marta@levante.example"><unblock xmlns="urn:xmpp:blocking"><item jid="levante.example"/></unblock></iq>'),
    ]);
    expect(events).toMatchObject([{ type: 'blocked.changed', address: 'levante.example', isBlocked: false }]);
  });

  it('one person in a room leaves the room and the others there', async () => {
    const asked: string[] = [];
    const link = martaLink(
      fakeEngine((payload) => {
        asked.push(serialize(payload));
        return Promise.resolve(one('<iq type="result"/>'));
      }),
    );
    await link.people.blocks.block('room@muc.levante.example/Troll', null);
    expect(asked[0]).toContain('jid="room@muc.levante.example/Troll"');
    link.inbox.translate([one('<iq type="set" id="1"><block xmlns="urn:xmpp:blocking"><item jid="room@muc.levante.example/Spam"/></block></iq>')]);
    for (const nick of ['Troll', 'Spam']) expect(link.people.blocks.keepsAway(`room@muc.levante.example/${nick}`)).toBe(true);
    expect(link.people.blocks.keepsAway('room@muc.levante.example/anna')).toBe(false);
    expect(link.people.blocks.keepsAway('room@muc.levante.example')).toBe(false);
    // The nickname we carry ourselves, should somebody blocked have had it before.
    await link.people.blocks.block('room@muc.levante.example/marta', null);
    expect(link.people.blocks.keepsAway('room@muc.levante.example/marta')).toBe(false);
  });

  it('a server that pushes more and more of it fills no memory', () => {
    const link = martaLink(fakeEngine());
    for (let batch = 0; batch < 3; batch += 1) {
      const items = Array.from({ length: 10_000 }, (_, index) => `<item jid="p${batch}-${index}@x.example"/>`).join('');
      link.inbox.translate([one(`<iq type="set" id="b${batch}"><block xmlns="urn:xmpp:blocking">${items}</block></iq>`)]);
    }
    expect(blockListOf(link).keepsAway('p1-9999@x.example')).toBe(true);
    expect(blockListOf(link).keepsAway('p2-9999@x.example')).toBe(false);
  });
});

describe('our own presence', () => {
  it('in a session of an earlier run is said once more, and followed', async () => {
    const engine = fakeEngine();
    const link = martaLink(engine);
    await link.people.ownPresence.setPresence('busy', 'In a meeting');
    void link.extensions.online(false);
    expect(engine.sent.filter((xml) => !xml.includes('to='))).toEqual([expect.stringContaining('<show>dnd</show>')]);
    engine.sent.length = 0;
    await link.people.ownPresence.setPresence('online', '');
    expect(engine.sent[0]).not.toContain('<show>');
    link.people.ownPresence.detach();
  });

  it('of an invisible person stays unsaid there', async () => {
    const engine = fakeEngine();
    const link = martaLink(engine);
    await link.people.ownPresence.setPresence('offline', '');
    void link.extensions.online(false);
    expect(engine.sent[0]).toBe('<presence type="unavailable"/>');
    expect(engine.sent.filter((xml) => xml.startsWith('<presence') && !xml.includes('to=') && !xml.includes('unavailable'))).toEqual([]);
    link.people.ownPresence.detach();
  });
});

/** Everybody on `evil.example` says that it is a gateway where we are signed in. */
function gatewayEngine(listed: readonly string[]): FakeEngine {
  const engine = fakeEngine();
  const answerOf = (to: string, payload: XmlElement): XmlElement => {
    const { namespace } = payload;
    if (namespace === 'http://jabber.org/protocol/disco#items') {
      const items = to === 'levante.example' ? listed.map((jid) => `<item jid="${jid}"/>`).join('') : '';
      return one(`<iq type="result"><query xmlns="${namespace}">${items}</query></iq>`);
    }
    if (namespace === 'http://jabber.org/protocol/disco#info') {
      return one(`<iq type="result"><query xmlns="${namespace}"><identity category="gateway" type="whatsapp"/><feature var="jabber:iq:register"/></query></iq>`);
    }
    return one('<iq type="result"><query xmlns="jabber:iq:register"><registered/></query></iq>');
  };
  return { ...engine, request: ({ to, payload }) => Promise.resolve(answerOf(to ?? 'levante.example', payload)) };
}

describe('a domain that says we are signed in there', () => {
  const subscribe = '<presence from="spy@evil.example" type="subscribe"/>';
  const inRoomOf = async (engine: FakeEngine): Promise<AccountLink> => {
    const link = martaLink(engine);
    const room = { nick: ownNick('marta@levante.example'), newestId: null, newestAtMs: null };
    await link.journal.write({ change: (state) => ({ ...state, rooms: { 'trap@evil.example': room } }) });
    await link.gateways.online(true);
    return link;
  };

  it('because we are in a room of it lets nobody see us without our decision', async () => {
    const link = await inRoomOf(gatewayEngine([]));
    expect(link.gateways.networkOf('trap@evil.example')).toBe('whatsapp');
    expect(link.gateways.isOurGuest('spy@evil.example')).toBe(false);
    const { events, replies } = link.inbox.translate([one(subscribe)]);
    expect(replies).toEqual([]);
    expect(events).toContainEqual(expect.objectContaining({ conversation: expect.objectContaining({ remoteId: conversationOf('spy@evil.example'), membership: 'requested', peerId: personOf('spy@evil.example') }) }));
  });

  it('neither by anything we do there but signing in', async () => {
    const link = await inRoomOf(gatewayEngine([]));
    await link.gateways.lookAgain('evil.example', false);
    expect(link.gateways.isOurGuest('spy@evil.example')).toBe(false);
    await link.gateways.lookAgain('evil.example', true);
    expect(link.gateways.isOurGuest('spy@evil.example')).toBe(true);
  });

  it('neither by registering a nickname with a room of it', async () => {
    const link = await inRoomOf(gatewayEngine([]));
    await link.gateways.lookAgain('trap@evil.example', true);
    expect(link.gateways.isOurGuest('spy@evil.example')).toBe(false);
  });

  it('brings people who ask first, if the person wants that; who waits is let in once it is changed, also after a restart', async () => {
    const host = createFakeHost();
    const engine = gatewayEngine(['evil.example']);
    const link = martaLink(engine, host);
    await link.gateways.online(true);
    await link.gateways.setLetsPeopleIn('evil.example', false);
    const asked = link.inbox.translate([one(subscribe)]);
    expect([asked.replies, link.requests.has('spy@evil.example'), link.gateways.isOurGuest('spy@evil.example')]).toEqual([[], true, true]);
    await link.gateways.lookAgain('evil.example', false);
    expect(link.gateways.letsIn('spy@evil.example')).toBe(false);
    expect(new GatewayBook(JSON.parse(JSON.stringify(link.journal.state.extensions['gateways'])) as Json).letsPeopleIn('evil.example')).toBe(false);
    engine.sent.length = 0;
    await link.gateways.setLetsPeopleIn('evil.example', true);
    expect(engine.sent.map((xml) => /type="(\w+)"/.exec(xml)?.[1])).toEqual(['subscribed', 'subscribe']);
    expect(link.requests.has('spy@evil.example')).toBe(false);
    expect(link.inbox.translate([one(subscribe)]).replies).toHaveLength(2);
    await expect(link.gateways.setLetsPeopleIn('other.example', true)).rejects.toMatchObject({ fault: { code: 'not-found' } });
  });

  it('that our own server lists, or that is a contact, is believed', async () => {
    const listed = await inRoomOf(gatewayEngine(['evil.example']));
    expect(listed.gateways.isOurGuest('spy@evil.example')).toBe(true);
    const link = martaLink(gatewayEngine([]));
    link.roster.push(one('<query xmlns="jabber:iq:roster"><item jid="gw.example" subscription="both"/></query>'));
    await link.gateways.online(true);
    await until(() => link.gateways.isOurGuest('anna@gw.example'));
  });
});

describe('an address', () => {
  it.each(['\u202e', '\u2066', '\u200f', '\u0007', '\ufeff'])('with %j in it is none', (unseen) => {
    expect(bareJid(`a${unseen}b@x.example`)).toBeNull();
    expect(bareJid(`ab@x${unseen}.example`)).toBeNull();
  });

  it('in any script is one', () => {
    expect(bareJid('Jüri.Õun@Näide.example/x')).toBe('jüri.õun@näide.example');
    expect(bareJid('مريم@مثال.example')).toBe('مريم@مثال.example');
  });
});
