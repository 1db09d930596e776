import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

let collect: (() => void) | undefined;

/** What is in use on the heap of this thread once all garbage is collected, in bytes. */
export function heapBytes(): number {
  if (collect === undefined) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as () => void;
  }
  // What ends its life in the first round is only freed in the second.
  collect();
  collect();
  return process.memoryUsage().heapUsed;
}
