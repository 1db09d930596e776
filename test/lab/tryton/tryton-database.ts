import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedTemplate } from '../core/cached-template.ts';
import { startPostgres } from '../core/postgres.ts';
import type { PostgresServer } from '../core/postgres.ts';
import { runCommand } from '../core/run-command.ts';

export const trytonDatabase = 'crm';
export const trytonUser = 'admin';
export const trytonPassword = 'palomar-lab';

const modules = ['party', 'sale_opportunity'];
const seedScript = fileURLToPath(new URL('./seed.py', import.meta.url));

/** Text of a configuration that serves the databases of one folder, or of a PostgreSQL. */
export function trytonConfig(databaseFolder: string, port: number, postgres: PostgresServer | null = null): string {
  const uri = postgres === null ? 'sqlite://' : `postgresql://${postgres.user}@127.0.0.1:${postgres.port}/`;
  return `[database]
uri = ${uri}
path = ${databaseFolder}
[web]
listen = 127.0.0.1:${port}
[session]
timeout = 86400
`;
}

/**
 * A database with the modules party and sale_opportunity, one company and its currency: made once (20 s), copied per start.
 * @returns the SQLite file in the cache
 */
export async function trytonTemplate(): Promise<string> {
  const folder = await cachedTemplate('tryton-db', await inputs(), async (target) => {
    // trytond-admin refuses a database whose file does not exist.
    writeFileSync(join(target, `${trytonDatabase}.sqlite`), '');
    await initialise(target, null);
  });
  return join(folder, `${trytonDatabase}.sqlite`);
}

/** The same as a dump for PostgreSQL. */
export async function trytonDump(): Promise<string> {
  const dump = (folder: string): string => join(folder, `${trytonDatabase}.dump`);
  const folder = await cachedTemplate('tryton-dump', await inputs(), async (target) => {
    const postgres = await startPostgres();
    try {
      await postgres.run('createdb', [trytonDatabase]);
      await initialise(target, postgres);
      await postgres.run('pg_dump', ['-Fc', '-f', dump(target), trytonDatabase]);
    } finally {
      await postgres.stop();
    }
  });
  return dump(folder);
}

const inputs = async (): Promise<readonly string[]> => [
  (await runCommand('trytond', ['--version'])).trim(),
  ...modules,
  trytonPassword,
  readFileSync(seedScript, 'utf8'),
];

async function initialise(folder: string, postgres: PostgresServer | null): Promise<void> {
  const configFile = join(folder, 'trytond.conf');
  const passwordFile = join(folder, 'password');
  mkdirSync(folder, { recursive: true });
  // The initialisation opens no port; a configuration wants one all the same.
  writeFileSync(configFile, trytonConfig(folder, 0, postgres));
  writeFileSync(passwordFile, `${trytonPassword}\n`);
  const env = { ...process.env, TRYTONPASSFILE: passwordFile };
  const admin = ['-c', configFile, '-d', trytonDatabase];
  await runCommand('trytond-admin', [...admin, '--all', '--email', 'admin@example.invalid'], { env, timeoutMs: 300_000 });
  await runCommand('trytond-admin', [...admin, '-u', ...modules, '--activate-dependencies'], { env, timeoutMs: 300_000 });
  // The system's Python, because Debian's trytond is installed for that one only.
  await runCommand('/usr/bin/python3', [seedScript, configFile, trytonDatabase], { env });
}
