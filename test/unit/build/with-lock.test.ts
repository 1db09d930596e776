import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { projectDir } from '../../../build/setup/paths.mjs';
import { withLock } from '../../../build/setup/with-lock.mjs';

const name = `test-${process.pid}`;
const path = join(projectDir, '.cache', 'locks', name);
afterEach(() => rmSync(path, { force: true }));

it('lets one at a time do the work', async () => {
  let inside = 0;
  const work = (): Promise<number> =>
    withLock(name, async () => {
      inside += 1;
      await new Promise((done) => setImmediate(done));
      return inside--;
    });
  expect(await Promise.all([work(), work(), work()])).toEqual([1, 1, 1]);
});

it('takes over what a process left behind that is gone', async () => {
  mkdirSync(join(projectDir, '.cache', 'locks'), { recursive: true });
  // Above every process number that Linux, macOS or Windows gives out.
  writeFileSync(path, '2147483646');
  expect(await withLock(name, () => Promise.resolve('done'))).toBe('done');
});

it('is let go when the work fails', async () => {
  await expect(withLock(name, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await withLock(name, () => Promise.resolve('done'))).toBe('done');
});
