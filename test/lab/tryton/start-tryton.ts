import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pickFreePorts } from '../core/free-ports.ts';
import { createRunFolder } from '../core/run-folder.ts';
import { describeServer, runServer, type RunningServer } from '../core/run-server.ts';
import { trytonClient } from './tryton-client.ts';
import type { TrytonRpc } from './tryton-client.ts';
import { trytonConfig, trytonDatabase, trytonPassword, trytonTemplate, trytonUser } from './tryton-database.ts';

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

/** Starts a Tryton of its own on a free port of 127.0.0.1 with a fresh copy of the prepared database. */
export async function startTryton(): Promise<TrytonServer> {
  const template = await trytonTemplate();
  const [port = 0] = await pickFreePorts(1);
  const folder = createRunFolder('tryton');
  const databaseFolder = join(folder, 'db');
  const configFile = join(folder, 'trytond.conf');
  const logFile = join(folder, 'output.log');
  mkdirSync(databaseFolder);
  copyFileSync(template, join(databaseFolder, `${trytonDatabase}.sqlite`));
  writeFileSync(configFile, trytonConfig(databaseFolder, port));
  const baseUrl = `http://127.0.0.1:${port}`;
  const login = { baseUrl, database: trytonDatabase, user: trytonUser, password: trytonPassword };
  const rpc = trytonClient(login);
  const server = await runServer({
    name: 'Tryton',
    command: 'trytond',
    args: ['-c', configFile, '-d', trytonDatabase],
    folder,
    outputFile: logFile,
    // The port opens before the modules are loaded; a login needs them.
    isReady: async () => (await rpc('model.res.user.get_preferences', true, {})) !== undefined,
  });
  return describeServer<TrytonServer>(server, {
    ...login,
    ...{ rpc, logFile },
    dir: folder,
  });
}
