// needs: nothing
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { Actions } from '../../../bridges/xmpp/actions.ts';
import { element } from '../../../bridges/xmpp/stream/xml/element.ts';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import { fakeEngine, martaLink, withoutRandomIds, type FakeEngine } from './subject.ts';

const folder = join(import.meta.dirname, 'send');

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
      const actions = new Actions(link, engine);
      const [method, ...args] = JSON.parse(readFileSync(join(folder, file), 'utf8')) as [keyof Actions, ...unknown[]];
      await (actions[method] as (...given: unknown[]) => Promise<unknown>).apply(actions, args);
      const wire = engine.sent.map((xml) => `${withoutRandomIds(xml).replaceAll('><', '>\n<')}\n`).join('\n');
      await expect(wire === '' ? '<!-- nothing is sent -->\n' : wire).toMatchFileSnapshot(join(folder, file.replace('.json', '.xml')));
    });
  }
});
