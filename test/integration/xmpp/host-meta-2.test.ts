// needs: tools
import { createHash, X509Certificate } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { BridgeFault } from '#bridge';
import { pickFreePorts } from '../../lab/index.ts';
import { makeStubCertificates, type StubCertificate, type StubCertificates } from './stub-certificates.ts';
import { loginFault } from './stub-login.ts';
import { saslFeatures, startStubServer, success, type StubServer } from './stub-server.ts';

const password = 'secret';
const folder = mkdtempSync(join(tmpdir(), 'palomar-meta-'));
let certificates: StubCertificates;
beforeAll(async () => {
  certificates = await makeStubCertificates(folder);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function directServer(certificate: StubCertificate): Promise<StubServer> {
  const server = await startStubServer(async (peer) => {
    await peer.encrypt(certificate);
    await peer.header(saslFeatures(['SCRAM-SHA-256']));
    await peer.scram(password, success);
    await peer.header('<stream:features/>');
  });
  onTestFinished(() => server.close());
  return server;
}

const pinOf = ({ cert }: StubCertificate): string =>
  createHash('sha256').update(new X509Certificate(cert).publicKey.export({ type: 'spki', format: 'der' })).digest('base64');

/** Signs in where DNS leads to a closed port, and the domain's https to `server`. @returns the fault, or null */
async function signIn(server: StubServer, sni: string, pins: readonly string[] = []): Promise<BridgeFault | null> {
  const [closed = 0] = await pickFreePorts(1);
  const link = { rel: 'urn:xmpp:alt-connections:tls', port: server.port, ips: ['127.0.0.1'], sni, priority: 1, weight: 1 };
  const document = JSON.stringify({ xmpp: { ttl: 60, 'public-key-pins-sha-256': pins }, links: [link] });
  return loginFault({
    ca: certificates.caPem,
    stepDeadlineMs: 2_000,
    resolver: {
      resolveSrv: (name) =>
        Promise.resolve(name.startsWith('_xmpp-client') ? [{ name: '127.0.0.1', port: closed, priority: 0, weight: 0 }] : []),
    },
    fetchHostMeta: (url) => (url.endsWith('.json') ? Promise.resolve(document) : Promise.reject(new Error('404'))),
  }, password);
}

describe('direct TLS that only the domain’s https names', () => {
  it('is found, asked for by the name it says, and proves to be that name or the domain', async () => {
    const named = await directServer(certificates.local);
    expect(await signIn(named, 'localhost')).toBeNull();
    expect(named.peers[0]).toMatchObject({ serverName: 'localhost', protocol: 'xmpp-client' });
    const own = await directServer(certificates.good);
    expect(await signIn(own, 'localhost')).toBeNull();
  });

  it('is refused with a certificate for neither', async () => {
    const other = await directServer(certificates.otherName);
    expect(await signIn(other, 'localhost')).toMatchObject({ code: 'certificate-invalid' });
    expect(other.peers.map(({ encrypted }) => encrypted).join('')).toBe('');
  });

  it('is refused with another key than those that are pinned, and never trusted for a pin alone', async () => {
    const server = await directServer(certificates.local);
    expect(await signIn(server, 'localhost', [pinOf(certificates.good), pinOf(certificates.local)])).toBeNull();
    const fault = await signIn(server, 'localhost', [pinOf(certificates.good)]);
    expect(fault).toMatchObject({ code: 'certificate-invalid', detail: expect.stringContaining('none of those') });
    const unknown = await directServer(certificates.unknownAuthority);
    expect(await signIn(unknown, 'stub.test', [pinOf(certificates.unknownAuthority)])).toMatchObject({ code: 'certificate-invalid' });
  });
});
