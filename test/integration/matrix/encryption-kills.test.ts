// needs: synapse peers tools
/** Kill -9 under encrypted two-way traffic: nothing unreadable on either side, and no key used twice. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startNioPeer, type NioPeer } from '../../lab/peers/start-nio-peer.ts';
import { until } from '../../kit/until.ts';
import { seeded } from '../../contract/random-value.ts';
import { outgoing } from './account.ts';
import { killableAccount, type KillableAccount } from './killable-account.ts';
import { setStage, type Stage } from './stage.ts';

const killCount = 30;

let stage: Stage;
let carol: NioPeer;
let account: KillableAccount;
const keyFolder = mkdtempSync(join(tmpdir(), 'palomar-carol-'));

beforeAll(async () => {
  stage = await setStage();
  await stage.synapse.register('carol', 'carol-secret');
  carol = await startNioPeer({ baseUrl: stage.synapse.baseUrl, userId: '@carol:localhost', password: 'carol-secret', keyFolder });
  account = killableAccount(stage.own.login);
});

afterAll(async () => {
  await account?.dispose();
  await carol?.stop();
  await stage?.stop();
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

it(`reads everything after ${killCount} kills at random moments, and uses no message key twice`, async () => {
  const encryption = {
    type: 'm.room.encryption',
    state_key: '',
    // A key of its own for every message: each one has to survive.
    content: { algorithm: 'm.megolm.v1.aes-sha2', rotation_period_msgs: 1 },
  };
  const roomId = await stage.aliceElsewhere.createRoom({ name: 'Kills', invite: ['@carol:localhost'], initialState: [encryption] });
  await carol.join(roomId);
  account.start();
  await account.untilOnline();

  const told = () =>
    account.events().flatMap((event) => (event.type === 'message.upserted' && event.message.conversationId === roomId ? [event.message] : []));
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
  const devices = (await stage.aliceElsewhere.call('POST', '/v3/keys/query', { device_keys: { '@alice:localhost': [] } })) as {
    device_keys: Record<string, Record<string, unknown>>;
  };
  // One identity over all lives: the other device of alice has no keys.
  expect(Object.keys(devices.device_keys['@alice:localhost'] ?? {})).toHaveLength(1);
}, 180_000);
