import { spawn } from 'node:child_process';
import type { ChildProcessByStdio } from 'node:child_process';
import type { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';

type Reaper = ChildProcessByStdio<Writable, null, null>;

let reaper: Reaper | undefined;

/**
 * Asks for a process group to be killed when this process ends in whatever way, SIGKILL included.
 * One tiny shell holds the list; it notices our death by the end of its input.
 */
export function watchGroup(group: number): void {
  tellReaper(`watch ${group}`);
}

/** The group has ended; its number may be used again by others. */
export function forgetGroup(group: number): void {
  tellReaper(`forget ${group}`);
}

function tellReaper(line: string): void {
  reaper ??= startReaper();
  reaper.stdin.write(`${line}\n`);
}

function startReaper(): Reaper {
  const script = fileURLToPath(new URL('./reaper.sh', import.meta.url));
  // A session of its own: Ctrl+C in the terminal must not end it before it has done its work.
  const child = spawn('/bin/sh', [script], { detached: true, stdio: ['pipe', 'ignore', 'ignore'], cwd: '/' });
  child.unref();
  if ('unref' in child.stdin && typeof child.stdin.unref === 'function') child.stdin.unref();
  child.stdin.on('error', () => {});
  return child;
}
