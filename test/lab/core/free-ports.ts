import { randomInt } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isRunning } from './is-running.ts';

/**
 * Below the range from which the system takes ports for outgoing connections, so that no connection can take the
 * port of a server while that server is down between a kill and a restart.
 */
const firstPort = 20_000;
const lastPort = 32_000;

/** A file for each port that was handed out, with the process it was for: several prepare servers at the same time. */
export const claims = join(tmpdir(), 'palomar-lab-ports');
const handedOut = new Set<number>();

/** Picks `count` ports that nobody listens on. No port is handed out twice, by this process or another that still runs. */
export async function pickFreePorts(count: number): Promise<number[]> {
  const ports: number[] = [];
  while (ports.length < count) {
    const port = randomInt(firstPort, lastPort);
    if (handedOut.has(port) || !claim(port) || !(await isFree(port))) continue;
    if (handedOut.size === 0) process.once('exit', () => handedOut.forEach((one) => rmSync(join(claims, String(one)), { force: true })));
    handedOut.add(port);
    ports.push(port);
  }
  return ports;
}

/** False: another process has it. */
function claim(port: number): boolean {
  const file = join(claims, String(port));
  try {
    mkdirSync(claims, { recursive: true, mode: 0o777 });
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    // Where nothing can be written, as for another user's files, one goes without.
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') return true;
    const owner = ownerOf(file);
    // Without a number in it it is being written just now.
    if (owner > 0 && !isRunning(owner)) rmSync(file, { force: true });
    return false;
  }
}

function ownerOf(file: string): number {
  try {
    return Number(readFileSync(file, 'utf8'));
  } catch {
    return 0;
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: '127.0.0.1', exclusive: true }, () => probe.close(() => resolve(true)));
  });
}
