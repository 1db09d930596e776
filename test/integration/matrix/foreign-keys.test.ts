// needs: synapse tools
/** Keys that come by a way that proves nothing are no keys (CVE-2022-39249, CVE-2022-39251). */
import { createDecipheriv, pbkdf2Sync } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { remoteConversationId } from '#model';
import { HttpFaultProxy } from '../../kit/http-fault-proxy.ts';
import { freshName } from '../../kit/lab.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';
import { openAccount, outgoing, type OwnAccount } from './account.ts';
import { setSharedStage, type SharedStage } from './stage.ts';

const never = new AbortController().signal;
const passphrase = 'una palabra larga';
let stage: SharedStage;
let dora: OwnAccount;
/** Says "taken" to dora's keys and keeps them. */
let proxy: HttpFaultProxy;

const online = async ({ session, host }: OwnAccount): Promise<void> => {
  await session.start();
  await host.waitFor('state', ({ connection }) => connection === 'online', 20_000);
};

beforeAll(async () => {
  stage = await setSharedStage();
  const { userId } = await stage.synapse.register(freshName('dora'), 'dora-secret');
  proxy = await HttpFaultProxy.start(stage.synapse.baseUrl);
  dora = await openAccount(proxy.baseUrl, userId, 'dora-secret');
  await online(stage.own);
  await online(dora);
});

afterAll(async () => {
  await dora?.stop();
  await proxy?.close();
  await stage?.stop();
});

interface SessionKey {
  readonly room_id: string;
  readonly session_id: string;
  readonly sender_key: string;
}

/** https://spec.matrix.org/v1.16/client-server-api/#key-export-format */
const readKeyFile = (text: string): readonly SessionKey[] => {
  const bytes = Buffer.from(text.split('\n').filter((line) => !line.startsWith('-----')).join(''), 'base64');
  const key = pbkdf2Sync(passphrase, bytes.subarray(1, 17), bytes.readUInt32BE(33), 64, 'sha512');
  const decipher = createDecipheriv('aes-256-ctr', key.subarray(0, 32), bytes.subarray(17, 33));
  return JSON.parse(Buffer.concat([decipher.update(bytes.subarray(37, -32)), decipher.final()]).toString('utf8')) as readonly SessionKey[];
};

it('a key in clear from a stranger or from ourselves opens nothing; the same key from a file does', async () => {
  const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
  const roomId = await stage.aliceElsewhere.createRoom({ name: 'Foreign', invite: [dora.login.address], initialState: [encryption] });
  const conversationId = remoteConversationId(roomId);
  await dora.host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === roomId);
  await dora.session.membership?.accept(conversationId);
  await until(async () => (await dora.session.loadConversation(conversationId)).membership === 'joined');
  proxy.failNext({ kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }, '/sendToDevice/m.room.encrypted/', 5);
  const { remoteId } = await dora.session.send(outgoing(roomId, 'nobody may read this', 'foreign-1'));
  const { host, session, login } = stage.own;
  await host.waitFor('message.upserted', ({ message }) => message.remoteId === remoteId && message.kind === 'unreadable');

  const file = await dora.session.encryption?.keyFiles?.exportKeys(passphrase, never);
  const key = readKeyFile(file?.text ?? '').find(({ room_id: room }) => room === roomId);
  if (key === undefined) throw new Error('dora has no key of the room');
  const sent = (await stage.aliceElsewhere.messages(roomId)).find(({ type }) => type === 'm.room.encrypted');
  const to = { [login.address]: { '*': { ...key, sender_claimed_ed25519_key: 'x', forwarding_curve25519_key_chain: [] } } };
  for (const [index, peer] of [stage.bob, stage.aliceElsewhere].entries()) {
    for (const type of ['m.forwarded_room_key', 'm.room_key']) await peer.call('PUT', `/v3/sendToDevice/${type}/foreign-${index}-${type}`, { messages: to });
    // To a device directly, nothing may come sealed for a room.
    await peer.call('PUT', `/v3/sendToDevice/m.room.encrypted/foreign-${index}`, { messages: { [login.address]: { '*': { ...sent?.content, room_id: roomId } } } });
  }
  // Whatever was sent to the device before it has arrived with it.
  const last = await stage.aliceElsewhere.createRoom({ name: 'After the keys' });
  await host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === last);
  expect(host.of('message.upserted').filter(({ message }) => message.remoteId === remoteId && message.kind !== 'unreadable')).toEqual([]);

  const path = join(tempFolder(), 'keys.txt');
  writeFileSync(path, file?.text ?? '');
  await session.encryption?.keyFiles?.importKeys(path, passphrase, never);
  await host.waitFor('message.upserted', ({ message }) => message.remoteId === remoteId && message.text === 'nobody may read this');
});
