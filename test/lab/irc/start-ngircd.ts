import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { requireProgram } from '../core/find-program.ts';
import { pickFreePorts } from '../core/free-ports.ts';
import { isListening } from '../core/is-listening.ts';
import { createRunFolder } from '../core/run-folder.ts';
import { describeServer, runServer, type RunningServer } from '../core/run-server.ts';

export interface NgircdServer extends RunningServer {
  host: '127.0.0.1';
  port: number;
  /** What the server calls itself. */
  name: string;
  dir: string;
  logFile: string;
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
  const server = await runServer({
    name: 'ngircd',
    command: program,
    args: ['--nodaemon', '--config', configFile],
    folder,
    outputFile: logFile,
    isReady: () => isListening(port),
  });
  return describeServer<NgircdServer>(server, {
    ...{ host: '127.0.0.1', port, name, dir: folder, logFile },
  });
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
