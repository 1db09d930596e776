import { spawn } from 'node:child_process';
import type { EngineToHost } from '#rpc';
import { engineFlags } from './engine-flags.ts';
import type { LaunchEngine } from './engine-link.ts';
import { readJsonLines } from './json-lines.ts';
import { trustSystem } from './trust-system.ts';

/** The engine as a child under a Node of its own, for an Electron whose Node is too old; JSON lines over its pipes. */
export const childLauncher =
  (node: string, script: string, cacheDir: string): LaunchEngine =>
  ({ onMessage, onExit }) => {
    const child = spawn(node, [...engineFlags, script, cacheDir], { stdio: ['pipe', 'pipe', 'inherit'], env: engineEnvironment(process.env) });
    let hasEnded = false;
    const end = (code: number | null): void => {
      if (hasEnded) return;
      hasEnded = true;
      onExit(code);
    };
    readJsonLines(child.stdout, (message) => onMessage(message as EngineToHost));
    child.on('error', () => end(null));
    child.on('exit', (code) => end(code));
    // Writing to an engine that just died must not bring this process down; `exit` tells what happened.
    child.stdin.on('error', () => undefined);
    return {
      takesPorts: false,
      post: (message) => void child.stdin.write(`${JSON.stringify(message)}\n`),
      kill: () => void child.kill('SIGKILL'),
    };
  };

/** What Electron and its debuggers left in the environment would change how a plain Node behaves. */
const engineEnvironment = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  ...trustSystem,
  ...Object.fromEntries(
    Object.entries(environment).filter(([name]) => !name.startsWith('ELECTRON_') && name !== 'NODE_OPTIONS' && name !== 'PALOMAR_NODE'),
  ),
});
