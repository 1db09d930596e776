import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { hasContext, publishContext, type E2eContext } from './context.ts';
import { startDisplay } from './display.ts';

const projectDir = dirname(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

/**
 * Builds the app, finds Electron and starts a display, once for a whole run.
 * @returns a function that cleans up
 */
export const prepareE2e = async (): Promise<() => Promise<void>> => {
  // Whoever prepared it cleans up as well.
  if (hasContext()) return () => Promise.resolve();
  const script = join(projectDir, 'build', 'scripts', 'e2e-setup.mjs');
  const { stdout } = await promisify(execFile)(process.execPath, [script], { cwd: projectDir, maxBuffer: 16 * 1024 * 1024 });
  const places = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Omit<E2eContext, 'display'>;
  const display = await startDisplay();
  publishContext({ ...places, display: display.name });
  return async () => {
    display.stop();
    if (places.stagedDir !== null) await rm(places.stagedDir, { recursive: true, force: true });
  };
};
