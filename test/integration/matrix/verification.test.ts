// needs: synapse
/** Identity, recovery and verification, between two devices of ours. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Dialog, DialogStep } from '#bridge';
import { remoteConversationId } from '#model';
import { HttpFaultProxy, type HttpFault } from '../../kit/http-fault-proxy.ts';
import { until } from '../../kit/until.ts';
import { openAccount, outgoing, type OwnAccount } from './account.ts';
import { setSharedStage, type SharedStage } from './stage.ts';

const never = new AbortController().signal;
const codesOf = (step: DialogStep): unknown[] => step.notes.map(({ code }) => code);
const fixedText = (step: DialogStep): readonly string[] => step.form?.fields.find(({ kind }) => kind === 'fixed')?.values ?? [];

let stage: SharedStage;
let second: OwnAccount;
let third: OwnAccount;
let roomId: string;
let recoveryKey: string;

const ability = (own: OwnAccount) => {
  const { encryption } = own.session;
  if (encryption === undefined) throw new Error('no encryption');
  return encryption;
};
const health = (own: OwnAccount) => ability(own).health(never);
const untilOnline = (own: OwnAccount) => own.host.waitFor('state', ({ connection }) => connection === 'online');
const nextDevice = async (baseUrl = stage.synapse.baseUrl): Promise<OwnAccount> => {
  const own = await openAccount(baseUrl, stage.own.login.address, stage.password);
  await own.session.start();
  await untilOnline(own);
  return own;
};
const oldMessages = 200;
const letters = Array.from({ length: oldMessages }, (_, index) => `letter ${String(index)}`);
/** Before there is a backup: all their keys are saved at once then. */
const writeLetters = async ({ session }: OwnAccount): Promise<void> => {
  const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2', rotation_period_msgs: 10 } };
  roomId = await stage.aliceElsewhere.createRoom({ name: 'Old letters', initialState: [encryption] });
  // A sync may tell of a room while the server is still making it.
  await until(async () => (await session.loadConversation(remoteConversationId(roomId))).security === 'encrypted', { label: 'the room is encrypted for us' });
  for (const letter of letters) await session.send(outgoing(roomId, letter, letter.replace(' ', '-')));
};
const toTheBeginning = async ({ session }: OwnAccount): Promise<void> => {
  let cursor: string | null = null;
  do cursor = (await session.history?.loadOlder(remoteConversationId(roomId), cursor, null, 100))?.cursor ?? null;
  while (cursor !== null);
};
const unreadLetters = ({ host }: OwnAccount): readonly string[] => {
  const texts = new Set(host.of('message.upserted').map(({ message }) => message.text));
  return letters.filter((letter) => !texts.has(letter));
};

beforeAll(async () => {
  stage = await setSharedStage();
  await stage.own.session.start();
  await untilOnline(stage.own);
  await writeLetters(stage.own);
});

afterAll(async () => {
  await second?.stop();
  await third?.stop();
  await stage.stop();
});

describe('encryption of an account', () => {
  it('is not set up at first, and says so', async () => {
    const found = await health(stage.own);
    expect(found).toMatchObject({ identity: 'none', backup: 'none', isDeviceVerified: false, unreadable: [] });
    expect(found.fingerprint).toMatch(/^[A-Za-z0-9+/ ]{40,}$/u);
    expect(found.devices.find(({ isSelf }) => isSelf)?.id).toBe(found.deviceId);
  });

  it('is set up; the recovery key is shown until it was kept', async () => {
    const dialog = await ability(stage.own).open({ kind: 'set-up' }, never);
    expect(codesOf(dialog.first)).toEqual(['encryption-set-up-intro']);
    const shown = await dialog.answer('complete', {}, never);
    expect(codesOf(shown)).toEqual(['recovery-key-save']);
    [recoveryKey = ''] = fixedText(shown);
    expect(recoveryKey).toMatch(/^(?:[A-Za-z0-9]{4} ){11}[A-Za-z0-9]{4}$/u);
    expect((await dialog.answer('complete', { kept: ['false'] }, never)).state).toBe('open');
    expect(codesOf(await dialog.answer('complete', { kept: ['true'] }, never))).toEqual(['encryption-set-up']);
    expect(await health(stage.own)).toMatchObject({ identity: 'here', backup: 'here', isDeviceVerified: true });
  });

  it('shows a new device what it cannot read yet', async () => {
    const sent = (await stage.aliceElsewhere.messages(roomId, 2 * oldMessages)).filter(({ type }) => type === 'm.room.encrypted');
    expect(sent).toHaveLength(oldMessages);
    const keyCount = new Set(sent.map(({ content }) => content['session_id'])).size;
    const savedCount = async () => ((await stage.aliceElsewhere.call('GET', '/v3/room_keys/version')) as { count: number }).count;
    // Every one of these keys has to be in the backup before another device can ask for it; the SDK takes its time.
    await until(async () => (await savedCount()) >= keyCount, { timeoutMs: 40_000, intervalMs: 250 });
    second = await nextDevice();
    await second.host.waitFor('message.upserted', ({ message }) => message.kind === 'unreadable');
    const found = await health(second);
    expect(found).toMatchObject({ identity: 'elsewhere', backup: 'elsewhere', isDeviceVerified: false });
    expect(found.unreadable).toEqual([{ reason: 'backup-locked', count: expect.any(Number) as number }]);
  });

  it('reads everything with the recovery key, and only with the right one', async () => {
    const dialog = await ability(second).open({ kind: 'recover' }, never);
    expect(codesOf(await dialog.answer('complete', { key: ['no key at all'] }, never))).toEqual(['recovery-key-wrong']);
    const wrong = recoveryKey.replace(/(?<=^...)./u, (sign) => (sign === 'a' ? 'b' : 'a'));
    expect(codesOf(await dialog.answer('complete', { key: [wrong] }, never))).toEqual(['recovery-key-wrong']);
    expect(codesOf(await dialog.answer('complete', { key: [recoveryKey] }, never))).toEqual(['encryption-recovered']);
    // The first response brought the newest ones; the others come by scrolling up.
    await toTheBeginning(second);
    await until(() => unreadLetters(second).length === 0, { label: 'every letter', timeoutMs: 30_000 });
    expect(await health(second)).toMatchObject({ identity: 'here', backup: 'here', isDeviceVerified: true, unreadable: [] });
  });

  it('reads by itself what another device saves only after the recovery', async () => {
    const answer = (status: number, body: unknown): HttpFault => ({ kind: 'answer', status, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
    const proxy = await HttpFaultProxy.start(stage.synapse.baseUrl);
    const version = (await stage.aliceElsewhere.call('GET', '/v3/room_keys/version')) as object;
    const asked = 'GET /_matrix/client/v3/room_keys/keys/';
    proxy.failNext(answer(200, { ...version, count: 0, etag: 'empty' }), 'GET /_matrix/client/v3/room_keys/version', Infinity);
    proxy.failNext(answer(404, { errcode: 'M_NOT_FOUND' }), asked, Infinity);
    proxy.failNext(answer(200, { rooms: {} }), 'GET /_matrix/client/v3/room_keys/keys?', Infinity);
    const late = await nextDevice(proxy.baseUrl);
    try {
      await late.host.waitFor('message.upserted', ({ message }) => message.kind === 'unreadable');
      const dialog = await ability(late).open({ kind: 'recover' }, never);
      expect(codesOf(await dialog.answer('complete', { key: [recoveryKey] }, never))).toEqual(['encryption-recovered']);
      await toTheBeginning(late);
      await until(() => proxy.count(asked) >= oldMessages / 10, { label: 'every key was asked for once', timeoutMs: 30_000 });
      expect(unreadLetters(late)).toHaveLength(oldMessages);
      proxy.clear();
      await until(() => unreadLetters(late).length === 0, { label: 'every letter', timeoutMs: 40_000 });
      await until(async () => (await health(late)).unreadable.length === 0, { label: 'nothing waits any more' });
    } finally {
      await late.stop();
      await proxy.close();
    }
  });

  it('compares the same pictures on both devices, and then trusts the new one', async () => {
    third = await nextDevice();
    expect((await health(third)).isDeviceVerified).toBe(false);
    const [ours, theirs] = await bothDialogs(third, second);
    const [shownHere, shownThere] = await Promise.all([ours.wait?.(never), theirs.wait?.(never)]);
    if (shownHere === undefined || shownThere === undefined) throw new Error('no pictures');
    expect(fixedText(shownHere)).toHaveLength(7);
    expect(fixedText(shownHere)).toEqual(fixedText(shownThere));
    const ends = await Promise.all([ours.answer('complete', { match: ['yes'] }, never), theirs.answer('complete', { match: ['yes'] }, never)]);
    expect(ends.map(codesOf)).toEqual([['verified'], ['verified']]);
    await until(async () => (await health(third)).isDeviceVerified, { timeoutMs: 20_000, intervalMs: 250 });
    // What the first device put into the backup comes with it.
    await third.host.waitFor('message.upserted', ({ message }) => message.text === letters.at(-1), 20_000);
  });

  it('ends on both when the pictures differ on one', async () => {
    const [ours, theirs] = await bothDialogs(third, second);
    await Promise.all([ours.wait?.(never), theirs.wait?.(never)]);
    expect(codesOf(await ours.answer('complete', { match: ['no'] }, never))).toEqual(['verification-mismatch']);
    expect(codesOf(await theirs.answer('complete', { match: ['yes'] }, never))).toEqual(['verification-cancelled']);
  });

  it('is made anew after everything was lost, with the password and a warning', async () => {
    const dialog = await ability(third).open({ kind: 'reset' }, never);
    expect(dialog.first.notes).toMatchObject([{ kind: 'warning', code: 'encryption-reset-intro' }]);
    expect(codesOf(await dialog.answer('complete', {}, never))).toEqual(['password-needed']);
    expect(codesOf(await dialog.answer('complete', { password: ['wrong'] }, never))).toEqual(['wrong-password']);
    const shown = await dialog.answer('complete', { password: [stage.password] }, never);
    expect(fixedText(shown)[0]).not.toBe(recoveryKey);
    await dialog.answer('complete', { kept: ['true'] }, never);
    expect(await health(third)).toMatchObject({ identity: 'here', backup: 'here', isDeviceVerified: true });
    // The old devices are not part of the new identity until they were verified again.
    await until(async () => !(await health(stage.own)).isDeviceVerified, { timeoutMs: 20_000, intervalMs: 250 });
  });

  it('keeps sending to a room where everybody can read', async () => {
    await third.session.send(outgoing(roomId, 'from the third device', 'third-1'));
    await stage.own.host.waitFor('message.upserted', ({ message }) => message.text === 'from the third device');
    expect(await third.session.loadConversation(remoteConversationId(roomId))).toMatchObject({ security: 'encrypted' });
  });
});

/** The dialog of the one who asks, and of the one who was asked and accepted. */
async function bothDialogs(asking: OwnAccount, asked: OwnAccount): Promise<[Dialog, Dialog]> {
  const before = asked.host.of('verification.requested').length;
  const { deviceId } = await health(asked);
  const ours = await ability(asking).open({ kind: 'verify-device', deviceId }, never);
  await until(() => asked.host.of('verification.requested').slice(before).some(({ isOpen }) => isOpen));
  const request = asked.host.of('verification.requested').slice(before).find(({ isOpen }) => isOpen);
  const theirs = await ability(asked).open({ kind: 'answer-verification', requestId: request?.requestId ?? '' }, never);
  expect(codesOf(theirs.first)).toEqual(['verification-accept']);
  await theirs.answer('complete', {}, never);
  return [ours, theirs];
}
