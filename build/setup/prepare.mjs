import { delimiter, dirname, join } from 'node:path';
import { ensureNodeModules } from './node-modules.mjs';
import { findNode } from './node24.mjs';
import { modulesDir } from './paths.mjs';

const oldestNode = 20;

/**
 * What every script needs first: packages and Node 24. Safe to repeat; does nothing when all is there.
 * @param {{ log?: (line: string) => void }} [options]
 * @returns {Promise<{ node: string, env: NodeJS.ProcessEnv }>} `env` has this Node first on the PATH
 */
export async function prepare({ log = say } = {}) {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < oldestNode) {
    throw new Error(`Palomar needs Node ${oldestNode} or newer to start; this is ${process.version}. See https://nodejs.org`);
  }
  await ensureNodeModules({ log });
  const node = findNode();
  const path = [dirname(node), join(modulesDir, '.bin'), process.env.PATH ?? ''].join(delimiter);
  return { node, env: { ...process.env, PATH: path } };
}

/** One line to the person, so that it is clear who speaks. */
export function say(line) {
  console.log(`palomar: ${line}`);
}

/** Runs a script's main function; a failure is one plain message and exit code 1. */
export function runMain(main) {
  main().then(
    (status) => {
      if (typeof status === 'number') process.exitCode = status;
    },
    (error) => {
      console.error(`palomar: ${error instanceof Error ? error.message : error}`);
      process.exitCode = 1;
    },
  );
}
