import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedTemplate } from '../core/cached-template.ts';
import { startPostgres, type PostgresServer } from '../core/postgres.ts';
import { createRunFolder, removeRunFolder } from '../core/run-folder.ts';
import { runCommand } from '../core/run-command.ts';
import { odooConfig, type OdooProgram } from './odoo-program.ts';

export const odooDatabase = 'lab';
export const odooPassword = 'palomar-lab';

const modules = 'base,contacts,crm,hr,project';
const dumpName = 'lab.dump';

/** A dump of a database with our modules, people and project: made once (a minute), restored per start (1.5 s). */
export async function odooTemplate(program: OdooProgram): Promise<string> {
  const folder = await cachedTemplate('odoo-db', [...program.inputs, modules, odooPassword], (target) => initialise(program, target));
  return join(folder, dumpName);
}

async function initialise(program: OdooProgram, target: string): Promise<void> {
  const postgres = await startPostgres();
  const folder = createRunFolder('odoo-template');
  try {
    await createRole(postgres);
    const configFile = join(folder, 'odoo.conf');
    writeFileSync(configFile, odooConfig({ database: postgres.port, http: 0, mail: 1 }, folder, program.addons));
    const options = { env: program.env, cwd: folder, timeoutMs: 600_000 };
    const init = ['-d', odooDatabase, '-i', modules, '--stop-after-init', '--without-demo=all'];
    await runCommand(program.python, [program.shim, '-c', configFile, ...init], options);
    await runCommand(program.python, [program.seed, configFile, odooDatabase, odooPassword], options);
    await postgres.run('pg_dump', ['-Fc', '-f', join(target, dumpName), odooDatabase]);
  } finally {
    removeRunFolder(folder);
    await postgres.stop();
  }
}

/** The user that Odoo works as. */
export async function createRole(postgres: PostgresServer): Promise<void> {
  await postgres.run('psql', ['-d', 'postgres', '-c', `create role odoo login createdb password 'odoo'`]);
}
