import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { modulesDir, projectDir } from './paths.mjs';
import { runCommand } from './run-command.mjs';

/**
 * Whether node_modules holds, version by version, what package-lock.json asks for. Optional packages are left
 * out: which of them are there depends on the platform.
 * @returns {boolean}
 */
export function isInstalled() {
  const have = readLock(join(modulesDir, '.package-lock.json'));
  const want = readLock(join(projectDir, 'package-lock.json'));
  if (!have || !want) return false;
  return Object.entries(want).every(([path, entry]) => {
    if (path === '' || entry.optional || entry.devOptional) return true;
    return have[path]?.version === entry.version;
  });
}

/**
 * Installs the packages of the lock file. Install scripts never run: the one package that needs its own
 * (`node`) is set up by `ensureNode`.
 * @param {{ log: (line: string) => void }} options
 * @throws Error with the end of npm's output
 */
export async function ensureNodeModules({ log }) {
  if (isInstalled()) return;
  log('installing the packages of package-lock.json (about a minute the first time)');
  // `npm ci` deletes node_modules first, which fails on Windows while a Node from inside it is running this.
  const isFirst = !existsSync(modulesDir);
  const command = isFirst ? ['ci'] : ['install', '--no-save'];
  const result = await runCommand('npm', [...command, '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: projectDir,
    isQuiet: true,
  });
  if (result.status !== 0 || !existsSync(modulesDir)) {
    throw new Error(`npm ${command[0]} failed:\n${result.output.trim().split('\n').slice(-15).join('\n')}`);
  }
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return null;
  }
}
