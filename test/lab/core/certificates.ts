import { createHash, X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cachedTemplate } from './cached-template.ts';
import { cacheFolder } from './folders.ts';
import { runCommand } from './run-command.ts';
import { withLock } from './with-lock.ts';

export interface LabAuthority {
  /** PEM file for programs that take a path. */
  caFile: string;
  caPem: string;
}

export interface ServerCertificate extends LabAuthority {
  keyFile: string;
  certFile: string;
}

const validDays = 90;
const renewBeforeMs = 7 * 24 * 3600 * 1000;

/** The lab's own certificate authority: made once, kept in the cache, renewed before it ends. No system trusts it. */
export async function labAuthority(): Promise<LabAuthority> {
  const folder = cacheFolder('ca');
  const caFile = join(folder, 'ca.crt');
  if (!isFresh(caFile)) await withLock('ca', () => makeAuthority(folder));
  return { caFile, caPem: readFileSync(caFile, 'utf8') };
}

/** A server certificate for these DNS names and 127.0.0.1, signed by the lab's authority. */
export async function serverCertificate(dnsNames: readonly string[]): Promise<ServerCertificate> {
  const authority = await labAuthority();
  const authorityHash = createHash('sha256').update(authority.caPem).digest('hex');
  const folder = await cachedTemplate('certificate', [authorityHash, ...dnsNames], (target) =>
    signCertificate(target, dnsNames),
  );
  return { ...authority, keyFile: join(folder, 'server.key'), certFile: join(folder, 'server.crt') };
}

function isFresh(certificateFile: string): boolean {
  if (!existsSync(certificateFile)) return false;
  const endsAtMs = new X509Certificate(readFileSync(certificateFile)).validToDate.getTime();
  return endsAtMs - renewBeforeMs > Date.now();
}

async function makeAuthority(folder: string): Promise<void> {
  if (isFresh(join(folder, 'ca.crt'))) return;
  // Python 3.13 refuses an authority without keyUsage.
  await runCommand(
    'openssl',
    [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-sha256', '-days', String(validDays)],
      ...['-keyout', 'ca.key', '-out', 'ca.crt', '-subj', '/CN=Palomar lab authority'],
      ...['-addext', 'basicConstraints=critical,CA:TRUE', '-addext', 'keyUsage=critical,keyCertSign,cRLSign'],
    ],
    { cwd: folder },
  );
}

async function signCertificate(folder: string, dnsNames: readonly string[]): Promise<void> {
  const authorityFolder = cacheFolder('ca');
  const subject = `/CN=${dnsNames[0] ?? 'localhost'}`;
  const alternativeNames = [...dnsNames.map((name) => `DNS:${name}`), 'IP:127.0.0.1'].join(',');
  const extensions = [
    `subjectAltName=${alternativeNames}`,
    'keyUsage=critical,digitalSignature,keyEncipherment',
    'extendedKeyUsage=serverAuth',
    'authorityKeyIdentifier=keyid',
  ];
  writeFileSync(join(folder, 'extensions.cnf'), `${extensions.join('\n')}\n`);
  await runCommand(
    'openssl',
    ['req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'server.key', '-out', 'server.csr', '-subj', subject],
    { cwd: folder },
  );
  await runCommand(
    'openssl',
    [
      ...['x509', '-req', '-sha256', '-in', 'server.csr', '-days', String(validDays), '-out', 'server.crt'],
      ...['-CA', join(authorityFolder, 'ca.crt'), '-CAkey', join(authorityFolder, 'ca.key'), '-CAcreateserial'],
      ...['-CAserial', join(folder, 'ca.srl'), '-extfile', 'extensions.cnf'],
    ],
    { cwd: folder },
  );
}
