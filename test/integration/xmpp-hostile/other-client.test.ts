// needs: profanity tools
/** The same hostile servers, and a client that is not ours: that the suite is fair, and can be pointed at anybody. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startProfanityPeer } from '../../lab/index.ts';
import { until } from '../../kit/until.ts';
import { makeStubCertificates } from '../xmpp/stub-certificates.ts';
import { knownHoles } from './cases/known-holes.ts';
import { HostileServer } from './hostile-server.ts';

const password = 'secret';
const domain = 'stub.test';

it.each(['A2-1', 'A2-2', 'A2-4', 'A2-5', 'A2-8', 'A2-9', 'A2-12'])('%s can be played to profanity, which stays connected and shows nothing forged', async (id) => {
  const folder = mkdtempSync(join(tmpdir(), 'palomar-hostile-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const certificates = await makeStubCertificates(folder);
  const played = knownHoles.find((one) => one.id === id);
  if (played === undefined) throw new Error(`no case ${id}`);
  const server = await HostileServer.start(
    { host: '127.0.0.1', port: 0, domain, password, certificate: certificates.good, badCertificate: certificates.otherName },
    played,
  );
  onTestFinished(() => server.close());
  const client = await startProfanityPeer({ jid: `user@${domain}`, password, host: '127.0.0.1', port: server.port });
  onTestFinished(() => client.stop());
  await until(() => server.playCount === 1, { label: 'the case to be played', timeoutMs: 30_000 });
  await client.type(`/msg friend@${domain}`);
  const screen = await client.waitForText(/done-1/);
  expect(screen).not.toContain('FORGED');
  await client.type('/roster');
  expect(await client.waitForText(/friend@stub\.test/i)).not.toContain('FORGED');
  expect(server.peers.filter(({ isClosed }) => !isClosed)).toHaveLength(1);
  expect(server.faults).toEqual([]);
});
