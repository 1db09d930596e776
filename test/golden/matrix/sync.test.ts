// needs: nothing
/**
 * Raw sync responses → the events for the engine. One file a case: `responses` in order, and after each what is said.
 * `UPDATE_GOLDEN=1` writes what is said now into the files; read the difference before you keep it.
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { applySync } from '../../../bridges/matrix/receive.ts';
import { lastingEvents } from '../../../bridges/matrix/receive/outcome.ts';
import { openMatrixStore } from '../../../bridges/matrix/store/matrix-store.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

interface GoldenCase {
  readonly about: string;
  readonly selfId: string;
  readonly nowMs: number;
  readonly steps: { readonly response: unknown; events?: readonly BridgeEvent[]; passing?: readonly BridgeEvent[] }[];
}

const folder = new URL('cases/', import.meta.url).pathname;
const isUpdate = process.env['UPDATE_GOLDEN'] === '1';

describe('golden sync responses', () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.json')))('%s', (name) => {
    const path = join(folder, name);
    const golden = JSON.parse(readFileSync(path, 'utf8')) as GoldenCase;
    const store = openMatrixStore(join(tempFolder('golden'), 'matrix.sqlite'));
    const typing = new Map<string, ReadonlySet<string>>();
    for (const [index, step] of golden.steps.entries()) {
      const { selfId, nowMs } = golden;
      const outcome = store.transaction(() =>
        applySync(step.response, { store, selfId, nowMs, typing, isCatchingUp: index === 1 }),
      );
      const events = JSON.parse(JSON.stringify(lastingEvents(outcome))) as BridgeEvent[];
      const passing = JSON.parse(JSON.stringify(outcome.passing)) as BridgeEvent[];
      if (isUpdate) Object.assign(step, { events, passing });
      else expect({ events, passing }, `${golden.about}, step ${String(index)}`).toEqual({ events: step.events, passing: step.passing });
    }
    store.close();
    if (isUpdate) writeFileSync(path, `${JSON.stringify(golden, null, 2)}\n`);
  });
});
