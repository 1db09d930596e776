import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pickFreePorts } from '../core/free-ports.ts';
import { startPostgres } from '../core/postgres.ts';
import type { PostgresServer } from '../core/postgres.ts';
import { createRunFolder } from '../core/run-folder.ts';
import { describeServer, runServer, type RunningServer } from '../core/run-server.ts';
import { trytonClient } from './tryton-client.ts';
import type { TrytonRpc } from './tryton-client.ts';
import { trytonConfig, trytonDatabase, trytonDump, trytonPassword, trytonTemplate, trytonUser } from './tryton-database.ts';

export interface TrytonServer extends RunningServer {
  baseUrl: string;
  database: string;
  user: string;
  password: string;
  /** Asks the server itself, past the connector under test. */
  rpc: TrytonRpc;
  dir: string;
  logFile: string;
}

export interface TrytonOptions {
  /** SQLite unless told: quick, and one writer at a time. PostgreSQL is what companies run, where two write at once. */
  readonly database?: 'sqlite' | 'postgresql' | undefined;
}

/** Starts a Tryton of its own on a free port of 127.0.0.1 with a fresh copy of the prepared database. */
export async function startTryton({ database = 'sqlite' }: TrytonOptions = {}): Promise<TrytonServer> {
  if (database === 'sqlite') return startOn(null, await trytonTemplate());
  const dump = await trytonDump();
  const postgres = await startPostgres();
  try {
    await postgres.run('createdb', [trytonDatabase]);
    await postgres.run('pg_restore', ['-j2', '-d', trytonDatabase, dump]);
    return await startOn(postgres, null);
  } catch (error) {
    await postgres.stop();
    throw error;
  }
}

async function startOn(postgres: PostgresServer | null, template: string | null): Promise<TrytonServer> {
  const [port = 0] = await pickFreePorts(1);
  const folder = createRunFolder('tryton');
  const databaseFolder = join(folder, 'db');
  const configFile = join(folder, 'trytond.conf');
  const logFile = join(folder, 'output.log');
  mkdirSync(databaseFolder);
  if (template !== null) copyFileSync(template, join(databaseFolder, `${trytonDatabase}.sqlite`));
  writeFileSync(configFile, trytonConfig(databaseFolder, port, postgres));
  const baseUrl = `http://127.0.0.1:${port}`;
  const login = { baseUrl, database: trytonDatabase, user: trytonUser, password: trytonPassword };
  const rpc = trytonClient(login);
  const server = await runServer({
    name: 'Tryton',
    command: 'trytond',
    args: ['-c', configFile, '-d', trytonDatabase],
    folder,
    outputFile: logFile,
    release: () => postgres?.stop(),
    // The port opens before the modules are loaded; a login needs them.
    isReady: async () => (await rpc('model.res.user.get_preferences', true, {})) !== undefined,
  });
  return describeServer<TrytonServer>(server, {
    ...login,
    ...{ rpc, logFile },
    dir: folder,
  });
}
