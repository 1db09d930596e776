import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { modulesDir, projectDir } from './paths.mjs';
import { runCommand } from './run-command.mjs';

const wantedMajor = 24;
const binary = join(modulesDir, 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node');

/**
 * The Node 24 that runs the engine, the build and the tests: the one of the `node` package, whatever Node
 * started this script.
 * @param {{ log: (line: string) => void }} options
 * @returns {Promise<string>} path of the executable
 */
export async function ensureNode({ log }) {
  if (isUsable(binary)) return binary;
  if (majorOf(process.version) >= wantedMajor) return process.execPath;
  log(`fetching Node ${wantedMajor} (the engine needs it; the one here is ${process.version})`);
  // Its install script only fetches the package with the binary for this platform.
  const result = await runCommand('npm', ['rebuild', 'node', '--ignore-scripts=false', '--no-audit'], {
    cwd: projectDir,
    isQuiet: true,
  });
  if (!isUsable(binary)) {
    const tail = result.output.trim().split('\n').slice(-10).join('\n');
    throw new Error(`Node ${wantedMajor} could not be fetched:\n${tail}\nInstall Node ${wantedMajor} yourself and run this again with it.`);
  }
  return binary;
}

const majorOf = (version) => Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);

function isUsable(path) {
  if (!existsSync(path)) return false;
  const answer = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return answer.status === 0 && majorOf(answer.stdout) >= wantedMajor;
}
