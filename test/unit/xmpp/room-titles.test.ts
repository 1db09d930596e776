// needs: nothing
/** Titles in rooms: what the room gave, and nothing that people write about themselves. */
import { describe, expect, it } from 'vitest';
import { networkId } from '#model';
import { Rooms } from '../../../bridges/xmpp/rooms.ts';
import type { XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { elementsOf } from '../../golden/xmpp/subject.ts';

const room = 'school@muc.a.example';
const [current, old] = ['urn:xmpp:hats:0', 'xmpp:prosody.im/protocol/hats:1'];
const hats = (namespace: string, ...titles: readonly string[]): string => `<hats xmlns="${namespace}">${titles.map((title) => `<hat uri="x" title="${title}"/>`).join('')}</hats>`;
const presence = (nick: string, content = '', id = ''): XmlElement[] =>
  elementsOf(`<presence from="${room}/${nick}" id="${id}">${content}<x xmlns="http://jabber.org/protocol/muc#user"><item role="participant"/>${nick === 'marta' ? '<status code="110"/>' : ''}</x></presence>`);

interface Setting {
  /** What is left of our own claim of no titles. */
  readonly echo: string;
  readonly isForeignEcho?: boolean;
  readonly isGateway?: boolean;
  readonly saysSo?: boolean;
}

async function enter({ echo, isForeignEcho = false, isGateway = false, saysSo = false }: Setting): Promise<Rooms> {
  const sent: XmlElement[] = [];
  const rooms = new Rooms({
    ownBareJid: 'marta@a.example',
    send: (stanza) => sent.push(stanza) > 0,
    request: () => new Promise(() => undefined),
    networkOf: () => (isGateway ? networkId('whatsapp') : undefined),
  });
  const joined = rooms.join(room, 'marta', { hasTitles: saysSo });
  const [entrance] = sent;
  expect(entrance?.elements().flatMap(({ name, namespace, children }) => (name === 'hats' ? [[namespace, children.length]] : []))).toEqual([[current, 0], [old, 0]]);
  const others = presence('Anna', hats(current, 'Teacher', ' ', 'Teacher') + hats(old, 'Teacher', 'Clerk'));
  for (const one of [...others, ...presence('marta', echo, isForeignEcho ? 'other' : entrance?.attribute('id'))]) rooms.receivePresence(one);
  await joined;
  return rooms;
}
const titles = (rooms: Rooms): readonly string[] => rooms.titlesOf(room, rooms.occupantNamed(room, 'Anna')?.hats ?? []);

describe('titles in a room', () => {
  it.each<readonly [string, Setting, readonly string[]]>([
    ['none where the room hands on what we claim', { echo: hats(current) + hats(old) }, []],
    ['those of the form that the room takes out of ours', { echo: hats(old) }, ['Teacher']],
    ['those of the older form, too', { echo: hats(current) }, ['Teacher', 'Clerk']],
    ['of both, each once', { echo: '' }, ['Teacher', 'Clerk']],
    ['also where the room put its own in place of ours', { echo: hats(current, 'Head') + hats(old) }, ['Teacher']],
    ['none where both ours and its own stand', { echo: hats(current, 'Head') + hats(current) + hats(old) }, []],
    ['none as long as it is not our own presence that came back', { echo: '', isForeignEcho: true }, []],
    ['those of a room that says it gives them', { echo: hats(current) + hats(old), saysSo: true }, ['Teacher']],
    ['all behind a gateway, which writes every presence itself', { echo: '', isForeignEcho: true, isGateway: true }, ['Teacher', 'Clerk']],
  ])('are %s', async (_which, setting, expected) => {
    expect(titles(await enter(setting))).toEqual(expected);
  });

  it('are ours as well', async () => {
    const rooms = await enter({ echo: hats(current, 'Head') + hats(old) });
    expect(rooms.ownTitles(room)).toEqual(['Head']);
    const [later] = presence('marta', hats(current, 'Deputy'));
    expect(later === undefined ? [] : rooms.receivePresence(later)).toMatchObject([{ type: 'conversation.patched' }]);
    expect(rooms.ownTitles(room)).toEqual(['Deputy']);
  });

  it('are nothing any more once we are out of it', async () => {
    const rooms = await enter({ echo: '' });
    const worn = rooms.occupantNamed(room, 'Anna')?.hats ?? [];
    rooms.lost();
    expect([rooms.titlesOf(room, worn), rooms.ownTitles(room)]).toEqual([[], []]);
  });
});
