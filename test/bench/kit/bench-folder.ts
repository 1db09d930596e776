import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the large stores are kept between runs; may be deleted at any time. */
export function benchFolder(): string {
  const cache = process.env['PALOMAR_CACHE'] ?? join(homedir(), '.cache', 'palomar');
  const folder = join(cache, 'bench');
  mkdirSync(folder, { recursive: true });
  return folder;
}
