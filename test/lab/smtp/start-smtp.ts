import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serverCertificate } from '../core/certificates.ts';
import { pickFreePorts } from '../core/free-ports.ts';
import { isListening } from '../core/is-listening.ts';
import { pythonEnvironment } from '../core/python-environment.ts';
import { runCommand } from '../core/run-command.ts';
import { createRunFolder } from '../core/run-folder.ts';
import { describeServer, runServer, type RunningServer } from '../core/run-server.ts';

/** A mail as Python's own library reads it. */
export interface ReadMail {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
  /** `text` of vCards only. */
  readonly files: readonly { readonly name: string; readonly type: string; readonly sha256: string; readonly text: string }[];
  /** What is not as the standards say. */
  readonly defects: readonly string[];
}

export interface ReceivedMail extends ReadMail {
  readonly from: string;
  readonly to: readonly string[];
  readonly isEncrypted: boolean;
  readonly user: string | null;
}

export interface SmtpServer extends RunningServer {
  readonly host: 'localhost';
  /** Encrypted from the first byte. */
  readonly tlsPort: number;
  readonly startTlsPort: number;
  /** Knows no encryption. */
  readonly plainPort: number;
  readonly user: string;
  readonly password: string;
  readonly caPem: string;
  /** In the order they came; those of a killed server too. */
  mails(): readonly ReceivedMail[];
}

const requirementsFile = fileURLToPath(new URL('./requirements.txt', import.meta.url));
const script = fileURLToPath(new URL('./serve_smtp.py', import.meta.url));

/** Starts aiosmtpd as a submission server with TLS and sign-in; serve_smtp.py says which recipients it treats how. */
export async function startSmtp(): Promise<SmtpServer> {
  const [python, { certFile, keyFile, caPem }, ports] = await Promise.all([pythonEnvironment('smtp', requirementsFile), serverCertificate(['localhost']), pickFreePorts(3)]);
  const [tlsPort = 0, startTlsPort = 0, plainPort = 0] = ports;
  const folder = createRunFolder('smtp');
  const mails = join(folder, 'mails');
  mkdirSync(mails);
  const facts = { user: 'marta@palomar.example', password: 'canary of the mail server', tlsPort, startTlsPort, plainPort };
  const settings = join(folder, 'settings.json');
  writeFileSync(settings, JSON.stringify({ ...facts, certFile, keyFile, mails }));
  const server = await runServer({
    name: 'aiosmtpd',
    command: python,
    args: [script, settings],
    folder,
    outputFile: join(folder, 'smtp.log'),
    isReady: () => isListening(plainPort),
  });
  return describeServer<SmtpServer>(server, {
    ...facts,
    host: 'localhost',
    caPem,
    mails: () => readdirSync(mails).filter((name) => name.endsWith('.json')).sort().map((name) => JSON.parse(readFileSync(join(mails, name), 'utf8')) as ReceivedMail),
  });
}

/** Mails in files, read by Python's own library. */
export async function readMailFiles(paths: readonly string[], scratchFolder: string): Promise<readonly ReadMail[]> {
  const settings = join(scratchFolder, 'read.json');
  writeFileSync(settings, JSON.stringify({ read: paths }));
  return JSON.parse(await runCommand(await pythonEnvironment('smtp', requirementsFile), [script, settings])) as ReadMail[];
}
