import { spawn } from 'node:child_process';

/**
 * Runs a program to its end.
 *
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, isQuiet?: boolean, timeoutMs?: number }} [options]
 *   `isQuiet` gathers what it prints instead of showing it; after `timeoutMs` it is asked to stop, five seconds
 *   later its whole process group is killed.
 * @returns {Promise<{ status: number, output: string, isTimedOut: boolean }>} never rejects; -1: could not start
 */
export function runCommand(command, commandArguments, { cwd, env, isQuiet = false, timeoutMs = 0 } = {}) {
  return new Promise((resolve) => {
    const hasGroup = process.platform !== 'win32' && timeoutMs > 0;
    const child = spawn(command, commandArguments, {
      cwd,
      env: env ?? process.env,
      stdio: isQuiet ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      // A group of its own, so that what it started can be stopped with it.
      detached: hasGroup,
      shell: process.platform === 'win32' && /^(npm|npx)$/.test(command),
    });
    let output = '';
    let isTimedOut = false;
    child.stdout?.on('data', (chunk) => (output += chunk));
    child.stderr?.on('data', (chunk) => (output += chunk));

    const stop = (signal) => signalGroup(child, hasGroup, signal);
    const timers = [];
    if (timeoutMs > 0) {
      timers.push(setTimeout(() => ((isTimedOut = true), stop('SIGTERM')), timeoutMs));
      timers.push(setTimeout(() => stop('SIGKILL'), timeoutMs + 5_000));
    }
    // A group of its own no longer hears Ctrl+C from the terminal.
    const passOn = () => stop('SIGTERM');
    if (hasGroup) for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, passOn);

    const finish = (status) => {
      for (const timer of timers) clearTimeout(timer);
      if (hasGroup) for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, passOn);
      resolve({ status, output, isTimedOut });
    };
    child.on('error', (error) => {
      output += String(error);
      finish(-1);
    });
    child.on('close', (status) => {
      if (isTimedOut) stop('SIGKILL');
      finish(status ?? -1);
    });
  });
}

function signalGroup(child, hasGroup, signal) {
  if (child.pid === undefined) return;
  try {
    process.kill(hasGroup ? -child.pid : child.pid, signal);
  } catch {
    // It is gone already.
  }
}
