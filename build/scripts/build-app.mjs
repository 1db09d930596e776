import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { distDir, projectDir } from '../setup/paths.mjs';
import { prepare, runMain, say } from '../setup/prepare.mjs';
import { runCommand } from '../setup/run-command.mjs';
import { sourceFingerprint } from '../vite/source-fingerprint.mjs';

const stamp = join(distDir, 'fingerprint');
const products = ['main/index.cjs', 'preload/index.cjs', 'engine/child.mjs', 'engine/serve.mjs', 'renderer/index.html'];

/**
 * Builds the app into dist/, unless what is there was made from these very sources.
 * @param {{ node: string, env: NodeJS.ProcessEnv, rooms?: readonly string[], isForced?: boolean, log?: (line: string) => void }} options
 *   `rooms`: only these, and then always
 * @throws Error when a room does not build
 */
export async function buildApp({ node, env, rooms = [], isForced = false, log = say }) {
  const fingerprint = sourceFingerprint();
  const isPart = rooms.length > 0;
  if (!isPart && !isForced && isBuilt(fingerprint)) return;
  log(isPart ? `building ${rooms.join(', ')}` : 'building the app');
  const script = join(projectDir, 'build', 'vite', 'build-rooms.mjs');
  const result = await runCommand(node, [script, ...rooms], { cwd: projectDir, env });
  if (result.status !== 0) throw new Error('the app does not build (see above)');
  if (isPart) return;
  mkdirSync(distDir, { recursive: true });
  writeFileSync(stamp, fingerprint);
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
