import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { pickFreePorts } from '../core/free-ports.ts';
import { createRunFolder } from '../core/run-folder.ts';
import { describeServer, runServer, type RunningServer } from '../core/run-server.ts';
import { createRedmineSite, redmineProgramFolder } from './redmine-site.ts';
import { redmineTemplate } from './redmine-template.ts';

export interface RedmineServer extends RunningServer {
  baseUrl: string;
  /** Of the administrator. */
  adminKey: string;
  /** Of a user with the rights a connection needs, and no more. */
  token: string;
  /** Of a user who may only read. */
  readerKey: string;
  project: string;
  logFile: string;
  /** One REST call as the administrator, past our connector; bytes for files. */
  call(method: string, path: string, json?: unknown): Promise<unknown>;
  download(path: string): Promise<Uint8Array>;
}

/** Starts a Redmine 5.0 of its own on a free port of 127.0.0.1 with a fresh copy of the prepared database. Needs root: its site is linked into /var/lib/redmine. */
export async function startRedmine(): Promise<RedmineServer> {
  const template = await redmineTemplate();
  const [port = 0] = await pickFreePorts(1);
  const folder = createRunFolder('redmine');
  const { env, databaseFile, unlink } = createRedmineSite(folder);
  copyFileSync(template.databaseFile, databaseFile);
  const baseUrl = `http://127.0.0.1:${port}`;
  const [adminKey, token, readerKey] = template.keys;
  const logFile = join(folder, 'output.log');
  const ask = async (method: string, path: string, json?: unknown): Promise<Response> => {
    const response = await fetch(`${baseUrl}${path}`, {
      method,
      headers: { 'X-Redmine-API-Key': adminKey, ...(json === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: HTTP ${response.status} ${await response.text()}`);
    return response;
  };
  const call = async (method: string, path: string, json?: unknown): Promise<unknown> => {
    const text = await (await ask(method, path, json)).text();
    return text === '' ? null : JSON.parse(text);
  };
  const server = await runServer({
    name: 'Redmine',
    command: 'bin/rails',
    args: ['server', '-u', 'puma', '-b', '127.0.0.1', '-p', String(port), '-P', join(folder, 'server.pid')],
    folder,
    cwd: redmineProgramFolder,
    release: unlink,
    env,
    outputFile: logFile,
    readyTimeoutMs: 60_000,
    isReady: async () => (await call('GET', '/users/current.json')) !== undefined,
  });
  return describeServer<RedmineServer>(server, {
    ...{ baseUrl, adminKey, token, readerKey, logFile, call, project: 'inbox' },
    download: async (path) => new Uint8Array(await (await ask('GET', path)).arrayBuffer()),
  });
}
