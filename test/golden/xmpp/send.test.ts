// needs: nothing
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { Actions } from '../../../bridges/xmpp/actions.ts';
import { fakeEngine, martaLink, withoutRandomIds } from './subject.ts';

const folder = join(import.meta.dirname, 'send');

/** What a person does (`*.json`: the method and its arguments), and what goes over the wire (`*.xml`). */
describe('sent', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.json'))) {
    it(file.replace('.json', ''), async () => {
      const engine = fakeEngine();
      const actions = new Actions(martaLink(engine), engine);
      const [method, ...args] = JSON.parse(readFileSync(join(folder, file), 'utf8')) as [keyof Actions, ...unknown[]];
      await (actions[method] as (...given: unknown[]) => Promise<unknown>).apply(actions, args);
      const wire = engine.sent.map((xml) => `${withoutRandomIds(xml).replaceAll('><', '>\n<')}\n`).join('\n');
      await expect(wire === '' ? '<!-- nothing is sent -->\n' : wire).toMatchFileSnapshot(join(folder, file.replace('.json', '.xml')));
    });
  }
});
