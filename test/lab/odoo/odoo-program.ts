import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cachedTemplate } from '../core/cached-template.ts';
import { pythonEnvironment, pythonWheels } from '../core/python-environment.ts';
import { runCommand } from '../core/run-command.ts';

const place = (name: string): string => fileURLToPath(new URL(`./${name}`, import.meta.url));

export interface OdooProgram {
  readonly python: string;
  /** Starts Odoo 11 on Python 3.11: our shim. */
  readonly shim: string;
  readonly seed: string;
  readonly addons: string;
  readonly env: NodeJS.ProcessEnv;
  /** All of the above depends on it. */
  readonly inputs: readonly string[];
}

/** Odoo 11 Community with contacts, crm, hr and project, from PyPI into the cache (half a minute, once). */
export async function odooProgram(): Promise<OdooProgram> {
  const requirements = place('program-requirements.txt');
  const unpack = place('unpack.py');
  const inputs = [requirements, unpack, place('requirements.txt'), place('odoo311.py')].map((file) => readFileSync(file, 'utf8'));
  const python = await pythonEnvironment('odoo', place('requirements.txt'));
  const tree = await cachedTemplate('odoo-program', inputs.slice(0, 2), async (folder) => {
    await runCommand('python3', [unpack, await pythonWheels(requirements), folder]);
  });
  const shim = place('odoo311.py');
  return {
    python,
    shim,
    seed: place('seed.py'),
    addons: join(tree, 'odoo/addons'),
    env: { ...process.env, PYTHONPATH: [tree, dirname(shim)].join(':'), PYTHONPYCACHEPREFIX: join(tree, 'pycache'), PGHOST: '' },
    inputs: [...inputs, readFileSync(place('seed.py'), 'utf8')],
  };
}

/** Text of a configuration; everything it serves and asks is on this computer. */
export function odooConfig(ports: { readonly database: number; readonly http: number; readonly mail: number }, folder: string, addons: string): string {
  return `[options]
db_host = 127.0.0.1
db_port = ${ports.database}
db_user = odoo
db_password = odoo
addons_path = ${addons}
data_dir = ${join(folder, 'data')}
http_interface = 127.0.0.1
xmlrpc_interface = 127.0.0.1
http_port = ${ports.http}
workers = 0
max_cron_threads = 0
smtp_server = 127.0.0.1
smtp_port = ${ports.mail}
`;
}
