/** `npm run check`: types, lint, walls and unit tests, in less than a minute. */
import { prepare, runMain } from '../setup/prepare.mjs';
import { printChecks, staticChecks } from './static-checks.mjs';
import { runSuite, summarise } from './run-suite.mjs';

runMain(async () => {
  const { node, env } = await prepare();
  // Types are one process that computes for a quarter of the time: the tests have the other cores meanwhile.
  const [checks, unit] = await Promise.all([staticChecks({ node, env }), runSuite('unit', { node, env })]);
  printChecks(checks);
  for (const problem of unit.problems) console.log(problem);
  const { passed, failed } = summarise(checks, [unit]);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
