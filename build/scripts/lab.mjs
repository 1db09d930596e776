/**
 * `npm run lab [-- SERVER …] [--json]`: starts real servers on loopback with ready-made accounts, and stops them
 * with Ctrl+C. test/lab/run-lab.ts does the work, under Node 24.
 */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectDir } from '../setup/paths.mjs';
import { prepare, runMain } from '../setup/prepare.mjs';

runMain(async () => {
  const { node, env } = await prepare();
  const script = join(projectDir, 'test', 'lab', 'run-lab.ts');
  const child = spawn(node, [script, ...process.argv.slice(2)], { cwd: projectDir, env, stdio: 'inherit' });
  // This one waits until the servers are down. The terminal sends Ctrl+C to both; hearing it twice does no harm.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (status) => resolve(status ?? 1));
  });
});
