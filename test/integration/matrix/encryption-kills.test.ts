// needs: synapse peers tools
// takes: long
/** Kill -9 under encrypted two-way traffic: nothing unreadable on either side, and no key used or offered twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startNioPeer, type NioPeer } from '../../lab/peers/start-nio-peer.ts';
import { HttpFaultProxy } from '../../kit/http-fault-proxy.ts';
import { until } from '../../kit/until.ts';
import { seeded } from '../../contract/random-value.ts';
import { outgoing } from './account.ts';
import { killableAccount, type KillableAccount } from './killable-account.ts';
import { setStage, type Stage } from './stage.ts';

const killCount = 30;

let stage: Stage;
let carol: NioPeer;
let account: KillableAccount;
/** Between our account and the server: what was uploaded stands in its book. */
let proxy: HttpFaultProxy;
let roomId: string;
const keyFolder = mkdtempSync(join(tmpdir(), 'palomar-carol-'));

beforeAll(async () => {
  stage = await setStage(async (baseUrl) => {
    proxy = await HttpFaultProxy.start(baseUrl);
    return proxy.baseUrl;
  });
  await stage.synapse.register('carol', 'carol-secret');
  carol = await startNioPeer({ baseUrl: stage.synapse.baseUrl, userId: '@carol:localhost', password: 'carol-secret', keyFolder });
  account = killableAccount(stage.own.login);
});

afterAll(async () => {
  await account?.dispose();
  await carol?.stop();
  await stage?.stop();
  await proxy?.close();
  rmSync(keyFolder, { recursive: true, force: true });
});

interface Ciphertext {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly content: { readonly session_id: string; readonly ciphertext: string; readonly device_id?: string };
}

/** A Megolm message: version, then the tag and the varint of its index. https://spec.matrix.org/v1.16/olm-megolm/megolm/#message-format */
function indexOf(ciphertext: string): number {
  const bytes = Buffer.from(ciphertext, 'base64');
  expect([bytes[0], bytes[1]]).toEqual([3, 8]);
  let index = 0;
  for (let at = 2, shift = 0; ; at += 1, shift += 7) {
    const byte = bytes[at] ?? 0;
    index += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return index;
  }
}

const told = () =>
  account.events().flatMap((event) => (event.type === 'message.upserted' && event.message.conversationId === roomId ? [event.message] : []));

/** What the server has of the one device of alice with keys: its identity. */
const ourDevice = async (): Promise<readonly unknown[]> => {
  const asked = { device_keys: { '@alice:localhost': [] } };
  const { device_keys: known } = (await stage.bob.call('POST', '/v3/keys/query', asked)) as { device_keys: Record<string, Record<string, { keys: unknown }>> };
  return Object.entries(known['@alice:localhost'] ?? {}).map(([id, { keys }]) => [id, keys]);
};

it(`reads everything after ${killCount} kills at random moments, and uses no message key twice`, async () => {
  const encryption = {
    type: 'm.room.encryption',
    state_key: '',
    // A key of its own for every message: each one has to survive.
    content: { algorithm: 'm.megolm.v1.aes-sha2', rotation_period_msgs: 1 },
  };
  roomId = await stage.aliceElsewhere.createRoom({ name: 'Kills', invite: ['@carol:localhost'], initialState: [encryption] });
  await carol.join(roomId);
  account.start();
  await account.untilOnline();
  const identity = await until(async () => {
    const found = await ourDevice();
    return found.length === 1 && found;
  });

  // Until carol's client has heard of our new device, what it sends is not meant for it.
  await until(
    async () => {
      await carol.send(roomId, 'can you read me?');
      return told().some((message) => message.text === 'can you read me?');
    },
    { intervalMs: 300 },
  );

  const random = seeded(20_261_122);
  const theirs: string[] = [];
  const ours: string[] = [];
  for (let round = 0; round < killCount; round += 1) {
    const message = outgoing(roomId, `ours ${String(round)}`, `kill-${String(round)}`);
    ours.push(message.text);
    theirs.push(`theirs ${String(round)}`);
    if (round % 2 === 0) await account.untilOnline();
    account.send(message);
    await carol.send(roomId, `theirs ${String(round)}`);
    const stopAtMs = performance.now() + random() * 400;
    await until(() => performance.now() >= stopAtMs);
    await account.kill();
    account.start();
    await account.untilOnline();
    // What was not answered goes out again, as from the engine's outbox.
    account.send(message);
    await until(() => account.answers.some((answer) => answer['sent'] === `kill-${String(round)}`), { timeoutMs: 20_000 });
  }

  await until(() => theirs.every((text) => told().some((message) => message.text === text)), { timeoutMs: 30_000 });
  for (const text of theirs) expect(new Set(told().filter((message) => message.text === text).map(({ remoteId }) => remoteId)).size).toBe(1);
  await until(() => ours.every((text) => carol.events.some((event) => event['body'] === text)), { timeoutMs: 30_000 });
  for (const text of ours) expect(carol.events.filter((event) => event['body'] === text)).toHaveLength(1);
  expect(carol.events.filter(({ event }) => event === 'unreadable')).toEqual([]);

  const events = (await stage.aliceElsewhere.messages(roomId, 500)) as unknown as Ciphertext[];
  const sent = events.filter(({ type, sender }) => type === 'm.room.encrypted' && sender === '@alice:localhost');
  expect(sent.length).toBe(killCount);
  const uses = sent.map(({ content }) => `${content.session_id} ${String(indexOf(content.ciphertext))}`);
  expect(new Set(uses).size).toBe(uses.length);
  // One identity over all lives: the other device of alice has no keys.
  expect(await ourDevice()).toEqual(identity);
  const offered = offeredKeys();
  expect(offered.length).toBeGreaterThanOrEqual(50);
  expect(new Set(offered.map(([id]) => id)).size).toBe(new Set(offered.map((pair) => pair.join(' '))).size);
}, 180_000);

/** Every one-time key that was uploaded: its id, and the key. */
const offeredKeys = (): (readonly [id: string, key: string])[] =>
  proxy.requests
    .filter(({ path }) => path.includes('/keys/upload'))
    .flatMap(({ body }) => Object.entries((JSON.parse(body) as { one_time_keys?: Record<string, { key: string }> }).one_time_keys ?? {}))
    .map(([id, { key }]) => [id, key] as const);

it('reads twelve devices that took a key of a program that is dead by now', async () => {
  await account.untilOnline();
  await account.kill();
  const peers: NioPeer[] = [];
  const folders: string[] = [];
  try {
    for (let round = 0; round < 4; round += 1) {
      // Three at a time: each is a program that starts.
      const started = await Promise.all([0, 1, 2].map(() => startPeer(folders)));
      peers.push(...started);
      // matrix-nio forgets its session when another device appears just now, and refuses.
      const tell = (peer: NioPeer, index: number) => until(() => peer.send(roomId, `device ${String(round * 3 + index)}`), { intervalMs: 200 });
      await Promise.all(started.map(tell));
      await Promise.all(started.map((peer) => peer.stop()));
    }
    account.start();
    const wanted = Array.from({ length: 12 }, (_, index) => `device ${String(index)}`);
    await until(() => wanted.every((text) => told().some((message) => message.text === text)), { timeoutMs: 30_000 });
  } finally {
    await Promise.all(peers.map((peer) => peer.stop()));
    for (const folder of folders) rmSync(folder, { recursive: true, force: true });
  }
}, 120_000);

async function startPeer(folders: string[]): Promise<NioPeer> {
  const folder = mkdtempSync(join(tmpdir(), 'palomar-carol-'));
  folders.push(folder);
  return startNioPeer({ baseUrl: stage.synapse.baseUrl, userId: '@carol:localhost', password: 'carol-secret', keyFolder: folder });
}
