import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedTemplate } from '../core/cached-template.ts';
import { runCommand } from '../core/run-command.ts';

export const trytonDatabase = 'crm';
export const trytonUser = 'admin';
export const trytonPassword = 'palomar-lab';

const modules = ['party', 'sale_opportunity'];
const seedScript = fileURLToPath(new URL('./seed.py', import.meta.url));

/** Text of a configuration that serves the databases of one folder. */
export function trytonConfig(databaseFolder: string, port: number): string {
  return `[database]
uri = sqlite://
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
  const version = (await runCommand('trytond', ['--version'])).trim();
  const inputs = [version, ...modules, trytonPassword, readFileSync(seedScript, 'utf8')];
  const folder = await cachedTemplate('tryton-db', inputs, initialise);
  return join(folder, `${trytonDatabase}.sqlite`);
}

async function initialise(folder: string): Promise<void> {
  const configFile = join(folder, 'trytond.conf');
  const passwordFile = join(folder, 'password');
  mkdirSync(folder, { recursive: true });
  // The initialisation opens no port; a configuration wants one all the same.
  writeFileSync(configFile, trytonConfig(folder, 0));
  writeFileSync(passwordFile, `${trytonPassword}\n`);
  // trytond-admin refuses a database whose file does not exist.
  writeFileSync(join(folder, `${trytonDatabase}.sqlite`), '');
  const env = { ...process.env, TRYTONPASSFILE: passwordFile };
  const admin = ['-c', configFile, '-d', trytonDatabase];
  await runCommand('trytond-admin', [...admin, '--all', '--email', 'admin@example.invalid'], { env, timeoutMs: 300_000 });
  await runCommand('trytond-admin', [...admin, '-u', ...modules, '--activate-dependencies'], { env, timeoutMs: 300_000 });
  // The system's Python, because Debian's trytond is installed for that one only.
  await runCommand('/usr/bin/python3', [seedScript, configFile, trytonDatabase], { env });
}
