import { randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serverCertificate } from '../core/certificates.ts';
import { pickFreePorts } from '../core/free-ports.ts';
import { areAllListening } from '../core/is-listening.ts';
import { createRunFolder } from '../core/run-folder.ts';
import { describeServer, runServer } from '../core/run-server.ts';
import type { XmppServer } from '../xmpp-server.ts';
import { captchaDrawer } from './captcha-drawer.ts';
import { ejabberdConfig } from './ejabberd-config.ts';
import type { EjabberdPorts } from './ejabberd-config.ts';
import { createEjabberdDatabase, ejabberdProgram } from './ejabberd-program.ts';
import { callEjabberd, registerEjabberdAccount } from './register-ejabberd-account.ts';

export interface EjabberdOptions {
  /** How long a lost XEP-0198 session may be resumed (60 s). */
  smacksHibernationSeconds?: number | undefined;
  /** Components that may connect, by the first word of their address. */
  components?: readonly string[] | undefined;
  /** The largest file the upload service takes (20 MiB). */
  uploadLimitBytes?: number | undefined;
  /** Whether in-band registration asks for the words of a picture (XEP-0158). */
  captcha?: boolean | undefined;
  /** With `captcha`: people whose name begins so read one before a contact request of theirs reaches anybody. */
  suspects?: string | undefined;
  /** The least strength of a password in bits (any will do). */
  passwordStrength?: number | undefined;
}

export interface EjabberdServer extends XmppServer {
  /** With `captcha`: the words of the picture that was drawn last. */
  lastCaptcha(): string;
  /** A command of its HTTP API, named as in `ejabberdctl`. */
  call(command: string, body?: Record<string, unknown>): Promise<unknown>;
}

const domain = 'xmpp.test';

/** Starts an ejabberd of its own on free ports of 127.0.0.1, with an empty store and a certificate for `xmpp.test`. */
export async function startEjabberd(options: EjabberdOptions = {}): Promise<EjabberdServer> {
  const { smacksHibernationSeconds = 60, components = [], captcha = false, suspects = null, passwordStrength = 0, uploadLimitBytes = 20 * 1024 * 1024 } = options;
  const program = ejabberdProgram();
  const certificate = await serverCertificate([domain, `muc.${domain}`, `upload.${domain}`, 'localhost']);
  const [c2s = 0, directTls = 0, http = 0, https = 0, component = 0] = await pickFreePorts(5);
  const ports: EjabberdPorts = { c2s, directTls, http, https, component };
  const componentSecret = randomBytes(12).toString('hex');
  const folder = createRunFolder('ejabberd');
  const drawer = captchaDrawer(folder);
  const configFile = join(folder, 'ejabberd.yml');
  const logFile = join(folder, 'ejabberd.log');
  mkdirSync(join(folder, 'mnesia'));
  createEjabberdDatabase(join(folder, 'ejabberd.sqlite'));
  const config = ejabberdConfig({
    ...{ domain, folder, ports, certificate, componentSecret, smacksHibernationSeconds, uploadLimitBytes },
    components: ['gateway', ...components],
    captchaProgram: captcha ? drawer.program : null,
    suspects,
    passwordStrength,
  });
  writeFileSync(configFile, JSON.stringify(config, undefined, 1));
  const server = await runServer({
    name: 'ejabberd',
    command: program.erlang,
    args: ['-noinput', '+P', '250000', '-mnesia', 'dir', `"${folder}/mnesia"`, '-s', 'ejabberd'],
    folder,
    env: {
      ...process.env,
      ...{ ERL_LIBS: program.libraries, EJABBERD_CONFIG_PATH: configFile, EJABBERD_LOG_PATH: logFile },
      ...{ ERL_CRASH_DUMP: join(folder, 'crash.log'), HOME: folder },
    },
    outputFile: join(folder, 'output.log'),
    logFiles: [logFile],
    isReady: async () => (await areAllListening(Object.values(ports))) && (await callEjabberd(http, 'status')) !== '',
  });
  const place = { httpPort: http, domain };
  return describeServer<EjabberdServer>(server, {
    ...{ domain, host: '127.0.0.1', c2sPort: c2s, directTlsPort: directTls, httpPort: http, httpsPort: https },
    ...{ componentPort: component, componentSecret, dir: folder, logFile, version: program.version },
    ...{ product: 'ejabberd', caFile: certificate.caFile, caPem: certificate.caPem },
    lastCaptcha: drawer.lastWords,
    call: (command, body) => callEjabberd(http, command, body),
    register: (user, password) => registerEjabberdAccount(place, user, password),
  });
}
