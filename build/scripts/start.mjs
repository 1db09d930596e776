/**
 * `npm start [-- --browser] [--profile DIR] [--port N]`: installs what is missing, builds what changed, opens the app.
 * Safe to repeat; does only what is left to do.
 */
import { accessSync, constants, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { spawn } from 'node:child_process';
import { ensurePackages } from '../setup/apt-packages.mjs';
import { findElectron } from '../setup/find-electron.mjs';
import { missingLibraries } from '../setup/missing-libraries.mjs';
import { defaultProfileDir, distDir, projectDir } from '../setup/paths.mjs';
import { prepare, runMain, say } from '../setup/prepare.mjs';
import { readStartOptions, usage } from './start-options.mjs';
import { buildApp } from './build-app.mjs';

const profileProblems = Object.freeze({
  EACCES: 'permission denied',
  EROFS: 'the disk is read-only',
  EEXIST: 'there is a file of that name',
  ENOTDIR: 'part of that path is a file',
  ENOSPC: 'the disk is full',
});

runMain(async () => {
  const options = readStartOptions(process.argv.slice(2));
  if (options.isHelp) return console.log(usage);
  const profileDir = options.profileDir ? resolve(options.profileDir) : defaultProfileDir();
  makeProfile(profileDir);
  const { node, env } = await prepare();
  await buildApp({ node, env });

  const isBrowser = options.isBrowser || options.port !== null;
  const window = isBrowser ? { why: '' } : await windowCommand({ node, env, profileDir, rest: options.rest });
  if (window.command) {
    say('opening the window; closing it or Ctrl+C here ends Palomar');
    return await follow(window.command, window.words, window.env);
  }
  if (window.why) say(`${window.why}; opening in the browser instead`);
  // As `electron/main/engine-process/engine-flags.ts` has it: a flood of messages must not stay in memory for ever.
  const words = ['--max-semi-space-size=8', join(distDir, 'engine', 'serve.mjs'), '--profile', profileDir, '--renderer', join(distDir, 'renderer')];
  words.push('--app-version', JSON.parse(readFileSync(join(projectDir, 'package.json'), 'utf8')).version);
  if (options.port !== null) words.push('--port', String(options.port));
  // As in the window: the authorities that the system trusts are trusted too (a company's own, for example).
  return await follow(node, words, { NODE_USE_SYSTEM_CA: '1', ...env });
});

/** Told before anything is installed: no wait for what could not start anyway. */
function makeProfile(dir) {
  try {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    accessSync(dir, constants.W_OK);
  } catch (error) {
    const reason = profileProblems[error.code] ?? error.message;
    throw new Error(
      `accounts and messages cannot be kept in ${dir}: ${reason}.\n` +
        '  Choose a folder that you may write to: npm start -- --profile DIR',
    );
  }
}

/** What to run for a window, or why there can be none. */
async function windowCommand({ node, env, profileDir, rest }) {
  if (!hasDisplay()) return { why: 'there is no display here' };
  const electron = await findElectron({ node, env, log: say });
  if (!electron.executable) return { why: electron.reason };
  const libraries = await libraryProblem(electron.executable);
  if (libraries) return { why: libraries };

  // Chromium's own log is for developers of Chromium.
  const words = [...(process.env.PALOMAR_DEV ? [] : ['--log-level=3']), projectDir, '--profile', profileDir, ...rest];
  if (process.platform === 'linux' && process.getuid?.() === 0) {
    say('running as root: Chromium cannot sandbox the page for root, so it runs without that protection.');
    say('use an ordinary user for anything but a trial.');
    words.unshift('--no-sandbox');
  }
  // The test runtime is too old to host the engine, so it is told which Node to use.
  return { command: electron.executable, words, env: { ...env, PALOMAR_NODE: node } };
}

const hasDisplay = () => process.platform !== 'linux' || Boolean(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);

/** Installs the system libraries that Electron lacks; answers what is wrong when that cannot be done. */
async function libraryProblem(executable) {
  if (missingLibraries(executable).length === 0) return '';
  const result = await ensurePackages(['electron'], { log: say });
  const missing = missingLibraries(executable);
  if (missing.length === 0) return '';
  if (result.line) say(`to get a window, install what Electron needs and start again:\n  ${result.line}`);
  return `this system lacks libraries that Electron needs (${missing.join(', ')})`;
}

/** Runs the app until it ends; Ctrl+C reaches it by the terminal, other signals are passed on. */
function follow(command, words, env) {
  return new Promise((done, fail) => {
    const child = spawn(command, words, { env, stdio: 'inherit' });
    process.on('SIGINT', () => {});
    process.on('SIGTERM', () => child.kill('SIGTERM'));
    child.on('error', fail);
    child.on('close', (status, signal) => {
      const isAsked = signal === null || signal === 'SIGINT' || signal === 'SIGTERM';
      if (!isAsked) say(`it ended unexpectedly (${signal}). In a browser it may still work: npm start -- --browser`);
      done(status ?? (isAsked ? 0 : 1));
    });
  });
}
