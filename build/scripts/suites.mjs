import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectDir } from '../setup/paths.mjs';

const lab = ['prosody', 'ejabberd', 'gateways', 'synapse', 'tryton', 'tryton-postgres', 'rt', 'redmine', 'odoo', 'peers', 'profanity', 'tools'];
const window = ['electron', 'keyring', 'chromium'];

/**
 * The kinds of tests, in the order they run: quick ones first. `groups`: what a file of this kind needs of
 * build/setup/apt-packages.mjs unless the file says so itself in a line `// needs: prosody tools` (or
 * `// needs: nothing`) among its first ten.
 * @type {readonly { name: string, groups: readonly string[], timeoutMinutes: number }[]}
 */
export const suites = Object.freeze([
  { name: 'unit', groups: [], timeoutMinutes: 5 },
  { name: 'golden', groups: [], timeoutMinutes: 3 },
  { name: 'contract', groups: [], timeoutMinutes: 3 },
  { name: 'migrations', groups: [], timeoutMinutes: 3 },
  { name: 'conformance', groups: lab, timeoutMinutes: 10 },
  { name: 'integration', groups: lab, timeoutMinutes: 12 },
  { name: 'e2e', groups: [...window, ...lab], timeoutMinutes: 12 },
]);

/**
 * When which kind runs: one stage after the other, the lanes of a stage side by side. Tests of connectors mostly wait,
 * for repeats and for time limits of servers, and the quick ones compute: together they take as long as the longer.
 * @type {readonly (readonly (readonly string[])[])[]}
 */
export const stages = Object.freeze([
  [['unit', 'golden', 'contract', 'migrations'], ['conformance']],
  [['integration']],
  [['e2e']],
]);

/**
 * Every test file there is, with what it needs.
 * @returns {{ path: string, suite: string | null, groups: readonly string[], isForAnyServer: boolean, isLong: boolean }[]} `path`
 *   relative to the project; `suite` null: it lies where no project would find it; `isForAnyServer`: it says
 *   `// servers: any`, so `npm run test:matrix` runs it against each XMPP server of the lab; `isLong`: it says
 *   `// takes: long`, so it begins early
 */
export function testFiles() {
  return readdirSync(join(projectDir, 'test'), { recursive: true })
    .map((name) => `test/${String(name).replaceAll('\\', '/')}`)
    .filter((path) => /\.(test|spec)\.[cm]?[jt]sx?$/.test(path))
    .sort()
    .map((path) => {
      const suite = path.endsWith('.test.ts') ? suites.find(({ name }) => path.startsWith(`test/${name}/`)) : undefined;
      const head = readFileSync(join(projectDir, path), 'utf8').split('\n', 10);
      const groups = statedGroups(head) ?? suite?.groups ?? [];
      return { path, suite: suite?.name ?? null, groups, isForAnyServer: head.includes('// servers: any'), isLong: head.includes('// takes: long') };
    });
}

function statedGroups(head) {
  const line = head.find((text) => text.startsWith('// needs:'));
  if (!line) return null;
  const words = line.slice('// needs:'.length).trim().split(/[\s,]+/);
  return words[0] === 'nothing' ? [] : words;
}
