// needs: synapse
/** Two people make sure of each other, and one of them comes back with new keys. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { DialogStep } from '#bridge';
import { remoteConversationId } from '#model';
import { freshName } from '../../kit/lab.ts';
import { until } from '../../kit/until.ts';
import { openAccount, outgoing, type OwnAccount } from './account.ts';
import { setSharedStage, type SharedStage } from './stage.ts';

const never = new AbortController().signal;
const codesOf = (step: DialogStep | undefined): unknown[] => step?.notes.map(({ code }) => code) ?? [];
const fixedText = (step: DialogStep | undefined): readonly string[] => step?.form?.fields.find(({ kind }) => kind === 'fixed')?.values ?? [];

let stage: SharedStage;
let dora: OwnAccount;
let aliceId: string;
let doraId: string;

const ability = (own: OwnAccount) => {
  const { encryption } = own.session;
  if (encryption === undefined) throw new Error('no encryption');
  return encryption;
};
const setUp = async (own: OwnAccount): Promise<void> => {
  const dialog = await ability(own).open({ kind: 'set-up' }, never);
  await dialog.answer('complete', {}, never);
};
const online = async (own: OwnAccount): Promise<void> => {
  await own.session.start();
  await own.host.waitFor('state', ({ connection }) => connection === 'online');
};

beforeAll(async () => {
  stage = await setSharedStage();
  aliceId = stage.own.login.address;
  ({ userId: doraId } = await stage.synapse.register(freshName('dora'), 'dora-secret'));
  dora = await openAccount(stage.synapse.baseUrl, doraId, 'dora-secret');
  await Promise.all([online(stage.own), online(dora)]);
});
afterAll(async () => {
  await dora?.stop();
  await stage?.stop();
});

it('compares pictures over their conversation, trusts afterwards, and notices new keys', async () => {
  const { own } = stage;
  expect(await ability(own).trust(doraId, never)).toBe('none');
  await Promise.all([setUp(own), setUp(dora)]);
  await until(async () => (await ability(own).trust(doraId, never)) === 'unverified', { timeoutMs: 20_000, intervalMs: 200 });

  const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
  const roomId = await stage.aliceElsewhere.createRoom({ invite: [doraId], isDirect: true, initialState: [encryption] });
  await stage.aliceElsewhere.call('PUT', `/v3/user/${encodeURIComponent(aliceId)}/account_data/m.direct`, { [doraId]: [roomId] });
  await dora.host.waitFor('conversation.upserted', ({ conversation }) => conversation.remoteId === roomId);
  await dora.session.membership?.accept(remoteConversationId(roomId));
  await own.session.send(outgoing(roomId, 'is it you?', 'pv-1'));
  await dora.host.waitFor('message.upserted', ({ message }) => message.text === 'is it you?');

  const ours = await ability(own).open({ kind: 'verify-person', address: doraId }, never);
  const request = await dora.host.waitFor('verification.requested', ({ isOpen, personId }) => isOpen && String(personId) === aliceId);
  const theirs = await ability(dora).open({ kind: 'answer-verification', requestId: request.requestId }, never);
  await theirs.answer('complete', {}, never);
  const [here, there] = await Promise.all([ours.wait?.(never), theirs.wait?.(never)]);
  expect(fixedText(here)).toHaveLength(7);
  expect(fixedText(here)).toEqual(fixedText(there));
  const ends = await Promise.all([ours.answer('complete', { match: ['yes'] }, never), theirs.answer('complete', { match: ['yes'] }, never)]);
  expect(ends.map(codesOf)).toEqual([['verified'], ['verified']]);
  await until(async () => (await ability(own).trust(doraId, never)) === 'verified', { timeoutMs: 20_000, intervalMs: 200 });
  await until(async () => (await ability(dora).trust(aliceId, never)) === 'verified', { timeoutMs: 20_000, intervalMs: 200 });

  const conversationId = remoteConversationId(roomId);
  const warnings = () => ability(own).warnings?.(conversationId, never);
  expect(await warnings()).toEqual({ changedPeople: [], unverifiedDevices: { count: 0, devicePolicy: 'all' } });
  const anew = await ability(dora).open({ kind: 'reset' }, never);
  await anew.answer('complete', {}, never);
  await anew.answer('complete', { password: ['dora-secret'] }, never);
  await until(async () => (await ability(own).trust(doraId, never)) === 'changed', { timeoutMs: 20_000, intervalMs: 200 });
  expect((await warnings())?.changedPeople).toEqual([doraId]);
  // Somebody signs in as her, and has no keys to vouch for that device.
  const intruder = await openAccount(stage.synapse.baseUrl, doraId, 'dora-secret');
  await online(intruder);
  await until(async () => (await warnings())?.unverifiedDevices.count === 1, { label: 'the device nobody vouches for' });
  await intruder.stop();
  const approval = await ability(own).open({ kind: 'approve-identity', address: doraId }, never);
  expect(codesOf(approval.first)).toEqual(['identity-changed']);
  await approval.answer('complete', {}, never);
  expect(await ability(own).trust(doraId, never)).toBe('unverified');
  expect((await warnings())?.changedPeople).toEqual([]);
});

it('needs a conversation to ask in', async () => {
  await expect(ability(stage.own).open({ kind: 'verify-person', address: stage.bob.userId }, never)).rejects.toMatchObject({ fault: { code: 'not-found' } });
});
