import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { cacheFolder, dataRoot } from './folders.ts';
import { isRunning } from './is-running.ts';

const prefix = 'palomar-lab-';
const ownerFile = 'owner.pid';
const keptLogFolders = 40;

/** Makes a fresh folder for one server's data, and clears away those whose owner died without a chance to. */
export function createRunFolder(name: string): string {
  sweepOrphanedFolders();
  const folder = mkdtempSync(join(dataRoot(), `${prefix}${name}-`));
  writeFileSync(join(folder, ownerFile), String(process.pid));
  return folder;
}

/** Moves the logs to the cache (the newest 40 sets stay there) and removes the rest. */
export function removeRunFolder(folder: string): void {
  keepLogs(folder);
  rmSync(folder, { recursive: true, force: true });
}

/** Where the logs of a server go when it has stopped. */
export function keptLogsFolder(folder: string): string {
  return join(cacheFolder('logs'), basename(folder));
}

function keepLogs(folder: string): void {
  const logs = readdirSync(folder).filter((name) => name.endsWith('.log'));
  for (const name of logs) cpSync(join(folder, name), join(keptLogsFolder(folder), name));
  const all = readdirSync(cacheFolder('logs')).map((name) => join(cacheFolder('logs'), name));
  const newestFirst = all
    .map((path) => ({ path, changedAtMs: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }))
    .sort((a, b) => b.changedAtMs - a.changedAtMs);
  for (const { path } of newestFirst.slice(keptLogFolders)) rmSync(path, { recursive: true, force: true });
}

function sweepOrphanedFolders(): void {
  for (const name of readdirSync(dataRoot())) {
    if (!name.startsWith(prefix)) continue;
    const folder = join(dataRoot(), name);
    if (isOrphaned(folder)) removeRunFolder(folder);
  }
}

function isOrphaned(folder: string): boolean {
  try {
    const isOurs = statSync(folder).uid === process.getuid?.();
    return isOurs && !isRunning(Number(readFileSync(join(folder, ownerFile), 'utf8')));
  } catch {
    // No owner file yet: somebody is making this folder right now.
    return false;
  }
}
