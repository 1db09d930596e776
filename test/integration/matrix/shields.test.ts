// needs: synapse peers
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { remoteConversationId, type RemoteMessage } from '#model';
import { matrixPeer } from '../../lab/peers/matrix-peer.ts';
import { startNioPeer } from '../../lab/peers/start-nio-peer.ts';
import { until } from '../../kit/until.ts';
import { openAccount, outgoing, type OwnAccount } from './account.ts';
import { setStage, type Stage } from './stage.ts';

const never = new AbortController().signal;
const isOnline = (account: OwnAccount): Promise<unknown> => account.host.waitFor('state', ({ connection }) => connection === 'online');
const enter = async (account: OwnAccount, roomId: string): Promise<void> => {
  const conversation = remoteConversationId(roomId);
  await account.host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === conversation);
  await account.session.membership?.accept(conversation);
  await until(async () => (await account.session.loadConversation(conversation)).membership === 'joined');
};
const finish = async (account: OwnAccount, kind: 'set-up' | 'device-policy', values = {}): Promise<string | undefined> => {
  const dialog = await account.session.encryption?.open({ kind }, never);
  return (await dialog?.answer('complete', values, never))?.notes[0]?.code;
};

/** What an encrypted room says about messages that deserve less trust than they look. */
describe('signs beside messages', () => {
  let stage: Stage;
  let dave: OwnAccount;
  let roomId: string;

  beforeAll(async () => {
    stage = await setStage();
    for (const name of ['carol', 'dave']) await stage.synapse.register(name, `${name}-secret`);
    dave = await openAccount(stage.synapse.baseUrl, '@dave:localhost', 'dave-secret');
    await Promise.all([stage.own.session.start(), dave.session.start()]);
    await Promise.all([isOnline(stage.own), isOnline(dave)]);
    roomId = await stage.bob.createRoom({ name: 'Vault', invite: ['@alice:localhost', '@dave:localhost', '@carol:localhost'] });
    await stage.bob.send(roomId, 'before there was encryption');
    await stage.bob.sendState(roomId, 'm.room.encryption', '', { algorithm: 'm.megolm.v1.aes-sha2' });
    await Promise.all([enter(stage.own, roomId), enter(dave, roomId)]);
  });
  afterAll(async () => {
    await dave?.stop();
    await stage?.stop();
  });

  const arrived = async (isWanted: (message: RemoteMessage) => boolean): Promise<RemoteMessage> =>
    (await stage.own.host.waitFor('message.upserted', ({ message }) => isWanted(message))).message;
  const saying = (text: string): Promise<RemoteMessage> => arrived((message) => message.text === text);

  it('a message in clear is marked as it comes and in history, not one from before', async () => {
    await stage.bob.send(roomId, 'in clear');
    expect(await saying('in clear')).toMatchObject({ shield: 'in-clear' });
    await stage.own.session.history?.loadOlder(remoteConversationId(roomId), null, null, 50);
    const told = stage.own.host.of('message.upserted').filter(({ origin }) => origin === 'history').map(({ message }) => [message.text, message.shield]);
    expect(told).toEqual(expect.arrayContaining([['in clear', 'in-clear'], ['before there was encryption', undefined]]));
  });

  it('a message of a device that nobody vouched for is marked until its owner does', async () => {
    const { remoteId } = await dave.session.send(outgoing(roomId, 'from a new computer', 's1'));
    expect(await saying('from a new computer')).toMatchObject({ shield: 'unverified-device' });
    expect(dave.host.of('message.upserted').find(({ message }) => message.remoteId === remoteId)?.message.shield).toBeUndefined();
    const open = async () => await stage.own.session.encryption?.unverifiedDevices?.('@dave:localhost', never);
    expect(await open()).toEqual({ count: 1, devicePolicy: 'all' });
    expect(await finish(dave, 'set-up')).toBe('recovery-key-save');
    const news = await stage.own.host.waitFor('message.shielded', ({ messageId }) => messageId === remoteId, 20_000);
    expect(news.shield).toBeNull();
    expect(await open()).toMatchObject({ count: 0 });
    await dave.session.send(outgoing(roomId, 'from a known computer', 's2'));
    expect((await saying('from a known computer')).shield).toBeUndefined();
  });

  it('a correction in clear changes nothing of what was encrypted', async () => {
    const { remoteId } = await dave.session.send(outgoing(roomId, 'the true words', 's3'));
    await saying('the true words');
    // Sent with dave's own rights, as a server could do it in anybody's name.
    const elsewhere = await matrixPeer({ baseUrl: stage.synapse.baseUrl, userId: '@dave:localhost', password: 'dave-secret' });
    await elsewhere.edit(roomId, remoteId, 'forged words');
    const warning = await stage.own.host.waitFor('security', ({ rule }) => rule === 'edit-in-clear');
    expect(warning.detail).toContain(remoteId);
    expect(stage.own.host.of('message.patched')).toEqual([]);
    // The server bundles the correction with the message it hands out again.
    await stage.own.session.history?.loadOlder(remoteConversationId(roomId), null, null, 50);
    expect(stage.own.host.of('message.upserted').filter(({ message }) => message.text.includes('forged'))).toEqual([]);
  });

  it('a key that was withheld is told with the reason of its sender', async () => {
    expect(await finish(dave, 'device-policy', { policy: ['verified'] })).toBe('saved');
    const { remoteId } = await dave.session.send(outgoing(roomId, 'only for verified devices', 's4'));
    const isTold = (message: RemoteMessage): boolean => message.remoteId === remoteId && message.text === 'reason:withheld-unverified';
    expect(await arrived(isTold)).toMatchObject({ kind: 'unreadable' });
    const health = await stage.own.session.encryption?.health(never);
    expect(health?.unreadable).toContainEqual({ reason: 'withheld-unverified', count: 1 });
  });

  it('a message of a device that is deleted by now is marked', async () => {
    const keyFolder = mkdtempSync(join(tmpdir(), 'palomar-carol-'));
    const carol = await startNioPeer({ baseUrl: stage.synapse.baseUrl, userId: '@carol:localhost', password: 'carol-secret', keyFolder });
    try {
      await carol.join(roomId);
      await stage.own.session.stop();
      // Until its own sync has told it of the room it sends nothing.
      await until(() => carol.send(roomId, 'from a device that is gone').then(() => true, () => false), { timeoutMs: 15_000 });
      await carol.logout();
    } finally {
      await carol.stop();
      rmSync(keyFolder, { recursive: true, force: true });
    }
    const own = await stage.restart();
    await own.session.start();
    expect(await saying('from a device that is gone')).toMatchObject({ shield: 'unknown-device' });
    // Dave set up a backup long ago; the SDK fills it when it finds the time.
    await until(async () => (await dave.session.encryption?.health(never))?.unsavedKeyCount === 0, { label: 'all keys are in the backup' });
  });
});
