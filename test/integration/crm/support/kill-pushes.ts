import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, onTestFinished } from 'vitest';
import { tempFolder } from '../../../kit/temp-folder.ts';

const childFile = fileURLToPath(new URL('./push-child.ts', import.meta.url));

interface Child {
  readonly process: ChildProcess;
  readonly ready: Promise<void>;
  /** `done`: it came to its end. Otherwise what it said last. */
  readonly ended: Promise<string>;
}

function startChild(profileDir: string, connectorId: string, values: object, name: string): Child {
  let said = '';
  const stop = new AbortController();
  // When one of two workers finds something wrong, the engine of the other one goes too.
  onTestFinished(() => stop.abort());
  const child = spawn(process.execPath, [childFile, profileDir, connectorId, JSON.stringify(values), name], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: stop.signal,
    killSignal: 'SIGKILL',
  });
  child.once('error', (error) => (said += error.message));
  const ready = new Promise<void>((resolve) => {
    const hear = (part: Buffer): void => {
      said += part.toString();
      if (said.includes('ready')) resolve();
    };
    child.stdout.on('data', hear);
    child.stderr.on('data', hear);
    child.once('close', () => resolve());
  });
  const ended = new Promise<string>((resolve) => {
    child.once('close', () => resolve(said.endsWith('done\n') ? 'done' : said));
  });
  return { process: child, ready, ended };
}

/** Lets it run for a while, kills it without warning, and lets a second one finish. */
async function killOnce(afterMs: number, connectorId: string, values: object, name: string): Promise<void> {
  const profileDir = mkdtempSync(join(tmpdir(), 'palomar-killed-'));
  const first = startChild(profileDir, connectorId, values, name);
  await first.ready;
  // The moment of the kill is what is tested; nothing is waited for.
  await pause(afterMs);
  first.process.kill('SIGKILL');
  await first.ended;
  expect(await startChild(profileDir, connectorId, values, name).ended).toBe('done');
  rmSync(profileDir, { recursive: true, force: true });
}

async function timeOfWholeRun(connectorId: string, values: object): Promise<number> {
  const child = startChild(tempFolder('whole'), connectorId, values, 'Whole run');
  await child.ready;
  const startedAt = performance.now();
  expect(await child.ended).toBe('done');
  return performance.now() - startedAt;
}

/**
 * Pushes three messages with a file and then a fourth for each of `kills` customers, and kills the engine once while it
 * does: spread over the time of a whole run, each at a random place in its share of it, two engines at a time.
 * @param check asserts what is there afterwards under this name
 */
export async function killPushes(
  kills: number,
  connectorId: string,
  values: object,
  check: (name: string, afterMs: number) => void | Promise<void>,
): Promise<void> {
  const wholeMs = await timeOfWholeRun(connectorId, values);
  const workers = [0, 1].map(async (worker) => {
    for (let index = worker; index < kills; index += 2) {
      const name = `Killed ${String(index).padStart(2, '0')}`;
      const afterMs = Math.round(((index + Math.random()) / kills) * wholeMs);
      await killOnce(afterMs, connectorId, values, name);
      await check(name, afterMs);
    }
  });
  await Promise.all(workers);
}

/** Words of the messages that a note of a killed push holds. */
export const wordsIn = (note: string): readonly string[] => ['primero', 'segundo', 'tercero', 'cuarto'].filter((word) => note.includes(word));
