// needs: nothing
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { serialize } from '../../../bridges/xmpp/stream/xml/serialize.ts';
import { elementsOf, endOfQuery, fakeEngine, martaLink, nowMs, pretty } from './subject.ts';

const folder = join(import.meta.dirname, 'receive');

beforeAll(() => void vi.useFakeTimers({ now: nowMs, toFake: ['Date'] }));
afterAll(() => void vi.useRealTimers());

/** What arrives on the wire (`*.xml`), and what becomes of it (`*.json`). */
describe('received', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.xml'))) {
    it(file.replace('.xml', ''), async () => {
      const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
      let queryId = '';
      const engine = fakeEngine(async (payload) => {
        queryId = payload.attribute('queryid') ?? '';
        await answered;
        return endOfQuery();
      });
      const link = martaLink(engine);
      vi.spyOn(link.services, 'hasArchive', 'get').mockReturnValue(true);
      const page = link.reader.read({ before: '', pageSize: 250 });

      const events: BridgeEvent[] = [];
      const xml = readFileSync(join(folder, file), 'utf8').replaceAll('QUERY', queryId);
      for (const stanza of elementsOf(xml)) {
        const claimed = link.reader.claim(stanza);
        if (claimed === 'forged') events.push({ type: 'security', rule: 'archive-spoof', detail: stanza.attribute('from') ?? '' });
        if (claimed !== 'other') continue;
        const translation = link.inbox.translate([stanza]);
        events.push(...translation.events);
        engine.sent.push(...translation.replies.map((reply) => serialize(reply)));
      }
      answer();
      const missed = link.inbox.translateArchived((await page).messages, 'catchup', null);
      events.push(...missed.events);
      engine.sent.push(...missed.replies.map((reply) => serialize(reply)));
      await expect(pretty(events, engine.sent)).toMatchFileSnapshot(join(folder, file.replace('.xml', '.json')));
    });
  }
});
