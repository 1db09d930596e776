// needs: tools
/** What is meant to fill the memory: bombs, and a flood. Alone in an engine, so that its memory can be watched. */
import { afterEach, expect, it } from 'vitest';
import { until } from '../../kit/until.ts';
import { flood, xmlBombs } from './cases/bombs.ts';
import type { HostileCase } from './hostile-server.ts';
import { Stage } from './stage.ts';

const floodCount = 100_000;
const megabyte = 1024 * 1024;
/** Of the crowd in the room; who comes later is not counted one by one. */
const shownGuests = 5_000;
let stage: Stage;
afterEach(() => stage.close());

/**
 * The most memory that the engine took over what it had at first, while `work` went on: its resident set with code and
 * files (VmRSS), looked at every 50 ms, less that of the same process with one idle account.
 */
async function growth(work: () => Promise<void>): Promise<number> {
  const before = stage.rssBytes();
  let most = before;
  const timer = setInterval(() => (most = Math.max(most, stage.rssBytes())), 50);
  try {
    await work();
  } finally {
    clearInterval(timer);
  }
  return most - before;
}

/** A first account that does nothing, so that what every account costs is there before it is measured. */
const calm: HostileCase = { id: 'A0-0', title: 'nothing', expected: 'nothing' };

it(`A2-7: ${xmlBombs.bombCount} bombs end their stream and cost no memory, before and after a kill`, { timeout: 120_000 }, async () => {
  stage = await Stage.open([calm, xmlBombs]);
  await stage.untilDone(stage.of('A0-0'), 1);
  const bombs = stage.of('A2-7');
  const grown = await growth(() => stage.untilDone(bombs, 1));
  expect(grown / megabyte).toBeLessThan(64);
  expect(bombs.server.faults).toEqual([]);
  await stage.killAndRestart();
  await stage.untilDone(bombs, 2);
  expect(stage.messages(bombs).filter(({ text }) => text.includes('FORGED'))).toEqual([]);
  expect(stage.damage()).toEqual([]);
});

it(`A4-31: ${floodCount} messages and a crowd at once wait in the socket and not in memory; none is lost`, { timeout: 240_000 }, async () => {
  stage = await Stage.open([calm, flood(floodCount)]);
  await stage.untilDone(stage.of('A0-0'), 1);
  const flooded = stage.of('A4-31');
  const stored = (): number => stage.count(flooded, 'FLOOD %');
  const grown = await growth(async () => {
    await until(() => stored() === floodCount && stage.participantCount(flooded) > shownGuests, { label: 'the whole flood', timeoutMs: 200_000, intervalMs: 500 });
  });
  expect(grown / megabyte).toBeLessThan(64);
  await stage.killAndRestart();
  await stage.untilDone(flooded, 2);
  const texts = stage.messages(flooded).flatMap(({ text }) => (text.startsWith('FLOOD ') ? [Number(text.slice(6))] : []));
  expect(texts.length).toBe(floodCount);
  expect(texts.every((number, index) => number === index)).toBe(true);
  expect(stage.damage()).toEqual([]);
});
