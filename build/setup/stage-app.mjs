import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { distDir, modulesDir, projectDir } from './paths.mjs';

/** What the built engine loads from node_modules at run time; the same list as in build/vite/room-builds.mjs. */
const unbundled = ['better-sqlite3', '@matrix-org/matrix-sdk-crypto-wasm', 'fake-indexeddb'];

/**
 * Copies the built app, Electron and Node to where the ordinary test user can read them: the checkout may lie
 * in a folder of root's. Nothing but what a release would hold is copied.
 * @param {{ electron: string, node: string }} programs
 * @returns {{ dir: string, appDir: string, electron: string, node: string, remove: () => void }}
 */
export function stageApp({ electron, node }) {
  const dir = mkdtempSync(join(tmpdir(), 'palomar-e2e-'));
  chmodSync(dir, 0o755);
  const appDir = join(dir, 'app');
  const electronDir = join(dir, 'electron');
  copy(dirname(electron), electronDir);
  copy(node, join(dir, 'node'));
  copy(distDir, join(appDir, 'dist'));
  copy(join(projectDir, 'package.json'), join(appDir, 'package.json'));
  for (const name of withDependencies(unbundled)) copy(join(modulesDir, name), join(appDir, 'node_modules', name));
  return {
    dir,
    appDir,
    electron: join(electronDir, 'electron'),
    node: join(dir, 'node'),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

function copy(from, to) {
  mkdirSync(dirname(to), { recursive: true });
  cpSync(from, to, { recursive: true, dereference: true });
}

/** The packages and what they need in turn; all lie at the top of node_modules. */
function withDependencies(names) {
  const all = new Set();
  const queue = [...names];
  for (let name = queue.pop(); name !== undefined; name = queue.pop()) {
    if (all.has(name)) continue;
    all.add(name);
    const manifest = JSON.parse(readFileSync(join(modulesDir, name, 'package.json'), 'utf8'));
    queue.push(...Object.keys(manifest.dependencies ?? {}));
  }
  return all;
}
