import { chown, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { e2eContext } from './context.ts';

/** How to start a program as the ordinary test user: the words that go before it. */
export const asUserWords = (): readonly string[] => {
  const { user } = e2eContext();
  if (user === null) return [];
  return ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--inh-caps=-all'];
};

/** A new empty folder that belongs to the test user; in memory where that is possible. */
export const makeUserDir = async (label: string): Promise<string> => {
  const dir = await mkdtemp(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), `palomar-${label}-`));
  await giveToUser(dir);
  return dir;
};

/** A folder inside one of {@link makeUserDir}. */
export const makeUserSubdir = async (parent: string, name: string): Promise<string> => {
  const dir = join(parent, name);
  await mkdir(dir, { recursive: true, mode: 0o700 });
  await giveToUser(dir);
  return dir;
};

export const removeDir = (dir: string): Promise<void> => rm(dir, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });

const giveToUser = async (path: string): Promise<void> => {
  const { user } = e2eContext();
  if (user !== null) await chown(path, user.uid, user.gid);
};
