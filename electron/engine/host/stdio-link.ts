import { createInterface } from 'node:readline';
import type { HostToEngine } from '#rpc';
import type { HostLink } from './host-link.ts';

/**
 * Frames as one JSON value a line. From now on nothing else may write to stdout: a library that prints would
 * break the frames, so its lines are dropped.
 */
export const createStdioLink = (): HostLink => {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = () => true;
  // The host ended; `end` of stdin tells the same and is acted upon.
  process.stdout.on('error', () => {});
  let pendingWrites = 0;
  let onIdle: (() => void)[] = [];
  const written = (): void => {
    pendingWrites -= 1;
    if (pendingWrites > 0) return;
    for (const resolve of onIdle) resolve();
    onIdle = [];
  };

  return {
    post: (message) => {
      pendingWrites += 1;
      write(`${JSON.stringify(message)}\n`, written);
    },
    onMessage: (listener) => {
      const lines = createInterface({ input: process.stdin, crlfDelay: Infinity });
      lines.on('line', (line) => {
        if (line !== '') listener(JSON.parse(line) as HostToEngine, null);
      });
    },
    onClose: (listener) => {
      process.stdin.once('end', listener);
      process.stdin.once('error', listener);
    },
    flush: () => (pendingWrites === 0 ? Promise.resolve() : new Promise((resolve) => onIdle.push(resolve))),
  };
};
