/** Whatever a program does, it must not notice that its records lie in SQLite. */
import { expect, it } from 'vitest';
import { inMemory, inSqlite } from './kit/implementations.ts';
import { runProgram } from './kit/random-program.ts';

const programCount = 60;

it(`${programCount} random programs are answered as fake-indexeddb answers them, over restarts`, async () => {
  let lineCount = 0;
  for (let seed = 1; seed <= programCount; seed += 1) {
    const [theirs, ours] = [await runProgram(seed, inMemory()), await runProgram(seed, inSqlite())];
    expect(ours, `program ${seed}`).toEqual(theirs);
    lineCount += theirs.length;
  }
  // The programs do something.
  expect(lineCount).toBeGreaterThan(programCount * 30);
}, 60_000);
