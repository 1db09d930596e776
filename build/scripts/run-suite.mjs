import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import { modulesDir, projectDir } from '../setup/paths.mjs';
import { runCommand } from '../setup/run-command.mjs';
import { describeFailure, strayErrors } from './describe-failure.mjs';
import { suites, testFiles } from './suites.mjs';

const reportDir = join(projectDir, '.cache', 'test-reports');

/**
 * Runs one kind of tests.
 *
 * Skipped, pending and unfinished tests count as failed, and so does every file that should have run and is not
 * in the report: a test that did not run has not passed.
 * @param {string} name of a suite
 * @param {{ node: string, env: NodeJS.ProcessEnv, without?: ReadonlySet<string>, isQuiet?: boolean }} options `without`:
 *   files left out; `isQuiet`: what it prints is answered as `output` instead of shown
 * @returns {Promise<{ name: string, passed: number, failed: number, problems: string[], output: string }>} `problems`:
 *   what failed, each with the beginning of its error and its place
 */
export async function runSuite(name, { node, env, without = new Set(), isQuiet = false }) {
  const suite = suites.find((one) => one.name === name);
  const files = testFiles().filter((file) => file.suite === name && !without.has(file.path));
  if (files.length === 0) {
    if (without.size > 0) return { name, passed: 0, failed: 0, problems: [], output: '' };
    return { name, passed: 0, failed: 1, problems: [`test/${name} holds no test`], output: '' };
  }
  mkdirSync(reportDir, { recursive: true });
  // Named after this run, since another one may be under way in the same checkout.
  const report = join(reportDir, `${name}-${process.pid}.json`);
  rmSync(report, { force: true });
  const vitest = join(modulesDir, 'vitest', 'vitest.mjs');
  const words = ['run', '--project', name, '--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const excluded = [...without].flatMap((path) => ['--exclude', path]);
  const result = await runCommand(node, [vitest, ...words, ...excluded], {
    cwd: projectDir,
    env,
    timeoutMs: suite.timeoutMinutes * 60_000,
    isQuiet,
    isGathered: true,
  });
  const outcome = readReport(report, files);
  if (existsSync(report)) renameSync(report, join(reportDir, `${name}.json`));
  if (result.isTimedOut) outcome.problems.push(`stopped after ${suite.timeoutMinutes} minutes`);
  // Such as an unhandled rejection: every test passed and still something is wrong.
  else if (result.status !== 0 && outcome.failed === 0) outcome.problems.push([`vitest ended with ${result.status}`, ...strayErrors(result.output)].join('\n'));
  if (outcome.problems.length > 0 && outcome.failed === 0) outcome.failed = 1;
  return { name, ...outcome, output: isQuiet ? result.output : '' };
}

function readReport(path, files) {
  const outcome = { passed: 0, failed: 0, problems: [] };
  const seen = new Set();
  for (const file of readResults(path)) {
    const name = relative(projectDir, file.name).replaceAll('\\', '/');
    seen.add(name);
    const passed = file.assertionResults.filter((test) => test.status === 'passed').length;
    const others = file.assertionResults.filter((test) => test.status !== 'passed');
    outcome.passed += passed;
    outcome.failed += others.length;
    for (const test of others) {
      outcome.problems.push([`${test.status}: ${name} > ${test.fullName}`, ...describeFailure(test.failureMessages ?? [], name)].join('\n'));
    }
    // A file that could not be loaded, or whose set-up failed, has a failure and no test to show for it.
    if (others.length === 0 && (file.status === 'failed' || passed === 0)) {
      outcome.failed += 1;
      outcome.problems.push([`failed: ${name}`, ...describeFailure([file.message || 'no test ran'], name)].join('\n'));
    }
  }
  for (const { path: name } of files) {
    if (seen.has(name)) continue;
    outcome.failed += 1;
    outcome.problems.push(`did not run: ${name}`);
  }
  return outcome;
}

function readResults(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')).testResults;
  } catch {
    return [];
  }
}

/**
 * @param {readonly { isPassed: boolean }[]} checks each counts as one test
 * @param {readonly { passed: number, failed: number }[]} outcomes
 */
export function summarise(checks, outcomes) {
  const sum = (numbers) => numbers.reduce((total, number) => total + number, 0);
  return {
    passed: checks.filter((check) => check.isPassed).length + sum(outcomes.map((outcome) => outcome.passed)),
    failed: checks.filter((check) => !check.isPassed).length + sum(outcomes.map((outcome) => outcome.failed)),
  };
}
