import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheDir, modulesDir, projectDir } from './paths.mjs';
import { runCommand } from './run-command.mjs';
import { ensureTestRuntime, hasTestRuntime } from './test-runtime.mjs';

const downloadTimeoutMs = 120_000;
/** After a download that failed, the next one is tried a day later; until then a start does not wait for it. */
const retryDownloadAfterMs = 24 * 60 * 60 * 1_000;
const failureStamp = join(cacheDir, 'electron-download-failed');
const packageDir = join(modulesDir, 'electron');

/**
 * An Electron to run the app with: one that is there, the official download, or the test runtime.
 * @param {{ node: string, env: NodeJS.ProcessEnv, log: (line: string) => void }} options
 * @returns {Promise<{ executable: string, kind: 'official' | 'test' } | { executable: null, reason: string }>}
 */
export async function findElectron({ node, env, log }) {
  const installed = installedElectron();
  if (installed) return { executable: installed, kind: 'official' };

  const isTried = hasTestRuntime() && failedLately();
  if (!isTried) log('fetching Electron from its release page');
  const download = isTried ? '' : await downloadElectron(node, env);
  const downloaded = installedElectron();
  if (downloaded) return { executable: downloaded, kind: 'official' };
  if (!hasTestRuntime()) return { executable: null, reason: `Electron could not be fetched: ${download}` };

  if (!isTried) rememberFailure();
  log(`Electron's release page is out of reach; using the test runtime, which is for development and CI only`);
  try {
    return { executable: await ensureTestRuntime({ node, log }), kind: 'test' };
  } catch (error) {
    return { executable: null, reason: `no Electron could be fetched: ${error instanceof Error ? error.message : error}` };
  }
}

/** The binary of the `electron` package, or the one that ELECTRON_OVERRIDE_DIST_PATH names. */
function installedElectron() {
  const override = process.env.ELECTRON_OVERRIDE_DIST_PATH;
  const name = { win32: 'electron.exe', darwin: 'Electron.app/Contents/MacOS/Electron' }[process.platform] ?? 'electron';
  if (override) {
    const path = join(override, name);
    if (existsSync(path)) return path;
    throw new Error(`ELECTRON_OVERRIDE_DIST_PATH is ${override}, but there is no ${name} in it`);
  }
  const path = join(packageDir, 'dist', name);
  return existsSync(path) && versionOf(join(packageDir, 'dist')) === wantedVersion() ? path : null;
}

async function downloadElectron(node, env) {
  // The package's own script: it checks the file against the checksums that came with the package.
  const result = await runCommand(node, [join(packageDir, 'install.js')], {
    cwd: projectDir,
    env,
    isQuiet: true,
    timeoutMs: downloadTimeoutMs,
  });
  if (result.isTimedOut) return 'it took too long';
  return result.output.trim().split('\n')[0] ?? '';
}

function failedLately() {
  try {
    return Date.now() - statSync(failureStamp).mtimeMs < retryDownloadAfterMs;
  } catch {
    return false;
  }
}

function rememberFailure() {
  mkdirSync(cacheDir, { recursive: true });
  writeFileSync(failureStamp, '');
}

function versionOf(dir) {
  try {
    return readFileSync(join(dir, 'version'), 'utf8').trim().replace(/^v/, '');
  } catch {
    return null;
  }
}

const wantedVersion = () => JSON.parse(readFileSync(join(packageDir, 'package.json'), 'utf8')).version;
