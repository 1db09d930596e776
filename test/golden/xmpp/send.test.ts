// needs: nothing
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Actions } from '../../../bridges/xmpp/actions.ts';
import { element } from '../../../bridges/xmpp/stream/xml/element.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import { elementsOf, fakeEngine, martaLink, room, withoutRandomIds, type FakeEngine } from './subject.ts';

const folder = join(import.meta.dirname, 'send');

const anna = `<presence from="${room}/Anna M"><occupant-id xmlns="urn:xmpp:occupant-id:0" id="occ-anna"/>
  <x xmlns="http://jabber.org/protocol/muc#user"><item affiliation="none" role="participant" jid="anna@oriente.example/z"/></x></presence>`;

const slot = { putUrl: 'https://up.levante.example/put/plan.png', getUrl: 'https://up.levante.example/get/plan.png', headers: {} };

/** What a person does (`*.json`: the method and its arguments), and what goes over the wire (`*.xml`). */
describe('sent', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    it(file.replace('.json', ''), async () => {
      const engine: FakeEngine = fakeEngine(async (payload) => {
        engine.sent.push(serialize(payload));
        return element('iq', { xmlns: 'jabber:client', type: 'result' });
      });
      const link = martaLink(engine);
      vi.spyOn(link.services, 'requestSlot').mockResolvedValue(slot);
      vi.spyOn(link.files, 'upload').mockResolvedValue();
      for (const presence of elementsOf(anna)) link.rooms.receivePresence(presence);
      link.rooms.learn(room, { isMembersOnly: file.includes('closed-room') });
      link.roomMarkers.asked(room, 'asked-1');
      engine.sent.length = 0;
      const actions = new Actions(link, engine);
      const [method, ...args] = JSON.parse(readFileSync(join(folder, file), 'utf8')) as [keyof Actions, ...unknown[]];
      await (actions[method] as (...given: unknown[]) => Promise<unknown>).apply(actions, args);
      const wire = engine.sent.map((xml) => `${withoutRandomIds(xml).replaceAll('><', '>\n<')}\n`).join('\n');
      await expect(wire === '' ? '<!-- nothing is sent -->\n' : wire).toMatchFileSnapshot(join(folder, file.replace('.json', '.xml')));
    });
  }
});
