import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pickFreePorts } from '../core/free-ports.ts';
import { startPostgres } from '../core/postgres.ts';
import { createRunFolder } from '../core/run-folder.ts';
import { describeServer, runServer, type RunningServer } from '../core/run-server.ts';
import { startMailSink } from './mail-sink.ts';
import { odooClient } from './odoo-client.ts';
import type { OdooCall } from './odoo-client.ts';
import { odooConfig, odooProgram } from './odoo-program.ts';
import { createRole, odooDatabase, odooPassword, odooTemplate } from './odoo-template.ts';

export interface OdooServer extends RunningServer {
  readonly baseUrl: string;
  readonly database: string;
  /** Sales and project user, no manager. */
  readonly user: string;
  /** Another one with the same rights. */
  readonly rival: string;
  /** May write files on staff, and nothing of sales. */
  readonly officer: string;
  /** May do nothing of sales, projects or staff. */
  readonly clerk: string;
  /** Of all of them. */
  readonly password: string;
  readonly project: string;
  /** Asks the server as its administrator, past the connector under test. */
  readonly call: OdooCall;
  /** Everybody who was mailed, and whom mails in Odoo's queue are for. */
  mailedAddresses(): Promise<readonly string[]>;
  readonly logFile: string;
}

/** Starts an Odoo 11 Community of its own (contacts, crm, hr, project) with its PostgreSQL and a mail server that keeps everything. */
export async function startOdoo(): Promise<OdooServer> {
  const program = await odooProgram();
  const template = await odooTemplate(program);
  const postgres = await startPostgres();
  const sink = await startMailSink();
  const release = async (): Promise<void> => {
    await sink.stop();
    await postgres.stop();
  };
  const folder = createRunFolder('odoo');
  try {
    await createRole(postgres);
    await postgres.run('createdb', ['-O', 'odoo', odooDatabase]);
    await postgres.run('pg_restore', ['-j2', '-O', '--role=odoo', '-d', odooDatabase, template]);
  } catch (error) {
    await release();
    throw error;
  }
  const [port = 0] = await pickFreePorts(1);
  const configFile = join(folder, 'odoo.conf');
  const logFile = join(folder, 'output.log');
  writeFileSync(configFile, odooConfig({ database: postgres.port, http: port, mail: sink.port }, folder, program.addons));
  const baseUrl = `http://127.0.0.1:${port}`;
  const call = odooClient({ baseUrl, database: odooDatabase, user: 'admin', password: odooPassword });
  const server = await runServer({
    name: 'Odoo',
    command: program.python,
    args: [program.shim, '-c', configFile, '-d', odooDatabase, `--db-filter=^${odooDatabase}$`],
    folder,
    env: program.env,
    outputFile: logFile,
    release,
    isReady: async () => (await call('res.users', 'search_count', [[]])) !== undefined,
  });
  const mailedAddresses = async (): Promise<readonly string[]> => {
    const queued = (await call('mail.mail', 'search_read', [[], ['email_to', 'recipient_ids']])) as Record<string, unknown>[];
    return [...sink.recipients, ...queued.map((mail) => JSON.stringify([mail['email_to'], mail['recipient_ids']]))];
  };
  return describeServer<OdooServer>(server, {
    ...{ baseUrl, call, mailedAddresses, logFile },
    ...{ database: odooDatabase, password: odooPassword, project: 'Support' },
    ...{ user: 'agent', rival: 'rival', officer: 'officer', clerk: 'clerk' },
  });
}
