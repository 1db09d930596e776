import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isNode24, nodePackage } from './node24.mjs';
import { modulesDir, projectDir } from './paths.mjs';
import { runCommand } from './run-command.mjs';
import { withLock } from './with-lock.mjs';

/** What npm says when it cannot reach its registry. */
const networkTrouble = /\b(ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|FETCH_ERROR)\b/;
/** A few quick attempts instead of npm's slow ones, so that a person without network waits seconds, not minutes. */
const attempts = ['--fetch-retries=3', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=4000'];

/**
 * Whether node_modules holds, version by version, what package-lock.json asks for. Optional packages are left
 * out, since which of them are there depends on the platform; but the Node for this one counts.
 * @returns {boolean}
 */
export function isInstalled() {
  const have = readLock(join(modulesDir, '.package-lock.json'));
  const want = readLock(join(projectDir, 'package-lock.json'));
  if (!have || !want) return false;
  return Object.entries(want).every(([path, entry]) => {
    const isOurNode = path === `node_modules/${nodePackage}` && !isNode24();
    const isOptional = path === '' || entry.optional || entry.devOptional;
    if (isOptional && !isOurNode) return true;
    return have[path]?.version === entry.version;
  });
}

/**
 * Installs the packages of the lock file, each checked against the hash in it. Install scripts never run.
 * @param {{ log: (line: string) => void }} options
 * @throws Error that says what went wrong and what to do
 */
export async function ensureNodeModules({ log }) {
  if (isInstalled()) return;
  const onWait = () => log('waiting: another command installs the packages');
  await withLock('install', async () => (isInstalled() ? undefined : await install(log)), { onWait });
}

async function install(log) {
  // `npm ci` deletes node_modules first, which fails on Windows while a Node from inside it is running this.
  const isFirst = !existsSync(modulesDir);
  log(isFirst ? 'installing what it is made of: 200 packages (about a minute, the first time only)' : 'updating packages');
  const command = isFirst ? ['ci'] : ['install', '--no-save'];
  const result = await runCommand('npm', [...command, '--ignore-scripts', '--no-audit', '--no-fund', ...attempts], {
    cwd: projectDir,
    isQuiet: true,
  });
  if (result.status === 0 && isInstalled()) return;
  throw new Error(explain(result.output));
}

/** npm's words in ours: what a person can do about it first, its own last lines only where we know no better. */
function explain(output) {
  const [code] = networkTrouble.exec(output) ?? [];
  if (code) {
    return [
      `the packages cannot be fetched: the npm registry is out of reach (${code}).`,
      'Check the network connection. Behind a company proxy: npm config set proxy http://HOST:PORT',
      'With a registry of your own: npm config set registry URL',
      'Then run the same command again; it goes on where it stopped.',
    ].join('\n  ');
  }
  if (/\bENOSPC\b/.test(output)) return 'the packages do not fit: the disk is full. Make room (about 1 GB) and run this again.';
  const lines = output.split('\n').filter((line) => line.startsWith('npm error') && !line.includes('A complete log'));
  return ['the packages could not be installed. npm says:', ...lines.slice(0, 8)].join('\n  ');
}

function readLock(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).packages;
  } catch {
    return null;
  }
}
