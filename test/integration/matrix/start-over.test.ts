// needs: synapse
// takes: long
/** A homeserver that lost our place: moved to other software, or restored from an older copy. Nothing is lost, nothing comes twice. */
import { copyFileSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { remoteConversationId } from '#model';
import { openMatrixStore } from '../../../bridges/matrix/store/matrix-store.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';
import { openAccount, outgoing, type OwnAccount } from './account.ts';
import { setSharedStage, setStage } from './stage.ts';

const untilOnline = ({ host }: OwnAccount) => host.waitFor('state', ({ connection }) => connection === 'online', 30_000);
const untilTold = ({ host }: OwnAccount, text: string) => host.waitFor('message.upserted', ({ message }) => message.text === text, 60_000);
/** All that was told of a room, in its order. */
const toldOf = ({ host }: OwnAccount, roomId: string): readonly string[] =>
  host.of('message.upserted').filter(({ message }) => message.conversationId === roomId).map(({ message }) => message.text);

/** As the outbox does: again until it goes, told once. */
const say = (from: OwnAccount, roomId: string, text: string) =>
  until(() => from.session.send(outgoing(roomId, text, `txn-${text.replaceAll(' ', '-')}`)), { timeoutMs: 60_000, intervalMs: 200, label: `sending ${text}` });

/** The database of a Synapse that does not run. */
const copyDatabase = (from: string, to: string): void => {
  for (const file of readdirSync(to).filter((name) => name.startsWith('homeserver.db'))) rmSync(join(to, file));
  for (const file of readdirSync(from).filter((name) => name.startsWith('homeserver.db'))) copyFileSync(join(from, file), join(to, file));
};

it('goes on where a server refuses the position of another software', async () => {
  const stage = await setSharedStage();
  onTestFinished(() => stage.stop());
  const { bob } = stage;
  const rooms = { quiet: await stage.room('Quiet'), busy: await stage.room('Busy') };
  await bob.send(rooms.quiet, 'seen');
  await bob.send(rooms.busy, 'seen too');
  await stage.own.session.start();
  await untilOnline(stage.own);
  await stage.own.session.stop();

  const store = openMatrixStore(join(stage.own.host.dataDir, 'matrix.sqlite'));
  store.settings.set('next_batch', 'a-position-of-other-software');
  store.close();
  await bob.send(rooms.quiet, 'missed');
  const missed = Array.from({ length: 30 }, (_, index) => `missed ${String(index)}`);
  for (const text of missed) await bob.send(rooms.busy, text);

  const own = await stage.restart();
  await own.session.start();
  await untilTold(own, 'missed 29');
  await untilOnline(own);
  expect(own.host.of('message.upserted').map(({ origin }) => origin)).toEqual(Array.from({ length: 21 }, () => 'catchup'));
  expect(toldOf(own, rooms.quiet)).toEqual(['missed']);
  expect(toldOf(own, rooms.busy)).toEqual(missed.slice(-20));
  const [gap, ...others] = own.host.of('gap.upserted');
  expect(others).toEqual([]);
  expect(gap?.conversationId).toBe(rooms.busy);
  const from = own.host.events.length;
  expect(await own.session.history?.loadOlder(remoteConversationId(rooms.busy), gap?.cursor ?? null, null, 50)).toMatchObject({ messageCount: 10, hasMore: false });
  const filled = own.host.events.slice(from).filter((event) => event.type === 'message.upserted');
  expect(filled.map(({ message }) => message.text)).toEqual(missed.slice(0, 10));

  await bob.send(rooms.quiet, 'as ever');
  expect((await own.host.waitFor('message.upserted', ({ message }) => message.text === 'as ever')).origin).toBe('live');
  await own.session.send(outgoing(rooms.quiet, 'and back', 'txn-back'));
});

it('keeps what a restored server forgot, and hears all that was said after its copy', async () => {
  const stage = await setStage();
  onTestFinished(() => stage.stop());
  const { bob, synapse } = stage;
  const encryption = { type: 'm.room.encryption', state_key: '', content: { algorithm: 'm.megolm.v1.aes-sha2' } };
  const plain = await stage.room('Harbour');
  const { userId } = await synapse.register('carol', 'carol-secret');
  const secret = await stage.aliceElsewhere.createRoom({ name: 'Safe', initialState: [encryption], invite: [userId] });
  await bob.send(plain, 'before the copy');
  const carol = await openAccount(synapse.baseUrl, userId, 'carol-secret');
  onTestFinished(() => carol.stop());
  const { host } = stage.own;
  for (const one of [stage.own, carol]) {
    await one.session.start();
    await untilOnline(one);
  }
  await carol.host.waitFor('conversation.upserted', ({ conversation }) => conversation.remoteId === secret);
  await carol.session.membership?.accept(remoteConversationId(secret));
  await say(carol, secret, 'a secret');
  await untilTold(stage.own, 'a secret');

  const copy = tempFolder('synapse-copy');
  await synapse.kill();
  copyDatabase(synapse.dir, copy);
  await synapse.restart();
  for (const one of [stage.own, carol]) one.session.reconnect();
  await say(carol, secret, 'a forgotten secret');
  await untilTold(stage.own, 'a forgotten secret');
  const forgotten = await stage.room('Made after the copy');
  for (let index = 0; index < 5; index += 1) await bob.send(plain, `forgotten ${String(index)}`);
  await untilTold(stage.own, 'forgotten 4');
  await until(() => host.of('conversation.upserted').some(({ conversation }) => conversation.remoteId === forgotten));

  await synapse.kill();
  copyDatabase(copy, synapse.dir);
  await synapse.restart();
  await bob.send(plain, 'after the restoration');
  for (const one of [stage.own, carol]) one.session.reconnect();
  await untilTold(stage.own, 'after the restoration');
  await host.waitFor('conversation.patched', ({ conversationId, patch }) => conversationId === forgotten && patch.membership === 'left');
  await bob.send(plain, 'as ever');
  await untilTold(stage.own, 'as ever');

  const forgottenTexts = Array.from({ length: 5 }, (_, index) => `forgotten ${String(index)}`);
  expect(toldOf(stage.own, plain)).toEqual(['before the copy', ...forgottenTexts, 'after the restoration', 'as ever']);
  expect(host.of('message.deleted')).toEqual([]);
  expect(host.of('gap.upserted')).toEqual([]);
  await say(stage.own, plain, 'we write');
  await say(carol, secret, 'another secret');
  await untilTold(stage.own, 'another secret');
  await say(stage.own, secret, 'an answer');
  await untilTold(carol, 'an answer');
  const secrets = ['a secret', 'a forgotten secret', 'another secret', 'an answer'];
  await untilTold(stage.own, 'an answer');
  expect([toldOf(stage.own, secret), toldOf(carol, secret)]).toEqual([secrets, secrets]);
  const written = await stage.aliceElsewhere.messages(secret);
  expect(written.filter(({ type }) => type === 'm.room.message')).toEqual([]);
});
