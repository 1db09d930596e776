import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireProgram } from '../core/find-program.ts';
import { pickFreePorts } from '../core/free-ports.ts';
import { isListening } from '../core/is-listening.ts';
import { createRunFolder, removeRunFolder } from '../core/run-folder.ts';
import { ServerProcess } from '../core/server-process.ts';

export interface NgircdServer {
  host: '127.0.0.1';
  port: number;
  /** What the server calls itself. */
  name: string;
  dir: string;
  logFile: string;
  pid: number;
  /** SIGKILL, as a crash. */
  kill(): Promise<void>;
  /** Starts again at the same port. IRC keeps nothing. */
  restart(): Promise<void>;
  /** Ends it for good: data is removed, logs go to the cache. */
  stop(): Promise<void>;
}

const name = 'irc.lab.test';

/** Starts an IRC server of its own on a free port of 127.0.0.1, without TLS and without limits. */
export async function startNgircd(): Promise<NgircdServer> {
  const program = requireProgram('ngircd');
  const [port = 0] = await pickFreePorts(1);
  const folder = createRunFolder('ngircd');
  const configFile = join(folder, 'ngircd.conf');
  const logFile = join(folder, 'ngircd.log');
  writeFileSync(configFile, ngircdConfig(port));
  const server = new ServerProcess({
    name: 'ngircd',
    command: program,
    args: ['--nodaemon', '--config', configFile],
    cwd: folder,
    outputFile: logFile,
    isReady: () => isListening(port),
  });
  try {
    await server.start();
  } catch (error) {
    removeRunFolder(folder);
    throw error;
  }
  return {
    ...{ host: '127.0.0.1', port, name, dir: folder, logFile },
    get pid() {
      return server.pid;
    },
    kill: () => server.kill(),
    restart: () => server.restart(),
    async stop() {
      await server.stop();
      removeRunFolder(folder);
    },
  };
}

function ngircdConfig(port: number): string {
  return `[Global]
Name = ${name}
Info = the lab
AdminEMail = none@${name}
Listen = 127.0.0.1
Ports = ${port}
MotdPhrase = hello
[Limits]
MaxConnections = 0
MaxConnectionsIP = 0
MaxJoins = 0
MaxNickLength = 30
MaxPenaltyTime = 0
[Options]
DNS = no
Ident = no
PAM = no
CloakHost = lab.test
`;
}
