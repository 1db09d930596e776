import { spawn } from 'node:child_process';

const lastWordsMs = 1_000;

/**
 * Runs a program to its end.
 *
 * @param {string} command
 * @param {readonly string[]} commandArguments
 * @param {{ cwd?: string, env?: NodeJS.ProcessEnv, isQuiet?: boolean, isGathered?: boolean, timeoutMs?: number }} [options]
 *   `isQuiet` gathers what it prints instead of showing it, `isGathered` does both; after `timeoutMs` it is asked to
 *   stop, five seconds later its whole process group is killed.
 * @returns {Promise<{ status: number, output: string, isTimedOut: boolean }>} never rejects; -1: could not start
 */
export function runCommand(command, commandArguments, { cwd, env, isQuiet = false, isGathered = isQuiet, timeoutMs = 0 } = {}) {
  return new Promise((resolve) => {
    const hasGroup = process.platform !== 'win32' && timeoutMs > 0;
    const child = spawn(command, commandArguments, {
      cwd,
      env: env ?? process.env,
      stdio: isGathered ? ['ignore', 'pipe', 'pipe'] : 'inherit',
      // A group of its own, so that what it started can be stopped with it.
      detached: hasGroup,
      shell: process.platform === 'win32' && /^(npm|npx)$/.test(command),
    });
    let output = '';
    let isTimedOut = false;
    const gather = (stream, shown) => {
      // Decoded by the stream: a letter may come in two pieces.
      stream?.setEncoding('utf8').on('data', (text) => {
        output += text;
        if (!isQuiet) shown.write(text);
      });
    };
    gather(child.stdout, process.stdout);
    gather(child.stderr, process.stderr);

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
      child.stdout?.destroy();
      child.stderr?.destroy();
      if (hasGroup) for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, passOn);
      resolve({ status, output, isTimedOut });
    };
    child.on('error', (error) => {
      output += String(error);
      finish(-1);
    });
    child.on('exit', (status) => {
      if (isTimedOut) stop('SIGKILL');
      // Something that it started and left behind may hold its output open for ever: that is not waited for.
      timers.push(setTimeout(() => finish(status ?? -1), lastWordsMs));
    });
    child.on('close', (status) => finish(status ?? -1));
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
