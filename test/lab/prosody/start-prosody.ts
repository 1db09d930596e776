import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverCertificate } from '../core/certificates.ts';
import { pickFreePorts } from '../core/free-ports.ts';
import { areAllListening } from '../core/is-listening.ts';
import { createRunFolder } from '../core/run-folder.ts';
import { describeServer, runServer } from '../core/run-server.ts';
import type { XmppServer } from '../xmpp-server.ts';
import { adminSocket } from './admin-shell.ts';
import { prosodyConfig } from './prosody-config.ts';
import type { ProsodyPorts, ProsodyRegistration } from './prosody-config.ts';
import { correctedPrivilegeModule } from './prosody-gateways.ts';
import { prosodyProgram } from './prosody-program.ts';
import type { ProsodyVersion } from './prosody-program.ts';
import { registerAccount } from './register-account.ts';

export interface ProsodyOptions {
  version?: ProsodyVersion | undefined;
  /** How long a lost XEP-0198 session may be resumed (60 s). */
  smacksHibernationSeconds?: number | undefined;
  /** SASL2, Bind 2 and FAST (XEP-0388, 0386, 0484): on for 13 unless told; 0.12 has none. */
  sasl2?: boolean | undefined;
  /** `SHA-1` unless told: what the server keeps of passwords, and so which SCRAM it offers. */
  passwordHash?: 'SHA-1' | 'SHA-256' | undefined;
  /** In-band registration (XEP-0077): `open` unless told; `form` asks in a data form for more. */
  registration?: ProsodyRegistration | undefined;
  /** Further components that may connect, by the first word of their address (`irc` → `irc.xmpp.test`). */
  components?: readonly string[] | undefined;
  /** Those of them that may act in people's names (XEP-0356). */
  privileged?: readonly string[] | undefined;
  /** The largest file the upload service takes (20 MiB). */
  uploadLimitBytes?: number | undefined;
  /** More modules of the virtual host; community modules are there with 13 only. */
  hostModules?: readonly string[] | undefined;
  /** Lua options for the virtual host. */
  extraConfig?: string | undefined;
}

export type ProsodyServer = XmppServer;

const domain = 'xmpp.test';

/** Starts a Prosody of its own on free ports of 127.0.0.1, with an empty store and a certificate for `xmpp.test`. */
export async function startProsody(options: ProsodyOptions = {}): Promise<ProsodyServer> {
  const { version = '0.12', smacksHibernationSeconds = 60, extraConfig = '', hostModules: moreModules = [] } = options;
  const { registration = 'open', components = [], privileged = [], passwordHash = 'SHA-1' } = options;
  const { sasl2 = version === '13', uploadLimitBytes = 20 * 1024 * 1024 } = options;
  if (sasl2 && version !== '13') throw new Error('SASL2 of the lab is for Prosody 13 only');
  const program = await prosodyProgram(version);
  const certificate = await serverCertificate([domain, `muc.${domain}`, `upload.${domain}`, 'localhost']);
  const [c2s = 0, directTls = 0, http = 0, https = 0, component = 0] = await pickFreePorts(5);
  const ports: ProsodyPorts = { c2s, directTls, http, https, component };
  const componentSecret = randomBytes(12).toString('hex');
  const folder = createRunFolder(`prosody-${version}`);
  const configFile = join(folder, 'prosody.cfg.lua');
  const logFile = join(folder, 'prosody.log');
  mkdirSync(join(folder, 'data'));
  const corrected = program.privilegeModules === undefined ? [] : [correctedPrivilegeModule(program.privilegeModules, folder)];
  const place = { version, domain, folder, ports, certificate, componentSecret };
  const choice = { smacksHibernationSeconds, extraConfig, registration, components, privileged, passwordHash, uploadLimitBytes };
  const pluginPaths = [...corrected, ...program.pluginPaths];
  writeFileSync(configFile, prosodyConfig({ ...place, ...choice, hasSasl2: sasl2, pluginPaths, moreModules }));
  const server = await runServer({
    name: `Prosody ${version}`,
    command: program.server,
    args: ['--config', configFile, '-F'],
    folder,
    outputFile: join(folder, 'output.log'),
    logFiles: [logFile],
    isReady: async () => (await areAllListening(Object.values(ports))) && existsSync(adminSocket(folder)),
  });
  return describeServer<ProsodyServer>(server, {
    product: 'prosody',
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
    register: (user, password) => registerAccount({ dir: folder, domain }, user, password),
  });
}

function versionInLog(logFile: string): string | undefined {
  return /Prosody (?:version|is using)?\s*(\d[\w.~+-]*)/.exec(readFileSync(logFile, 'utf8'))?.[1];
}
