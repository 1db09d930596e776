import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../kit/until.ts';
import { cacheFolder } from './folders.ts';
import { isRunning } from './is-running.ts';

/**
 * Lets one process at a time do `work`, so that two test files do not fill the same cache folder together.
 * A lock whose owner is gone is taken over.
 */
export async function withLock<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
  const folder = join(cacheFolder('locks'), name);
  await until(() => tryToLock(folder), { timeoutMs: 900_000, intervalMs: 100, label: `the lab lock "${name}"` });
  try {
    return await work();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tryToLock(folder: string): boolean {
  try {
    mkdirSync(folder);
  } catch {
    if (isAbandoned(folder)) rmSync(folder, { recursive: true, force: true });
    return false;
  }
  writeFileSync(join(folder, 'pid'), String(process.pid));
  return true;
}

function isAbandoned(folder: string): boolean {
  try {
    return !isRunning(Number(readFileSync(join(folder, 'pid'), 'utf8')));
  } catch {
    // The owner may be between making the folder and writing its pid: give it a moment before judging.
    const ageMs = Date.now() - (statSync(folder, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    return ageMs > 5_000;
  }
}
