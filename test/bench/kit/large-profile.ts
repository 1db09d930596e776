import { copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { largeStore } from './large-store.ts';
import { makeScratch } from './scratch.ts';

export interface LargeProfile {
  readonly profileDir: string;
  /** The same messages in the yardstick's tables. */
  readonly rawPath: string;
}

const made = new Map<number, LargeProfile>();

/** A profile in memory with so many messages; one for the whole run, so leave it as it was. */
export function largeProfile(messageCount: number): LargeProfile {
  const known = made.get(messageCount);
  if (known) return known;
  const { path, rawPath } = largeStore(messageCount);
  const folder = makeScratch(`profile-${messageCount}`);
  const profileDir = join(folder, 'profile');
  mkdirSync(profileDir, { mode: 0o700 });
  copyFileSync(path, join(profileDir, 'palomar.db'));
  copyFileSync(rawPath, join(folder, 'raw.db'));
  const profile = { profileDir, rawPath: join(folder, 'raw.db') };
  made.set(messageCount, profile);
  return profile;
}
