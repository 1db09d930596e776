// needs: prosody tools
// servers: any
import { createCipheriv, createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RemoteAttachment } from '#model';
import { writeSource, type FileSource } from '../../../bridges/xmpp/file-source.ts';
import { HttpFiles } from '../../../bridges/xmpp/http-files.ts';
import { startXmppServer, type XmppServer } from '../../lab/index.ts';
import { until } from '../../kit/until.ts';
import { close, goOnline, outgoing, register, type TestAccount } from './account.ts';
import { makeStubCertificates, type StubCertificates } from './stub-certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'palomar-transfer-'));
const noSignal = new AbortController().signal;
const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');
const paths = ((): (() => string) => {
  let count = 0;
  return () => join(folder, `got-${(count += 1)}`);
})();
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('an upload to a real server', () => {
  let server: XmppServer;
  let alice: TestAccount;
  let bob: TestAccount;
  const bytes = randomBytes(20 * 1024 * 1024 - 1_000);
  const path = join(folder, 'large.bin');
  const attachment = { path, name: 'large.bin', mime: 'application/octet-stream', sizeBytes: bytes.length, sha256: hash(bytes) };

  beforeAll(async () => {
    writeFileSync(path, bytes);
    server = await startXmppServer();
    await register(server, 'alice', 'bob');
    alice = await goOnline(server, 'alice');
    bob = await goOnline(server, 'bob');
  });
  afterAll(async () => {
    await close(alice);
    await close(bob);
    await server.stop();
  });

  it('of 20 MiB tells its progress, and arrives whole with name, size and hash', async () => {
    const limit = 20 * 1024 * 1024;
    // The limit is known before anything is chosen.
    await until(() => alice.session.capabilities(outgoing(bob.jid, 'x', '').conversationId).maxFileBytes === limit);
    const told: number[] = [];
    const control = { onProgress: (sent: number) => void told.push(sent) };
    await alice.session.send({ ...outgoing(bob.jid, 'tx-large', 'large'), attachment }, control);
    expect(told.length).toBeGreaterThan(10);
    expect(told).toEqual([...told].sort((left, right) => left - right));
    expect(told.at(-1)).toBe(bytes.length);

    const { message } = await bob.host.waitFor('message.upserted', (event) => event.message.text === 'large');
    const [received] = message.attachments ?? [];
    expect(received).toMatchObject({ name: 'large.bin', mime: 'application/octet-stream', sizeBytes: bytes.length });
    expect(received?.source).toContain(attachment.sha256);
    if (received === undefined) return;
    const target = paths();
    await bob.session.attachments?.download(received, target, limit, noSignal);
    expect(hash(readFileSync(target))).toBe(attachment.sha256);
  });

  it('that is broken off sends no message, and can be sent again', async () => {
    const abort = new AbortController();
    const control = { signal: abort.signal, onProgress: () => abort.abort() };
    const sending = alice.session.send({ ...outgoing(bob.jid, 'tx-cut', 'broken off'), attachment }, control);
    await expect(sending).rejects.toMatchObject({ fault: { code: 'cancelled' } });
    await alice.session.send({ ...outgoing(bob.jid, 'tx-cut', 'sent again'), attachment });
    await bob.host.waitFor('message.upserted', ({ message }) => message.text === 'sent again');
    expect(bob.host.of('message.upserted').some(({ message }) => message.text === 'broken off')).toBe(false);
  });
});

describe('from a server that is not ours', () => {
  let certificates: StubCertificates;
  let web: Server;
  let origin: string;
  let files: HttpFiles;
  const plain = randomBytes(300_000);
  const key = randomBytes(32);
  const iv = randomBytes(12);
  const sealed = ((): Buffer => {
    const cipher = createCipheriv('aes-256-gcm', key, iv);
    return Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  })();
  const forged = Buffer.from(sealed);
  forged[1_000] = (forged[1_000] ?? 0) ^ 1;
  const bodies: Readonly<Record<string, Buffer>> = { '/plain': plain, '/sealed': sealed, '/forged': forged, '/short': sealed.subarray(0, 10) };
  const asked: string[] = [];

  beforeAll(async () => {
    certificates = await makeStubCertificates(folder);
    web = createServer({ key: certificates.local.key, cert: certificates.local.cert }, (request, response) => {
      asked.push(request.url ?? '');
      const body = bodies[request.url ?? ''];
      if (request.url === '/round') response.writeHead(302, { location: '/round' }).end();
      else if (body === undefined) response.writeHead(404).end();
      else response.writeHead(200, { 'content-length': body.length }).end(body);
    });
    await new Promise<void>((resolve) => web.listen(0, '127.0.0.1', resolve));
    origin = `https://localhost:${(web.address() as AddressInfo).port}`;
    files = new HttpFiles({ ca: certificates.caPem, isTrustedHost: () => true, serverAddress: () => null });
  });
  afterAll(() => web.close());

  const get = async (source: FileSource): Promise<Buffer> => {
    const target = paths();
    await files.download(source, target, 1_000_000, noSignal);
    return readFileSync(target);
  };
  const at = (path: string, isSealed = false): FileSource['sources'][number] => ({
    url: `${origin}${path}`,
    key: isSealed ? { keyHex: key.toString('hex'), ivHex: iv.toString('hex') } : null,
  });

  it('the first source that answers is taken', async () => {
    asked.length = 0;
    expect(hash(await get({ sources: [at('/gone'), at('/plain'), at('/sealed')], sha256: hash(plain) }))).toBe(hash(plain));
    expect(asked).toEqual(['/gone', '/plain']);
  });

  it('bytes that are not those announced are refused, and nothing is left of them', async () => {
    const target = paths();
    const wrong = { sources: [at('/plain')], sha256: hash(randomBytes(3)) };
    await expect(files.download(wrong, target, 1_000_000, noSignal)).rejects.toMatchObject({ fault: { code: 'file-damaged' } });
    expect(existsSync(target)).toBe(false);
    // Another source may have the right ones.
    const second = { sources: [at('/short'), at('/plain')], sha256: hash(plain) };
    expect(hash(await get(second))).toBe(hash(plain));
  });

  it('an aesgcm file opens; one that was changed on the way or cut does not', async () => {
    expect(hash(await get({ sources: [at('/sealed', true)], sha256: hash(plain) }))).toBe(hash(plain));
    for (const path of ['/forged', '/short']) {
      const target = paths();
      const attempt = files.download({ sources: [at(path, true)], sha256: null }, target, 1_000_000, noSignal);
      await expect(attempt, path).rejects.toMatchObject({ fault: { code: 'file-damaged' } });
      expect(existsSync(target), path).toBe(false);
    }
  });

  it('too many redirects, and too many bytes behind a small announcement, end', async () => {
    asked.length = 0;
    await expect(get({ sources: [at('/round')], sha256: null })).rejects.toThrow();
    expect(asked.length).toBeLessThanOrEqual(5);
    await expect(files.download({ sources: [at('/plain')], sha256: null }, paths(), 1_000, noSignal)).rejects.toMatchObject({
      fault: { code: 'too-large', limitBytes: 1_000 },
    });
  });

  it('what is stored about a file reads back as it was written', () => {
    const source: RemoteAttachment['source'] = writeSource({ sources: [at('/plain')], sha256: null });
    expect(source).toBe(`${origin}/plain`);
  });
});
