/**
 * `npm run dev`: rebuilds on every change and starts the app. Reload the page (Ctrl+R) to see a change in the
 * renderer; main and engine need a new start. The page keeps its Content-Security-Policy, so what works here
 * works in a release.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectDir } from '../setup/paths.mjs';
import { prepare, runMain, say } from '../setup/prepare.mjs';
import { buildApp } from './build-app.mjs';

runMain(async () => {
  const { node, env } = await prepare();
  await buildApp({ node, env });
  const watchers = ['renderer', 'engine', 'main', 'preload'].map((room) =>
    spawn(node, [join(projectDir, 'build/vite/build-rooms.mjs'), room, '--watch'], { cwd: projectDir, env, stdio: 'inherit' }),
  );
  say('watching; end with Ctrl+C');
  const app = spawn(node, [join(projectDir, 'build/scripts/start.mjs'), ...process.argv.slice(2)], {
    cwd: projectDir,
    env: { ...env, PALOMAR_DEV: '1' },
    stdio: 'inherit',
  });
  process.on('SIGINT', () => {});
  const status = await new Promise((done) => app.on('close', (code) => done(code ?? 0)));
  for (const watcher of watchers) watcher.kill();
  return status;
});
