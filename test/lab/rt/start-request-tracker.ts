import { copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { pickFreePorts } from '../core/free-ports.ts';
import { createRunFolder } from '../core/run-folder.ts';
import { describeServer, runServer, type RunningServer } from '../core/run-server.ts';
import { requestTrackerClient } from './request-tracker-client.ts';
import type { RequestTrackerClient } from './request-tracker-client.ts';
import { createRequestTrackerFolder } from './rt-config.ts';
import { requestTrackerTemplate } from './rt-template.ts';

export interface RequestTrackerServer extends RequestTrackerClient, RunningServer {
  baseUrl: string;
  token: string;
  user: string;
  password: string;
  /** Where the mails are caught. */
  mailFolder: string;
  dir: string;
  logFile: string;
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
  const server = await runServer({
    name: 'Request Tracker',
    command: serverProgram,
    args: ['--host', '127.0.0.1', '--port', String(port), '--max-workers', '4'],
    folder,
    env,
    outputFile: logFile,
    isReady: async () => (await call('GET', '/rt')) !== undefined,
  });
  return describeServer<RequestTrackerServer>(server, {
    ...{ baseUrl, call, outgoingMails, outgoingMailCount, mailFolder, logFile },
    token: template.token,
    user: 'root',
    password: 'password',
    dir: folder,
  });
}
