// needs: synapse tools
/** A message that comes before its key: it waits, becomes text with the key, is found, and calls the person once. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { bridgeId, remoteConversationId } from '#model';
import { matrixBridge } from '../../../bridges/matrix/index.ts';
import { startEngine } from '../../kit/engine-client.ts';
import { HttpFaultProxy } from '../../kit/http-fault-proxy.ts';
import { freshName } from '../../kit/lab.ts';
import { until } from '../../kit/until.ts';
import { outgoing, openAccount, type OwnAccount } from './account.ts';
import { setSharedStage, type SharedStage } from './stage.ts';

let stage: SharedStage;
let dora: OwnAccount;
/** Between dora and the server: it says "taken" to her keys and keeps them. */
let proxy: HttpFaultProxy;

beforeAll(async () => {
  stage = await setSharedStage();
  const { userId } = await stage.synapse.register(freshName('dora'), 'dora-secret');
  proxy = await HttpFaultProxy.start(stage.synapse.baseUrl);
  dora = await openAccount(proxy.baseUrl, userId, 'dora-secret');
});

afterAll(async () => {
  await dora?.stop();
  await proxy?.close();
  await stage?.stop();
});

it('waits for its key, and is text, found and announced once within a second of it', async () => {
  const client = await startEngine({ bridges: [matrixBridge] });
  const values = { address: stage.own.login.address, password: stage.password, server: stage.synapse.baseUrl };
  await client.call('accounts.add', { bridgeId: bridgeId('matrix'), flowId: 'password', values });
  await until(async () => (await client.accounts())[0]?.state === 'online', { timeoutMs: 20_000 });
  await dora.session.start();
  await dora.host.waitFor('state', ({ connection }) => connection === 'online', 20_000);

  const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
  const roomId = await stage.aliceElsewhere.createRoom({ name: 'Late', invite: [dora.login.address], initialState: [encryption] });
  await dora.host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === roomId);
  await dora.session.membership?.accept(remoteConversationId(roomId));
  await until(async () => (await dora.session.loadConversation(remoteConversationId(roomId))).membership === 'joined');
  const conversation = await until(async () => (await client.conversations()).find(({ title }) => title === 'Late'));

  const isKey = ({ method, path }: { method: string; path: string }): boolean => method === 'PUT' && path.includes('/sendToDevice/m.room.encrypted/');
  proxy.failNext({ kind: 'answer', status: 200, headers: { 'content-type': 'application/json' }, body: '{}' }, isKey, 5);
  await dora.session.send(outgoing(roomId, 'mackerel at seven', 'late-1'));
  const bodies = async (): Promise<readonly string[]> => (await client.messages(conversation)).map(({ text }) => text);
  const hits = async (): Promise<number> => (await client.call('search.messages', { query: 'mackerel', conversationId: null, before: null, limit: 10 })).hits.length;
  await until(async () => (await client.messages(conversation)).some(({ kind }) => kind === 'unreadable'), { label: 'the message that waits' });
  expect([await bodies(), await hits()]).toEqual([expect.not.arrayContaining(['mackerel at seven']), 0]);

  const kept = proxy.requests.filter((seen) => isKey(seen) && seen.outcome === 200 && seen.upstreamStatus === undefined);
  expect(kept.length).toBeGreaterThan(0);
  for (const { method, path, headers, body } of kept) {
    const answer = await fetch(stage.synapse.baseUrl + path, { method, body, headers: { authorization: headers.authorization ?? '', 'content-type': 'application/json' } });
    expect(answer.status).toBe(200);
  }
  const givenAtMs = performance.now();
  await until(async () => (await bodies()).includes('mackerel at seven'), { label: 'the text', intervalMs: 10 });
  expect(performance.now() - givenAtMs).toBeLessThan(1_000);
  expect(await hits()).toBe(1);
  expect(client.of('notification.raised').filter(({ conversationId }) => conversationId === conversation.id)).toHaveLength(1);
});
