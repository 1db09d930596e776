/** `npm run bench [-- --json FILE]`: builds, then measures; test/bench/run.ts reads the words. */
import { join } from 'node:path';
import { ensurePackages } from '../setup/apt-packages.mjs';
import { projectDir } from '../setup/paths.mjs';
import { prepare, runMain, say } from '../setup/prepare.mjs';
import { runCommand } from '../setup/run-command.mjs';
import { buildApp } from './build-app.mjs';

runMain(async () => {
  const { node, env } = await prepare();
  const packages = await ensurePackages(['electron', 'prosody', 'tools'], { log: say });
  if (!packages.ok) say(`some rows cannot be measured here (${packages.reason}); to have them:\n  ${packages.line}`);
  await buildApp({ node, env });
  const script = join(projectDir, 'test', 'bench', 'run.ts');
  const result = await runCommand(node, [script, ...process.argv.slice(2)], { cwd: projectDir, env });
  return result.status;
});
