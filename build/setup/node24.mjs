import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { modulesDir } from './paths.mjs';

const wantedMajor = 24;
const platform = process.platform === 'win32' ? 'win' : process.platform;

/** The package of the npm registry that holds Node for this computer; package-lock.json pins its bytes. */
export const nodePackage = `node-${platform}-${process.arch}`;

/** The Node that this very process runs on has this number or a higher one. */
export const isNode24 = () => majorOf(process.version) >= wantedMajor;

/**
 * The Node 24 that runs the engine, the build and the tests: the one in node_modules, or else the one that runs
 * this script, when it is new enough.
 * @returns {string} path of the executable
 * @throws Error that says what to do when there is neither
 */
export function findNode() {
  const packed = join(modulesDir, nodePackage, 'bin', platform === 'win' ? 'node.exe' : 'node');
  if (isUsable(packed)) return packed;
  if (isNode24()) return process.execPath;
  throw new Error(
    `Palomar needs Node ${wantedMajor}, and there is no ready-made one for ${process.platform} on ${process.arch}. ` +
      `Install it from https://nodejs.org (this is ${process.version}), then run this again.`,
  );
}

const majorOf = (version) => Number(/^v(\d+)\./.exec(version)?.[1] ?? 0);

function isUsable(path) {
  if (!existsSync(path)) return false;
  const answer = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return answer.status === 0 && majorOf(answer.stdout) >= wantedMajor;
}
