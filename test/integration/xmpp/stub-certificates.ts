import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runCommand } from '../../lab/core/run-command.ts';

export interface StubCertificate {
  readonly key: string;
  readonly cert: string;
}

export interface StubCertificates {
  readonly caPem: string;
  /** Names the domain only: no address, no other host. */
  readonly good: StubCertificate;
  /** Names `localhost` only. */
  readonly local: StubCertificate;
  readonly expired: StubCertificate;
  readonly otherName: StubCertificate;
  /** Right name, signed by nobody we know. */
  readonly unknownAuthority: StubCertificate;
}

/** Certificates as they should and should not be for `domain`, made in `folder` with openssl. */
export async function makeStubCertificates(folder: string, domain = 'stub.test'): Promise<StubCertificates> {
  const openssl = (...args: string[]): Promise<unknown> => runCommand('openssl', args, { cwd: folder });
  const file = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

  const authority = (name: string): Promise<unknown> =>
    openssl('req', '-x509', ...key, '-days', '2', '-keyout', `${name}.key`, '-out', `${name}.crt`, '-subj', `/CN=${name}`);

  const sign = async (name: string, ca: string, host: string, days: number): Promise<StubCertificate> => {
    writeFileSync(join(folder, `${name}.cnf`), `subjectAltName=DNS:${host}\n`);
    await openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
    const signer = ['-CA', `${ca}.crt`, '-CAkey', `${ca}.key`, '-CAcreateserial', '-extfile', `${name}.cnf`];
    await openssl('x509', '-req', '-in', `${name}.csr`, ...signer, '-days', String(days), '-out', `${name}.crt`);
    return { key: file(`${name}.key`), cert: file(`${name}.crt`) };
  };

  await authority('ca');
  await authority('stranger');
  return {
    caPem: file('ca.crt'),
    good: await sign('good', 'ca', domain, 1),
    local: await sign('local', 'ca', 'localhost', 1),
    expired: await sign('expired', 'ca', domain, -1),
    otherName: await sign('other', 'ca', 'elsewhere.test', 1),
    unknownAuthority: await sign('unknown', 'stranger', domain, 1),
  };
}
