/** `npm run fix`: lets the linter mend what it can. */
import { join } from 'node:path';
import { modulesDir, projectDir } from '../setup/paths.mjs';
import { prepare, runMain } from '../setup/prepare.mjs';
import { runCommand } from '../setup/run-command.mjs';

runMain(async () => {
  const { node, env } = await prepare();
  const eslint = join(modulesDir, 'eslint', 'bin', 'eslint.js');
  const result = await runCommand(node, [eslint, '.', '--fix', ...process.argv.slice(2)], { cwd: projectDir, env });
  return result.status;
});
