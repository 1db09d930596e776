import { randomBytes } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverCertificate } from '../core/certificates.ts';
import { pickFreePorts } from '../core/free-ports.ts';
import { isListening } from '../core/is-listening.ts';
import { createRunFolder, removeRunFolder } from '../core/run-folder.ts';
import { ServerProcess } from '../core/server-process.ts';
import { prosodyConfig } from './prosody-config.ts';
import type { ProsodyPorts } from './prosody-config.ts';
import { prosodyProgram } from './prosody-program.ts';
import type { ProsodyVersion } from './prosody-program.ts';
import { registerAccount } from './register-account.ts';

export interface ProsodyOptions {
  version?: ProsodyVersion | undefined;
  /** How long a lost XEP-0198 session may be resumed (60 s). */
  smacksHibernationSeconds?: number | undefined;
  /** Lua options for the virtual host. */
  extraConfig?: string | undefined;
}

export interface ProsodyServer {
  domain: string;
  host: '127.0.0.1';
  c2sPort: number;
  directTlsPort: number;
  httpPort: number;
  httpsPort: number;
  componentPort: number;
  /** For a component that connects as `gateway.<domain>`. */
  componentSecret: string;
  caFile: string;
  caPem: string;
  /** What the server says of itself, for example `0.12.3`. */
  version: string;
  dir: string;
  logFile: string;
  pid: number;
  /** prosodyctl of this version. */
  controlProgram: string;
  /** Makes an account; an existing one gets the new password. */
  register(user: string, password: string): Promise<void>;
  /** SIGKILL, as a crash. */
  kill(): Promise<void>;
  /** Starts again with the same accounts, archive and ports, after a kill too. */
  restart(): Promise<void>;
  /** Ends it for good: data is removed, logs go to the cache. */
  stop(): Promise<void>;
}

const domain = 'xmpp.test';

/** Starts a Prosody of its own on free ports of 127.0.0.1, with an empty store and a certificate for `xmpp.test`. */
export async function startProsody(options: ProsodyOptions = {}): Promise<ProsodyServer> {
  const { version = '0.12', smacksHibernationSeconds = 60, extraConfig = '' } = options;
  const program = await prosodyProgram(version);
  const certificate = await serverCertificate([domain, `muc.${domain}`, `upload.${domain}`, 'localhost']);
  const [c2s = 0, directTls = 0, http = 0, https = 0, component = 0] = await pickFreePorts(5);
  const ports: ProsodyPorts = { c2s, directTls, http, https, component };
  const componentSecret = randomBytes(12).toString('hex');
  const folder = createRunFolder(`prosody-${version}`);
  const configFile = join(folder, 'prosody.cfg.lua');
  const logFile = join(folder, 'prosody.log');
  mkdirSync(join(folder, 'data'));
  writeFileSync(
    configFile,
    prosodyConfig({
      ...{ version, domain, folder, ports, certificate, componentSecret, smacksHibernationSeconds, extraConfig },
      pluginPaths: program.pluginPaths,
    }),
  );
  const server = new ServerProcess({
    name: `Prosody ${version}`,
    command: program.server,
    args: ['--config', configFile, '-F'],
    cwd: folder,
    outputFile: join(folder, 'output.log'),
    logFiles: [logFile],
    isReady: () => areAllListening(Object.values(ports)),
  });
  try {
    await server.start();
  } catch (error) {
    removeRunFolder(folder);
    throw error;
  }
  return {
    domain,
    host: '127.0.0.1',
    c2sPort: c2s,
    directTlsPort: directTls,
    httpPort: http,
    httpsPort: https,
    componentPort: component,
    componentSecret,
    caFile: certificate.caFile,
    caPem: certificate.caPem,
    version: versionInLog(logFile) ?? version,
    dir: folder,
    logFile,
    get pid() {
      return server.pid;
    },
    controlProgram: program.control,
    register: (user, password) => registerAccount({ dir: folder, domain, controlProgram: program.control }, user, password),
    kill: () => server.kill(),
    restart: () => server.restart(),
    async stop() {
      await server.stop();
      removeRunFolder(folder);
    },
  };
}

async function areAllListening(ports: readonly number[]): Promise<boolean> {
  const answers = await Promise.all(ports.map(isListening));
  return answers.every(Boolean);
}

function versionInLog(logFile: string): string | undefined {
  return /Prosody (?:version|is using)?\s*(\d[\w.~+-]*)/.exec(readFileSync(logFile, 'utf8'))?.[1];
}
