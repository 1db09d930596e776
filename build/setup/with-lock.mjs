import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from './paths.mjs';

const lockDir = join(projectDir, '.cache', 'locks');
const retryAfterMs = 200;
/** Nothing takes that long; a number of a process that is gone may have been given to another one. */
const staleAfterMs = 15 * 60 * 1_000;

/**
 * Runs something that only one process may do at a time in this checkout. Others wait; the lock of a process
 * that is gone is taken over.
 * @template T
 * @param {string} name what is locked, as a file name
 * @param {() => Promise<T>} action
 * @param {{ onWait?: () => void }} [options] `onWait` is called once when another process holds the lock
 * @returns {Promise<T>}
 */
export async function withLock(name, action, { onWait = () => {} } = {}) {
  const path = join(lockDir, name);
  mkdirSync(lockDir, { recursive: true });
  for (let isFirst = true; !take(path); isFirst = false) {
    if (isFirst) onWait();
    await new Promise((done) => setTimeout(done, retryAfterMs));
  }
  try {
    return await action();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  if (isStale(path)) rmSync(path, { force: true });
  return false;
}

function isStale(path) {
  try {
    const holder = Number(readFileSync(path, 'utf8'));
    if (Date.now() - statSync(path).mtimeMs > staleAfterMs) return true;
    // Zero: it is being written this moment.
    return holder > 0 && !isAlive(holder);
  } catch {
    return false;
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}
