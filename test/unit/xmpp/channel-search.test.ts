// needs: nothing
import { describe, expect, it } from 'vitest';
import { channelQuery, channelSearch, olderChannelSearch, readChannels } from '../../../bridges/xmpp/extensions/0433-channel-search.ts';
import { searchRooms } from '../../../bridges/xmpp/search-rooms.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import type { XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { elementsOf, fakeEngine, martaLink } from '../../golden/xmpp/subject.ts';

const one = (xml: string): XmlElement => {
  const [read] = elementsOf(xml);
  if (read === undefined) throw new Error('no element');
  return read;
};
const answer = (items: string, namespace = channelSearch.namespace): XmlElement =>
  one(`<iq type="result"><result xmlns="${namespace}">${items}</result></iq>`);

describe('searching for rooms (XEP-0433)', () => {
  it('asks in both ways', () => {
    const wire = serialize(channelQuery(channelSearch, 'tea & cake'));
    expect(wire).toContain('<search xmlns="urn:xmpp:channel-search:0:search">');
    expect(wire).toContain('urn:xmpp:channel-search:0:search-params');
    expect(wire).toContain('tea &amp; cake');
    expect(serialize(channelQuery(olderChannelSearch, 'x'))).toContain('https://xmlns.zombofant.net/muclumbus/search/1.0#params');
  });

  it('reads rooms, and nothing that is none', () => {
    const items =
      '<item address="tea@muc.example/nick"><name> Tea </name><description>About tea</description><nusers>12</nusers><is-open/></item>' +
      '<item address="muc.example"><name>A service</name></item><item><name>Nowhere</name></item>' +
      '<item address="club@muc.example"><nusers>-3</nusers></item>';
    expect(readChannels(answer(items), channelSearch)).toEqual([
      { address: 'tea@muc.example', name: 'Tea', description: 'About tea', memberCount: 12, isPasswordProtected: false, isMembersOnly: false },
      { address: 'club@muc.example', name: null, description: null, memberCount: null, isPasswordProtected: false, isMembersOnly: true },
    ]);
    const flood = Array.from({ length: 5_000 }, (_, index) => `<item address="r${index}@muc.example"><name>${'n'.repeat(600)}</name></item>`).join('');
    const many = readChannels(answer(flood), channelSearch);
    expect([many.length, many[0]?.name?.length]).toEqual([200, 500]);
    expect(readChannels(answer(items, 'urn:other'), channelSearch)).toEqual([]);
  });

  it('asks for the page behind the last, and for none where the service does not page', async () => {
    const searched: string[] = [];
    const set = (more: string) => `<set xmlns="http://jabber.org/protocol/rsm">${more}</set>`;
    const pages = [
      '<item address="one@far.example"><is-open/></item>' + set('<first index="0">a</first><last>a</last><count>2</count>'),
      '<item address="two@far.example"><is-open/></item>' + set('<first index="1">b</first><last>b</last><count>2</count>'),
    ];
    const engine = fakeEngine((payload) => {
      if (payload.name !== 'search') return Promise.resolve(one('<iq type="result"><query xmlns="http://jabber.org/protocol/disco#items"/></iq>'));
      searched.push(serialize(payload));
      return Promise.resolve(answer(pages[searched.length - 1] ?? '', olderChannelSearch.namespace));
    });
    const ask = (next: string | null) => searchRooms(martaLink(engine), engine, { text: 'o', service: 'muc.example', next, signal: new AbortController().signal });
    const first = await ask(null);
    expect([first.rooms.map(({ address }) => address), first.next]).toEqual([['one@far.example'], '|a']);
    const second = await ask(first.next);
    expect([second.rooms.map(({ address }) => address), second.next]).toEqual([['two@far.example'], null]);
    expect(searched[1]).toContain('<after>a</after>');
    expect((await ask('nonsense')).next).toBeNull();
  });

  const world = (features: string, search: () => Promise<XmlElement>, list = '<item jid="tea@muc.example" name="Tea"/>') => {
    const asked: string[] = [];
    const engine = fakeEngine(async (payload) => {
      asked.push(payload.name);
      if (payload.name === 'search') return search();
      if (payload.is('query', 'http://jabber.org/protocol/disco#items')) {
        if (list === '') throw new Error('no list here');
        return one(`<iq type="result"><query xmlns="http://jabber.org/protocol/disco#items">${list}</query></iq>`);
      }
      return one(`<iq type="result"><query xmlns="http://jabber.org/protocol/disco#info"><identity category="conference" type="text"/>${features}</query></iq>`);
    });
    const find = async (text: string) =>
      (await searchRooms(martaLink(engine), engine, { text, service: 'muc.example', next: null, signal: AbortSignal.timeout(5_000) })).rooms.map(({ address }) => address);
    return { asked, find };
  };
  const found = (namespace: string) => () =>
    Promise.resolve(answer('<item address="tea@muc.example"/><item address="cake@other.example"><name>Cake</name><is-open/></item>', namespace));

  it('adds what the service finds to what it lists, each room once', async () => {
    const { find } = world('<feature var="urn:xmpp:channel-search:0:search"/>', found(channelSearch.namespace));
    expect(await find('tea')).toEqual(['tea@muc.example', 'cake@other.example']);
  });

  it('tries the older way where none is announced, and goes on without it', async () => {
    expect(await world('', found(olderChannelSearch.namespace)).find('tea')).toEqual(['tea@muc.example', 'cake@other.example']);
    expect(await world('', () => Promise.reject(new Error('what?'))).find('tea')).toEqual(['tea@muc.example']);
  });

  it('needs no list of a directory, asks nothing of it without a text, and says when both fail', async () => {
    expect(await world('', found(olderChannelSearch.namespace), '').find('tea')).toEqual(['tea@muc.example', 'cake@other.example']);
    const listed = world('', found(olderChannelSearch.namespace));
    expect(await listed.find('')).toEqual(['tea@muc.example']);
    expect(listed.asked).not.toContain('search');
    await expect(world('', () => Promise.reject(new Error('what?')), '').find('tea')).rejects.toThrow('no list here');
  });
});
