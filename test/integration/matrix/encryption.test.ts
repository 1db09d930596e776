// needs: synapse peers
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { BridgeEvent } from '#bridge';
import { remoteConversationId, type RemoteMessage } from '#model';
import { startNioPeer, type NioPeer } from '../../lab/peers/start-nio-peer.ts';
import { filesContaining } from '../../kit/files-containing.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { freshName } from '../../kit/lab.ts';
import { until } from '../../kit/until.ts';
import { outgoing } from './account.ts';
import { setSharedStage, type SharedStage } from './stage.ts';

/** A room that encrypts, between our account and a client of other code (matrix-nio on libolm). */
describe('an encrypted room', () => {
  let stage: SharedStage;
  let carol: NioPeer;
  let roomId: string;
  const keyFolder = mkdtempSync(join(tmpdir(), 'palomar-carol-'));

  beforeAll(async () => {
    stage = await setSharedStage();
    const { userId } = await stage.synapse.register(freshName('carol'), 'carol-secret');
    const { baseUrl } = stage.synapse;
    carol = await startNioPeer({ baseUrl, userId, password: 'carol-secret', keyFolder });
    await stage.own.session.start();
    await stage.own.host.waitFor('state', ({ connection }) => connection === 'online');
    roomId = await carol.createRoom({ name: 'Vault', invite: [stage.own.login.address], isEncrypted: true });
    const conversation = remoteConversationId(roomId);
    await stage.own.host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === conversation);
    await stage.own.session.membership?.accept(conversation);
    await until(async () => (await stage.own.session.loadConversation(conversation)).membership === 'joined');
  });

  afterAll(async () => {
    await carol.stop();
    await stage.stop();
    rmSync(keyFolder, { recursive: true, force: true });
  });

  const arrived = (text: string): Promise<Extract<BridgeEvent, { type: 'message.upserted' }>> =>
    stage.own.host.waitFor('message.upserted', ({ message }) => message.text === text);
  const seenByCarol = (body: string) => carol.waitForMessage((event) => event['body'] === body);

  it('is told as encrypted, and may be written into', async () => {
    expect(await stage.own.session.loadConversation(remoteConversationId(roomId))).toMatchObject({ security: 'encrypted' });
    expect(stage.own.session.capabilities(remoteConversationId(roomId))).toMatchObject({ canSend: true, encrypts: true, canSendFiles: true });
  });

  it('carries messages both ways, as ciphertext', async () => {
    const receipt = await stage.own.session.send(outgoing(roomId, 'ours, in secret', 'e1'));
    expect(await seenByCarol('ours, in secret')).toMatchObject({ sender: stage.own.login.address, id: receipt.remoteId });
    await carol.send(roomId, 'theirs, in secret');
    expect((await arrived('theirs, in secret')).message).toMatchObject({ kind: 'message', senderId: carol.userId, isOwn: false });

    const events = await stage.bob.call('GET', '/versions').then(() => stage.aliceElsewhere.messages(roomId));
    const ofUs = events.filter(({ type }) => type === 'm.room.encrypted');
    expect(ofUs.length).toBeGreaterThanOrEqual(2);
    expect(events.some(({ type }) => type === 'm.room.message')).toBe(false);
    expect(JSON.stringify(events)).not.toContain('in secret');
  });

  it('carries corrections, replies and reactions', async () => {
    const { remoteId } = await stage.own.session.send(outgoing(roomId, 'before', 'e2'));
    await seenByCarol('before');
    const target = { conversationId: remoteConversationId(roomId), remoteId };
    await stage.own.session.edits?.edit(target, 'after', 'e3');
    const correction = await seenByCarol('* after');
    expect(correction['content']).toMatchObject({ 'm.relates_to': { rel_type: 'm.replace', event_id: remoteId } });

    const theirs = await carol.send(roomId, 'first version');
    await arrived('first version');
    await carol.edit(roomId, theirs, 'second version');
    const patched = await stage.own.host.waitFor('message.patched', (event) => event.target === theirs);
    expect(patched.patch.text).toBe('second version');
    await stage.own.session.reactions?.react({ conversationId: target.conversationId, remoteId: patched.target }, ['👍'], 'e4');
    await carol.waitFor('other', (event) => event['type'] === 'm.reaction');
  });

  it('carries files, of which the server sees neither name nor content', async () => {
    const data = randomBytes(300_000);
    const path = join(tempFolder(), 'offer.pdf');
    writeFileSync(path, data);
    const attachment = { path, name: 'offer.pdf', mime: 'application/pdf', sizeBytes: data.length };
    const receipt = await stage.own.session.send(outgoing(roomId, '', 'e5', { attachment }));
    const seen = await carol.waitForMessage((event) => (event['content'] as { msgtype?: string }).msgtype === 'm.file');
    const file = (seen['content'] as { file: { url: string } }).file;
    expect(Buffer.from(await stage.aliceElsewhere.download(file.url)).equals(data)).toBe(false);

    const [sent] = receipt.attachments ?? [];
    if (sent === undefined) throw new Error('no attachment');
    const copy = join(tempFolder(), 'copy');
    await stage.own.session.attachments?.download(sent, copy, 1_000_000, new AbortController().signal);
    expect(readFileSync(copy).equals(data)).toBe(true);
  });

  it('keeps its keys over a restart, and reads what was written meanwhile', async () => {
    await carol.send(roomId, 'before the restart');
    await arrived('before the restart');
    await stage.own.session.stop();
    await carol.send(roomId, 'while away');
    const own = await stage.restart();
    await own.session.start();
    const { message } = await own.host.waitFor('message.upserted', (event) => event.message.text === 'while away');
    expect(message.kind).toBe('message');
    await own.session.send(outgoing(roomId, 'back again', 'e6'));
    await seenByCarol('back again');
    expect(carol.events.filter(({ event }) => event === 'unreadable')).toEqual([]);
  });

  it('opens nothing of it to who reads the files of the account', async () => {
    const secrets = [...stage.own.host.secretValues.values()];
    expect(secrets.length).toBeGreaterThanOrEqual(2);
    const { dataDir } = stage.own.host;
    expect(filesContaining(dataDir, secrets)).toEqual([]);
    const [keys] = readdirSync(dataDir).filter((name) => name.startsWith('crypto-'));
    expect(filesContaining(join(dataDir, keys ?? ''), ['in secret', 'while away'])).toEqual([]);
  });

  it('keeps devices out that their owner has not verified, where we chose so, also after a restart', async () => {
    const never = new AbortController().signal;
    const choose = async (policy: string): Promise<unknown> => {
      const dialog = await stage.own.session.encryption?.open({ kind: 'device-policy' }, never);
      return (await dialog?.answer('complete', { policy: [policy] }, never))?.notes[0]?.code;
    };
    expect((await stage.own.session.encryption?.health(never))?.devicePolicy).toBe('all');
    // Nobody has vouched for our own devices yet.
    expect(await choose('verified')).toBe('encryption-set-up-first');
    const setUp = await stage.own.session.encryption?.open({ kind: 'set-up' }, never);
    await setUp?.answer('complete', {}, never);
    expect(await choose('verified')).toBe('saved');
    const own = await stage.restart();
    await own.session.start();
    await own.host.waitFor('state', ({ connection }) => connection === 'online');
    expect((await own.session.encryption?.health(never))?.devicePolicy).toBe('verified');
    const hidden = await own.session.send(outgoing(roomId, 'not for unknown devices', 'e7'));
    await carol.waitFor('unreadable', (event) => event['id'] === hidden.remoteId);
    const theirs = await carol.send(roomId, 'from an unverified device');
    const { message } = await own.host.waitFor('message.upserted', (event) => event.message.remoteId === theirs);
    expect(message).toMatchObject({ kind: 'unreadable', text: 'reason:sender-unverified' });

    await choose('all');
    await own.session.send(outgoing(roomId, 'for everybody again', 'e8'));
    await seenByCarol('for everybody again');
  });

  it('reads older messages page by page', async () => {
    const known: RemoteMessage[] = [];
    const page = await stage.own.session.history?.loadOlder(remoteConversationId(roomId), null, null, 50);
    for (const event of stage.own.host.of('message.upserted')) known.push(event.message);
    expect(page?.messageCount).toBeGreaterThan(0);
    expect(known.map(({ text }) => text)).toEqual(expect.arrayContaining(['theirs, in secret', 'before the restart']));
  });
});
