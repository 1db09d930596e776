import { existsSync, mkdirSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';

/** The lab's part of the cache that lives from run to run: wheels, templates, the certificate authority, old logs. */
export function cacheFolder(...parts: string[]): string {
  const root = process.env['PALOMAR_CACHE'] ?? join(homedir(), '.cache', 'palomar');
  const folder = join(root, 'lab', ...parts);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/** Where running servers keep their data: memory where the system offers it, else the folder for temporary files. */
export function dataRoot(): string {
  return existsSync('/dev/shm') ? '/dev/shm' : tmpdir();
}
