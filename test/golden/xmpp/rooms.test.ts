// needs: nothing
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { RoomDesk } from '../../../bridges/xmpp/room-desk.ts';
import { element } from '../../../bridges/xmpp/stream/xml/element.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import { elementsOf, fakeEngine, martaLink, room, withoutRandomIds, type FakeEngine } from './subject.ts';

const folder = join(import.meta.dirname, 'rooms');

/** What a room answers to the question for its settings. */
const settings = `<iq type="result"><query xmlns="http://jabber.org/protocol/muc#owner"><x xmlns="jabber:x:data" type="form">
  <field var="FORM_TYPE" type="hidden"><value>http://jabber.org/protocol/muc#roomconfig</value></field>
  <field var="muc#roomconfig_roomname" type="text-single" label="Name"><value>Room</value></field>
  <field var="muc#roomconfig_publicroom" type="boolean" label="Public"><value>1</value></field></x></query></iq>`;
const anna = `<presence from="${room}/Anna"><occupant-id xmlns="urn:xmpp:occupant-id:0" id="occ-anna"/>
  <x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="participant" jid="anna@oriente.example/z"/></x></presence>`;
const ben = `<presence from="${room}/Ben"><occupant-id xmlns="urn:xmpp:occupant-id:0" id="occ-ben"/>
  <x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="participant"/></x></presence>`;

/** What a person does in a room (`*.json`: the method and its arguments), and what goes over the wire (`*.xml`). */
describe('in a room', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    it(file.replace('.json', ''), async () => {
      const engine: FakeEngine = fakeEngine(async (payload) => {
        engine.sent.push(serialize(payload));
        const isQuestion = payload.is('query', 'http://jabber.org/protocol/muc#owner') && payload.children.length === 0;
        const [answer] = isQuestion ? elementsOf(settings) : [];
        return answer ?? element('iq', { xmlns: 'jabber:client', type: 'result' });
      });
      const link = martaLink(engine);
      for (const presence of elementsOf(anna + ben)) link.rooms.receivePresence(presence);
      link.rooms.learn(room, { moderation: file.includes('old') ? 'old' : 'current', isMembersOnly: file.includes('members-only') });
      engine.sent.length = 0;
      const desk = new RoomDesk(link, engine);
      const [method, ...args] = JSON.parse(readFileSync(join(folder, file), 'utf8')) as ['kick', ...unknown[]];
      await (desk[method] as (...given: unknown[]) => Promise<unknown>).apply(desk, args);
      const wire = engine.sent.map((xml) => `${withoutRandomIds(xml).replaceAll('><', '>\n<')}\n`).join('\n');
      await expect(wire).toMatchFileSnapshot(join(folder, file.replace('.json', '.xml')));
    });
  }
});
