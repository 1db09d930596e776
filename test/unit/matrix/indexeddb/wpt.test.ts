/**
 * The web-platform tests, as far as they concern what a crypto store may do: see kit/wpt-cases.ts and README.md. No answer is
 * known to differ from the one wanted; fake-indexeddb in memory stands beside us, so that a case that is wrong is noticed.
 */
import { afterEach, describe, expect, it } from 'vitest';
import { inMemory, inSqlite, type Implementation } from './kit/implementations.ts';
import { wptCases } from './kit/wpt-cases.ts';
import { worldOf } from './kit/wpt-world.ts';

describe.each([
  { name: 'in SQLite', open: inSqlite },
  { name: 'in memory', open: inMemory },
])('$name', ({ open }) => {
  let opened: Implementation | undefined;
  afterEach(() => opened?.end());

  it.each(wptCases)('$file', async ({ run, answer }) => {
    opened = open();
    expect(await run(worldOf(opened))).toEqual(answer);
  });
});
