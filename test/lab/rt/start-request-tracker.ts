import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { pickFreePorts } from '../core/free-ports.ts';
import { createRunFolder, removeRunFolder } from '../core/run-folder.ts';
import { ServerProcess } from '../core/server-process.ts';
import { requestTrackerClient } from './request-tracker-client.ts';
import type { RequestTrackerClient } from './request-tracker-client.ts';
import { createRequestTrackerFolder } from './rt-config.ts';
import { requestTrackerTemplate } from './rt-template.ts';

export interface RequestTrackerServer extends RequestTrackerClient {
  baseUrl: string;
  token: string;
  user: string;
  password: string;
  /** Where the mails are caught. */
  mailFolder: string;
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
  const { call, outgoingMails, outgoingMailCount } = requestTrackerClient({ baseUrl, token: template.token, mailFolder });
  const server = new ServerProcess({
    name: 'Request Tracker',
    command: serverProgram,
    args: ['--host', '127.0.0.1', '--port', String(port), '--max-workers', '4'],
    cwd: folder,
    env,
    outputFile: logFile,
    isReady: async () => (await call('GET', '/rt')) !== undefined,
  });
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
    ...{ baseUrl, call, outgoingMails, outgoingMailCount, mailFolder, logFile, stop },
    token: template.token,
    user: 'root',
    password: 'password',
    dir: folder,
    get pid() {
      return server.pid;
    },
    kill: () => server.kill(),
    restart: () => server.restart(),
  };
}
