// needs: tools
/** Row 25 of the faults: names that lead nowhere or to somebody else, for a running engine and one that was killed with SIGKILL. */
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { AccountRow } from '#rpc';
import { spawnEngine, type ChildEngine } from '../../kit/child-engine.ts';
import { until } from '../../kit/until.ts';
import { makeStubCertificates } from '../xmpp/stub-certificates.ts';
import { HostileServer } from './hostile-server.ts';
import { StubDns, type NameState, type Zone } from './stub-dns.ts';

const domain = 'stub.test';
const address = `a4-25@${domain}`;
const password = 'secret-пароль';
const calm = { id: 'A4-25', title: 'names that lead nowhere, or to somebody else', expected: 'goes where the server proved itself last' };
/** No route leads there, or nobody answers (RFC 5737, 6666). */
const deadAddresses = { a: { [`xmpp.${domain}`]: ['192.0.2.1', '127.0.0.1'] }, aaaa: { [`xmpp.${domain}`]: ['100:0:0:0:0:0:0:1'] } };

const folder = mkdtempSync(join(tmpdir(), 'palomar-names-'));
const profileDir = join(folder, 'profile');
let dns: StubDns;
let server: HostileServer;
/** Has the same name and a certificate that nobody vouches for. */
let impostor: HostileServer;
let engine: ChildEngine;

beforeAll(async () => {
  mkdirSync(profileDir);
  const certificates = await makeStubCertificates(folder);
  writeFileSync(join(folder, 'authority.pem'), certificates.caPem);
  const options = { host: '127.0.0.1', port: 0, domain, password, certificate: certificates.good, badCertificate: certificates.otherName };
  server = await HostileServer.start(options, calm);
  impostor = await HostileServer.start({ ...options, certificate: certificates.otherName }, calm);
  dns = await StubDns.start();
  await begin();
  dns.state = { ...leadingTo(server.port), ...deadAddresses };
  await engine.call('accounts.add', { bridgeId: 'xmpp' as AccountRow['bridgeId'], flowId: 'password', values: { address, password } });
  await untilBack(0, 'the server to be found');
});
afterAll(async () => {
  await engine?.kill();
  await Promise.all([server?.close(), impostor?.close(), dns?.close()]);
  rmSync(folder, { recursive: true, force: true });
});

async function begin(): Promise<void> {
  engine = spawnEngine(join(import.meta.dirname, 'engine-child.ts'), [join(folder, 'authority.pem'), dns.place]);
  await engine.host('host.start', { profileDir, appVersion: '0', host: 'electron', vaultKey: null });
}

const leadingTo = (port: number): Zone => ({
  srv: { [`_xmpp-client._tcp.${domain}`]: [{ priority: 1, port, host: `xmpp.${domain}` }] },
  a: { [`xmpp.${domain}`]: ['127.0.0.1'] },
});

/** What the account heard, oldest first: the server says `done-1`, `done-2` … once for each time that it is reached. */
function heard(): readonly string[] {
  const db = new Database(join(profileDir, 'palomar.db'), { readonly: true });
  try {
    return db.prepare<[], { text: string }>('SELECT text FROM messages ORDER BY sort_key, id').all().map(({ text }) => text);
  } finally {
    db.close();
  }
}

/** Waits until the account is there once more than `before`, and heard so. */
const untilBack = async (before: number, label: string): Promise<void> =>
  void (await until(() => server.playCount > before && heard().at(-1) === `done-${server.playCount}`, { label, timeoutMs: 30_000, intervalMs: 50 }));

it('a server is found by its names, past addresses where nobody answers', () => {
  expect(dns.asked).toEqual(expect.arrayContaining([`_xmpps-client._tcp.${domain}`, `_xmpp-client._tcp.${domain}`, `xmpp.${domain}`]));
});

const cut = (): void => server.peers.at(-1)?.reset();
const kill = async (): Promise<void> => {
  await engine.kill();
  await begin();
};

it.each<readonly [string, () => NameState, breaks: readonly (() => Promise<void> | void)[]]>([
  ['do not answer', () => 'silent', [cut, kill]],
  ['are answered with a failure', () => 'broken', [cut]],
  ['are gone', () => ({}), [cut]],
  ['lead where nobody listens', () => leadingTo(1), [cut]],
  ['lead to somebody else', () => leadingTo(impostor.port), [cut, kill]],
])('a server whose names %s is found where it proved itself last', async (_how, state, breaks) => {
  dns.state = state();
  for (const breakIt of breaks) {
    const before = server.playCount;
    await breakIt();
    await untilBack(before, 'the way back');
  }
  expect(new Set(heard()).size).toBe(heard().length);
  expect([...server.faults, ...impostor.faults]).toEqual([]);
  for (const { encrypted } of impostor.peers) expect(encrypted).not.toMatch(/<auth|<iq|<message|<presence/);
});
