/** The last doors before a password of an XMPP account leaves: no encryption, or a kind that is broken, and it stays. */
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:tls';
import { describe, expect, it, vi } from 'vitest';
import { authenticate } from '../../../bridges/xmpp/stream/authenticate.ts';
import { openTcp, upgradeSocket } from '../../../bridges/xmpp/stream/secure-socket.ts';
import { XmlElement } from '../../../bridges/xmpp/stream/xml/element.ts';
import { makeStubCertificates } from '../../integration/xmpp/stub-certificates.ts';
import { tempFolder } from '../../kit/temp-folder.ts';

describe('signing in', () => {
  it('over a stream that is not encrypted neither asks for the password nor writes a word', async () => {
    const write = vi.fn();
    const findPassword = vi.fn(() => Promise.resolve('secret'));
    const connection = { isSecure: false, host: 'x.example', endpoint: { host: 'x.example' }, write, exportChannelBinding: () => null };
    const stream = { connection, features: new XmlElement('features', 'http://etherx.jabber.org/streams', {}) };
    const options = { username: 'me', domain: 'x.example', findPassword, isPlainAllowed: true, stepDeadlineMs: 100 };
    await expect(authenticate(stream as never, options as never)).rejects.toMatchObject({ fault: { code: 'no-encryption' } });
    expect(findPassword).not.toHaveBeenCalled();
    expect(write).not.toHaveBeenCalled();
  });
});

describe('TLS', () => {
  it('older than 1.2 is refused', async () => {
    const { good, caPem } = await makeStubCertificates(tempFolder('tls'));
    const open = async (maxVersion: 'TLSv1.1' | 'TLSv1.2'): Promise<string> => {
      // Old versions need the old signatures, which OpenSSL offers at its lowest level only.
      const server = createServer({ ...good, minVersion: 'TLSv1', maxVersion, ciphers: 'DEFAULT@SECLEVEL=0' });
      server.on('tlsClientError', () => undefined);
      await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
      const endpoint = { host: '127.0.0.1', port: (server.address() as AddressInfo).port, security: 'direct' } as const;
      try {
        const signal = AbortSignal.timeout(5_000);
        const plain = await openTcp(endpoint.host, endpoint.port, endpoint.host, signal);
        const socket = await upgradeSocket(plain, { domain: 'stub.test', ca: caPem }, endpoint, signal);
        socket.destroy();
        return 'opened';
      } catch {
        return 'refused';
      } finally {
        server.close();
      }
    };
    expect(await open('TLSv1.2')).toBe('opened');
    expect(await open('TLSv1.1')).toBe('refused');
  });
});
