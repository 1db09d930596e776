import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { modulesDir, projectDir } from '../setup/paths.mjs';
import { runCommand } from '../setup/run-command.mjs';

const checksDir = join(projectDir, 'build', 'checks');

/**
 * What can be checked without running the app: types, lint, and our own checks of the walls.
 * Each answers with its name, whether it passed, and what it printed.
 * @param {{ node: string, env: NodeJS.ProcessEnv }} options
 * @returns {Promise<{ name: string, isPassed: boolean, output: string }[]>}
 */
export async function staticChecks({ node, env }) {
  const step = async (name, words) => {
    const result = await runCommand(node, words, { cwd: projectDir, env, isQuiet: true });
    return { name, isPassed: result.status === 0, output: result.output.trim() };
  };
  const walls = readdirSync(checksDir)
    .filter((name) => name.endsWith('.mjs'))
    .sort();
  if (walls.length === 0) throw new Error('build/checks is empty: nothing holds the walls');
  // Two at a time: types and lint take the time, the walls are quick.
  const [types, lint] = await Promise.all([
    step('types', [join(modulesDir, 'vue-tsc', 'bin', 'vue-tsc.js'), '--build']),
    step('lint', [
      join(modulesDir, 'eslint', 'bin', 'eslint.js'),
      ...['.', '--max-warnings', '0', '--cache', '--cache-location', '.cache/eslint/', '--cache-strategy', 'content'],
    ]),
  ]);
  const results = [types, lint];
  for (const name of walls) results.push(await step(`walls: ${name}`, [join(checksDir, name)]));
  return results;
}

/** Prints one line a check, and what a failed one had to say. */
export function printChecks(results) {
  for (const { name, isPassed, output } of results) {
    console.log(`${isPassed ? 'ok    ' : 'FAILED'} ${name}`);
    if (!isPassed) console.log(output.replace(/^/gm, '  '));
  }
}
