import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder } from './folders.ts';
import { withLock } from './with-lock.ts';

/**
 * A folder that is costly to make and the same every time: made once, kept in the cache.
 *
 * @param name    what it is, for example `tryton-db`
 * @param inputs  everything the result depends on (versions, configuration, seed): another input, another folder
 * @param build   fills the given empty folder; a failed build is kept beside as `….failed` for a look
 */
export async function cachedTemplate(
  name: string,
  inputs: readonly string[],
  build: (folder: string) => Promise<void>,
): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder('templates'), `${name}-${key}`);
  const isDoneMark = join(folder, '.complete');
  if (existsSync(isDoneMark)) return folder;
  return withLock(`${name}-${key}`, async () => {
    if (existsSync(isDoneMark)) return folder;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    try {
      await build(folder);
    } catch (error) {
      const failed = `${folder}.failed`;
      rmSync(failed, { recursive: true, force: true });
      renameSync(folder, failed);
      throw error;
    }
    mkdirSync(isDoneMark);
    return folder;
  });
}
