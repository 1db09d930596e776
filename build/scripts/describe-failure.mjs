import { stripVTControlCharacters } from 'node:util';
import { projectDir } from '../setup/paths.mjs';

const mostLines = 6;
const mostSigns = 300;
const mostStrayLines = 20;

/**
 * What the end of a log says below the name of a failed test: the first lines of its error, and where in the test it
 * was thrown.
 * @param {readonly string[]} messages as vitest's JSON report has them, the stack after the message
 * @param {string} path of the test file, relative to the project
 * @returns {string[]} indented lines
 */
export function describeFailure(messages, path) {
  const lines = stripVTControlCharacters(messages[0] ?? '').split('\n');
  const stackAt = lines.findIndex((line) => /^\s+at /.test(line));
  const said = stackAt === -1 ? lines : lines.slice(0, stackAt);
  const place = placeIn(stackAt === -1 ? [] : lines.slice(stackAt), path);
  return [...firstLines(said, mostLines), ...(place === '' ? [] : [`  at ${place}`])].map((line) => `    ${line}`);
}

/**
 * Errors outside of any test, of which the report knows nothing: such as a rejection that nobody waited for.
 * @param {string} output all that vitest printed
 * @returns {string[]} indented lines
 */
export function strayErrors(output) {
  const lines = stripVTControlCharacters(output).split('\n');
  const at = lines.findIndex((line) => /⎯ (Unhandled|Startup) \w+ ⎯/.test(line));
  return at === -1 ? [] : firstLines(lines.slice(at), mostStrayLines).map((line) => `    ${line}`);
}

function firstLines(lines, count) {
  const told = lines.filter((line) => line.trim() !== '').map((line) => line.slice(0, mostSigns));
  return told.length > count ? [...told.slice(0, count), '…'] : told;
}

/** The line of the test itself where the stack knows it, else the first one of ours. */
function placeIn(stack, path) {
  const own = stack.filter((line) => line.includes(projectDir) && !line.includes('node_modules'));
  const line = own.find((text) => text.includes(`${path}:`)) ?? own[0] ?? '';
  return /[^(\s]+:\d+(?::\d+)?/.exec(line.slice(line.indexOf(projectDir) + projectDir.length + 1))?.[0] ?? '';
}
