/** `npm run check`: types, lint, walls and unit tests, in less than a minute. */
import { prepare, runMain } from '../setup/prepare.mjs';
import { printChecks, staticChecks } from './static-checks.mjs';
import { runSuite, summarise } from './run-suite.mjs';

runMain(async () => {
  const { node, env } = await prepare();
  const checks = await staticChecks({ node, env });
  printChecks(checks);
  const unit = await runSuite('unit', { node, env });
  const { passed, failed } = summarise(checks, [unit]);
  console.log(`${passed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
});
