import { copyFileSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pickFreePorts } from '../core/free-ports.ts';
import { createRunFolder, removeRunFolder } from '../core/run-folder.ts';
import { ServerProcess } from '../core/server-process.ts';
import { createRequestTrackerFolder } from './rt-config.ts';
import { requestTrackerTemplate } from './rt-template.ts';

export interface RequestTrackerServer {
  baseUrl: string;
  token: string;
  user: string;
  password: string;
  /**
   * Asks REST2 itself, past the connector under test: `call('GET', '/ticket/1')`.
   * @throws Error with the status and the answer when it is not 2xx
   */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /** How many mails RT would have sent since the start. Its default scrips are on, so a careless push shows here. */
  outgoingMailCount(): Promise<number>;
  /** Those mails as text. */
  outgoingMails(): Promise<string[]>;
  dir: string;
  logFile: string;
  pid: number;
  /** SIGKILL, as a crash. */
  kill(): Promise<void>;
  /** Starts again with the same database and port, after a kill too. */
  restart(): Promise<void>;
  /** Ends it for good: data is removed, logs go to the cache. */
  stop(): Promise<void>;
}

const serverProgram = '/usr/share/request-tracker5/libexec/rt-server';

/** Starts a Request Tracker 5 of its own on a free port of 127.0.0.1 with a fresh copy of the prepared database. */
export async function startRequestTracker(): Promise<RequestTrackerServer> {
  const template = await requestTrackerTemplate();
  const [port = 0] = await pickFreePorts(1);
  const folder = createRunFolder('request-tracker');
  const { env, databaseFile, mailFolder } = createRequestTrackerFolder(folder, port);
  copyFileSync(template.databaseFile, databaseFile);
  const baseUrl = `http://127.0.0.1:${port}`;
  const logFile = join(folder, 'output.log');
  const call = restCaller(baseUrl, template.token);
  const server = new ServerProcess({
    name: 'Request Tracker',
    command: serverProgram,
    args: ['--host', '127.0.0.1', '--port', String(port), '--max-workers', '4'],
    cwd: folder,
    env,
    outputFile: logFile,
    isReady: async () => (await call('GET', '/rt')) !== undefined,
  });
  const outgoingMails = async (): Promise<string[]> =>
    readdirSync(mailFolder).map((name) => readFileSync(join(mailFolder, name), 'utf8'));
  const stop = async (): Promise<void> => {
    await server.stop();
    removeRunFolder(folder);
  };
  try {
    await server.start();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...{ baseUrl, call, outgoingMails, logFile, stop },
    token: template.token,
    user: 'root',
    password: 'password',
    dir: folder,
    get pid() {
      return server.pid;
    },
    outgoingMailCount: async () => (await outgoingMails()).length,
    kill: () => server.kill(),
    restart: () => server.restart(),
  };
}

function restCaller(baseUrl: string, token: string): RequestTrackerServer['call'] {
  return async (method, path, body) => {
    const answer = await fetch(`${baseUrl}/REST/2.0${path}`, {
      method,
      headers: {
        authorization: `token ${token}`,
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`Request Tracker answered ${answer.status} to ${method} ${path}: ${text.slice(0, 500)}`);
    return text === '' ? null : (JSON.parse(text) as unknown);
  };
}
