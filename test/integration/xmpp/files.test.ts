// needs: prosody tools
// servers: any
import { createHash, randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startXmppServer, type XmppServer } from '../../lab/index.ts';
import { close, goOnline, outgoing, register, type TestAccount } from './account.ts';

let server: XmppServer;
let alice: TestAccount;
let bob: TestAccount;
const folder = mkdtempSync(join(tmpdir(), 'palomar-files-'));
const bytes = randomBytes(3 * 1024 * 1024);
const noSignal = new AbortController().signal;
const hash = (data: Uint8Array): string => createHash('sha256').update(data).digest('hex');

beforeAll(async () => {
  server = await startXmppServer();
  await register(server, 'alice', 'bob');
  alice = await goOnline(server, 'alice');
  bob = await goOnline(server, 'bob');
  writeFileSync(join(folder, 'plan.bin'), bytes);
});
afterAll(async () => {
  await close(alice);
  await close(bob);
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

const attachment = { path: join(folder, 'plan.bin'), name: 'Plan für Ökotag.bin', mime: 'application/octet-stream', sizeBytes: bytes.length };

describe('a file', () => {
  it('arrives with its text, byte by byte', async () => {
    const receipt = await alice.session.send({ ...outgoing(bob.jid, 'tx-file', 'the plan'), attachment });
    expect(receipt.attachments).toHaveLength(1);
    const { message } = await bob.host.waitFor('message.upserted', (event) => event.message.text === 'the plan');
    const [received] = message.attachments ?? [];
    expect(received).toBeDefined();
    if (received === undefined) return;
    const path = join(folder, 'received.bin');
    // The lab's server lives on loopback, which Bob may reach because it is his own server's address.
    await bob.session.attachments?.download(received, path, bytes.length, noSignal);
    expect(hash(readFileSync(path))).toBe(hash(bytes));
  });

  it('that is larger than allowed is refused on both ways', async () => {
    const receipt = await alice.session.send({ ...outgoing(bob.jid, 'tx-limit', ''), attachment });
    const [sent] = receipt.attachments ?? [];
    expect(sent).toBeDefined();
    if (sent === undefined) return;
    const tooLarge = alice.session.attachments?.download(sent, join(folder, 'cut.bin'), 1_000, noSignal);
    await expect(tooLarge).rejects.toMatchObject({ fault: { code: 'too-large', limitBytes: 1_000 } });

    const huge = { ...attachment, sizeBytes: 100 * 1024 * 1024 };
    const upload = alice.session.send({ ...outgoing(bob.jid, 'tx-huge', ''), attachment: huge });
    await expect(upload).rejects.toMatchObject({ fault: { code: 'too-large', limitBytes: 20 * 1024 * 1024 } });
  });

  it('is never written through a link, nor fetched by anything but https or from a private network', async () => {
    const receipt = await alice.session.send({ ...outgoing(bob.jid, 'tx-link', ''), attachment });
    const [sent] = receipt.attachments ?? [];
    if (sent === undefined) throw new Error('no attachment');
    const victim = join(folder, 'victim');
    writeFileSync(victim, 'mine');
    symlinkSync(victim, join(folder, 'link'));
    await expect(alice.session.attachments?.download(sent, join(folder, 'link'), bytes.length, noSignal)).rejects.toThrow();
    expect(readFileSync(victim, 'utf8')).toBe('mine');

    for (const source of ['http://example.org/x', 'file:///etc/passwd', 'https://127.0.0.2/x', 'https://[fe80::1]/x', 'https://0x7f.2/x', 'https://192.168.1.1/x']) {
      const attempt = alice.session.attachments?.download({ ...sent, source }, join(folder, 'never'), 1_000, noSignal);
      await expect(attempt, source).rejects.toMatchObject({ fault: { code: 'forbidden' } });
    }
  });
});
