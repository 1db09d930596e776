/**
 * `npm test [-- SUITE …]`: installs what the tests need, builds, checks and runs every test. The last line says
 * how many passed and failed. What cannot be installed here is named with the line that would install it; under
 * CI=true that is a failure.
 */
import { ensurePackages, installLine } from '../setup/apt-packages.mjs';
import { findElectron } from '../setup/find-electron.mjs';
import { prepare, runMain, say } from '../setup/prepare.mjs';
import { buildApp } from './build-app.mjs';
import { runSuite, summarise } from './run-suite.mjs';
import { printChecks, staticChecks } from './static-checks.mjs';
import { stages, suites, testFiles } from './suites.mjs';

const isCi = /^(1|true)$/.test(process.env.CI ?? '');

runMain(async () => {
  const startedAtMs = Date.now();
  const wanted = chooseSuites(process.argv.slice(2));
  const { node, env } = await prepare();
  const files = testFiles();
  const absent = await findAbsent(files.filter((file) => wanted.includes(file.suite)), { node, env });

  const checks = files
    .filter((file) => file.suite === null)
    .map((file) => ({ name: `${file.path} lies where no suite finds it`, isPassed: false, output: '' }));
  checks.push(...(await Promise.all([buildStep({ node, env }), staticChecks({ node, env })])).flat());
  printChecks(checks);

  const outcomes = [];
  for (const lanes of stages) outcomes.push(...(await runStage(lanes, wanted, { node, env, without: new Set(absent.files) })));
  return conclude({ checks, outcomes, absent, startedAtMs });
});

/** The first lane is shown as it runs, what the others print when they are done: two at once nobody could read. */
async function runStage(lanes, wanted, options) {
  const chosen = lanes.map((lane) => lane.filter((name) => wanted.includes(name))).filter((lane) => lane.length > 0);
  const runs = chosen.map((lane, at) => runLane(lane, { ...options, isQuiet: at > 0 }));
  const outcomes = await Promise.all(runs);
  for (const { name, output } of outcomes.slice(1).flat()) console.log(`\n== ${name}\n${output}`);
  return outcomes.flat();
}

async function runLane(lane, options) {
  const outcomes = [];
  for (const name of lane) {
    if (!options.isQuiet) console.log(`\n== ${name}`);
    const startedAtMs = Date.now();
    const outcome = await runSuite(name, options);
    outcomes.push({ ...outcome, tookMs: Date.now() - startedAtMs });
  }
  return outcomes;
}

function chooseSuites(words) {
  const known = suites.map((suite) => suite.name);
  const unknown = words.find((word) => !known.includes(word));
  if (unknown) throw new Error(`unknown suite "${unknown}"; there are ${known.join(', ')}`);
  return words.length > 0 ? known.filter((name) => words.includes(name)) : known;
}

async function buildStep(tools) {
  try {
    await buildApp(tools);
    return { name: 'build', isPassed: true, output: '' };
  } catch (error) {
    return { name: 'build', isPassed: false, output: error instanceof Error ? error.message : String(error) };
  }
}

/** Installs what the files need; answers which files cannot run here and what would have to be installed. */
async function findAbsent(files, { node, env }) {
  const absent = { files: [], reasons: [], packages: [] };
  for (const group of new Set(files.flatMap((file) => file.groups))) {
    const result = await ensurePackages([group], { log: say });
    const problem = result.ok ? await electronProblem(group, { node, env }) : result.reason;
    if (!problem) continue;
    absent.reasons.push(`${group}: ${problem}`);
    absent.packages.push(...result.missing);
    absent.files.push(...files.filter((file) => file.groups.includes(group)).map((file) => file.path));
  }
  absent.files = [...new Set(absent.files)].sort();
  return absent;
}

async function electronProblem(group, tools) {
  if (group !== 'electron') return '';
  const electron = await findElectron({ ...tools, log: say });
  return electron.executable ? '' : electron.reason;
}

function conclude({ checks, outcomes, absent, startedAtMs }) {
  console.log('');
  // What it had to say stands far above.
  for (const { name, isPassed } of checks) if (!isPassed) console.log(`failed: ${name}, see the beginning`);
  for (const { name, passed, failed, problems, tookMs } of outcomes) {
    console.log(`${name}: ${passed} passed, ${failed} failed in ${Math.round(tookMs / 1000)} s`);
    for (const problem of problems) console.log(`  ${problem}`);
  }
  if (absent.files.length > 0) {
    console.log(`\nThese ${absent.files.length} test files did not run:`);
    for (const path of absent.files) console.log(`  ${path}`);
    console.log('because this is missing here:');
    for (const reason of absent.reasons) console.log(`  ${reason}`);
    const packages = [...new Set(absent.packages)];
    if (packages.length > 0) console.log(`To run them too, install it and start again:\n  ${installLine(packages)}`);
  }
  const { passed, failed } = summarise(checks, outcomes);
  const failedHere = failed + (isCi ? absent.files.length : 0);
  console.log(`\ntook ${Math.round((Date.now() - startedAtMs) / 1000)} s`);
  console.log(`${passed} passed, ${failedHere} failed`);
  return failedHere === 0 ? 0 : 1;
}
