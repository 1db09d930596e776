import { spawnSync } from 'node:child_process';

/**
 * Shared libraries that an executable needs and this Linux does not have.
 * @param {string} executable
 * @returns {string[]} names such as `libnss3.so`; empty on other systems
 */
export function missingLibraries(executable) {
  if (process.platform !== 'linux') return [];
  const answer = spawnSync('ldd', [executable], { encoding: 'utf8' });
  const lines = (answer.stdout ?? '').split('\n').filter((line) => line.includes('not found'));
  return lines.map((line) => line.trim().split(' ')[0]);
}
