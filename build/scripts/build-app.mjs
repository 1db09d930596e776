import { existsSync, mkdirSync, readFileSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { distDir, projectDir } from '../setup/paths.mjs';
import { prepare, runMain, say } from '../setup/prepare.mjs';
import { runCommand } from '../setup/run-command.mjs';
import { withLock } from '../setup/with-lock.mjs';
import { sourceFingerprint } from '../vite/source-fingerprint.mjs';

const newDir = join(projectDir, '.cache', 'build');
const stamp = join(distDir, 'fingerprint');
const products = ['main/index.cjs', 'preload/index.cjs', 'engine/child.mjs', 'engine/serve.mjs', 'renderer/index.html'];

/**
 * Builds the app into dist/, unless what is there was made from these very sources.
 * @param {{ node: string, env: NodeJS.ProcessEnv, rooms?: readonly string[], isForced?: boolean, log?: (line: string) => void }} options
 *   `rooms`: only these, and then always
 * @throws Error when a room does not build
 */
export async function buildApp({ node, env, rooms = [], isForced = false, log = say }) {
  const isPart = rooms.length > 0;
  const isDone = () => !isPart && !isForced && isBuilt(sourceFingerprint());
  if (isDone()) return;
  const onWait = () => log('waiting: another command builds the app');
  await withLock('build', async () => (isDone() ? undefined : await build({ node, env, rooms, log })), { onWait });
}

/** Builds beside `dist` and moves room by room when all is whole: a build that fails leaves what was there. */
async function build({ node, env, rooms, log }) {
  const fingerprint = sourceFingerprint();
  log(rooms.length > 0 ? `building ${rooms.join(', ')}` : 'building the app (some seconds)');
  rmSync(newDir, { recursive: true, force: true });
  const script = join(projectDir, 'build', 'vite', 'build-rooms.mjs');
  const result = await runCommand(node, [script, ...rooms], { cwd: projectDir, env: { ...env, PALOMAR_DIST: newDir } });
  if (result.status !== 0) throw new Error('the app does not build (see above)');
  mkdirSync(distDir, { recursive: true });
  rmSync(stamp, { force: true });
  for (const room of readdirSync(newDir)) moveInto(join(newDir, room), join(distDir, room));
  if (rooms.length === 0) writeFileSync(stamp, fingerprint);
}

function moveInto(from, to) {
  const old = `${from}-old`;
  if (existsSync(to)) renameSync(to, old);
  renameSync(from, to);
  rmSync(old, { recursive: true, force: true });
}

function isBuilt(fingerprint) {
  if (!products.every((product) => existsSync(join(distDir, product)))) return false;
  return existsSync(stamp) && readFileSync(stamp, 'utf8') === fingerprint;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  runMain(async () => {
    const words = process.argv.slice(2);
    const { node, env } = await prepare();
    await buildApp({
      node,
      env,
      rooms: words.filter((word) => !word.startsWith('--')),
      isForced: words.includes('--force'),
    });
    say(`built: ${distDir}`);
  });
}
