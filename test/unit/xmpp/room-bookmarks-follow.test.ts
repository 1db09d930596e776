import { expect, it } from 'vitest';
import type { ExtensionContext } from '../../../bridges/xmpp/extension.ts';
import { RoomBookmarks } from '../../../bridges/xmpp/room-bookmarks.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import type { XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { elementsOf } from '../../golden/xmpp/subject.ts';

/** An account that was in two rooms when it was last online; `items` is what its server has now. */
async function follow(items: string, known = { 'a@muc': true, 'b@muc': true }) {
  const left: string[] = [];
  const published: string[] = [];
  const rooms = { has: () => true, isJoined: () => true, nick: () => 'n', about: () => ({ title: null }), leave: (room: string) => left.push(room) };
  const state = { rooms: { 'a@muc': { nick: 'n' }, 'b@muc': { nick: 'n' } } };
  const link = { rooms, journal: { state, write: () => Promise.resolve() }, secrets: { delete: () => Promise.resolve() }, ownBareJid: 'me@a', services: { info: () => Promise.resolve({ identities: [], features: new Set(['urn:xmpp:bookmarks:1#compat']), fields: new Map() }) } };
  const request = ({ type, payload }: { type: string; payload: XmlElement }) => {
    if (type === 'set') published.push(/item id="([^"]*)"/.exec(serialize(payload))?.[1] ?? '');
    const [answer] = elementsOf(`<iq><pubsub xmlns="http://jabber.org/protocol/pubsub"><items node="urn:xmpp:bookmarks:1">${items}</items></pubsub></iq>`);
    return Promise.resolve(answer);
  };
  const context = { link, engine: { isOnline: true, request }, log: { info: () => undefined }, now: Date.now, saved: () => ({ known, pending: {} }), write: () => Promise.resolve() };
  await new RoomBookmarks(context as unknown as ExtensionContext).online(true);
  await new Promise((resolve) => setImmediate(resolve));
  return { left, published };
}
const item = (room: string, isAutojoin = true): string => `<item id="${room}"><conference xmlns="urn:xmpp:bookmarks:1" autojoin="${isAutojoin}"/></item>`;

it('leaves what another client removed while we were away', async () => {
  expect(await follow(item('a@muc'))).toEqual({ left: ['b@muc'], published: [] });
  expect(await follow(item('a@muc') + item('b@muc', false))).toEqual({ left: ['b@muc'], published: [] });
});

it('stays where nothing changed, and tells of rooms that only we know', async () => {
  expect(await follow(item('a@muc') + item('b@muc'))).toEqual({ left: [], published: [] });
  expect(await follow(item('a@muc'), { 'a@muc': true } as never)).toEqual({ left: [], published: ['b@muc'] });
});

it('puts its rooms back on a server that lost them all', async () => {
  expect(await follow('')).toEqual({ left: [], published: ['a@muc', 'b@muc'] });
});
