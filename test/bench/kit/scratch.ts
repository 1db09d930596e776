import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const folders = new Set<string>();

/** A new empty folder, in memory where that is possible: what is measured is the program, not the disk. */
export function makeScratch(label: string): string {
  const folder = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), `palomar-bench-${label}-`));
  folders.add(folder);
  return folder;
}

export function removeScratch(folder: string): void {
  folders.delete(folder);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}

process.on('exit', () => {
  for (const folder of [...folders]) removeScratch(folder);
});
