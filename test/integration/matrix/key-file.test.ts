// needs: synapse peers
import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ExportedKeys, KeyFileAbility } from '#bridge';
import { remoteConversationId } from '#model';
import { startNioPeer, type NioPeer } from '../../lab/peers/start-nio-peer.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';
import { openAccount, outgoing, type OwnAccount } from './account.ts';
import { setStage, type Stage } from './stage.ts';

const never = new AbortController().signal;
const passphrase = 'doce palomas en el tejado';

/** Message keys as a file: with ourselves, and with a program of other code (matrix-nio), both ways. */
describe('a file of message keys', () => {
  let stage: Stage;
  let carol: NioPeer;
  let ours: ExportedKeys;
  let roomId: string;
  const folder = mkdtempSync(join(tmpdir(), 'palomar-keys-'));
  const fileOf = (name: string): string => join(folder, name);
  const filesOf = ({ session }: OwnAccount): KeyFileAbility => {
    if (session.encryption?.keyFiles === undefined) throw new Error('no files of keys');
    return session.encryption.keyFiles;
  };
  const startPeer = (name: string): Promise<NioPeer> =>
    startNioPeer({ baseUrl: stage.synapse.baseUrl, userId: '@carol:localhost', password: 'carol-secret', keyFolder: mkdtempSync(join(folder, name)) });

  beforeAll(async () => {
    stage = await setStage();
    await stage.synapse.register('carol', 'carol-secret');
    carol = await startPeer('first');
    await stage.own.session.start();
    await stage.own.host.waitFor('state', ({ connection }) => connection === 'online');
    roomId = await carol.createRoom({ name: 'Vault', invite: ['@alice:localhost'], isEncrypted: true });
    await stage.own.host.waitFor('conversation.upserted', (event) => event.conversation.remoteId === remoteConversationId(roomId));
    await stage.own.session.membership?.accept(remoteConversationId(roomId));
    await until(async () => (await stage.own.session.loadConversation(remoteConversationId(roomId))).membership === 'joined');
    await stage.own.session.send(outgoing(roomId, 'ours from before', 'k1'));
    await carol.waitForMessage((event) => event['body'] === 'ours from before');
    await carol.send(roomId, 'theirs from before');
    await stage.own.host.waitFor('message.upserted', ({ message }) => message.text === 'theirs from before');
    ours = await filesOf(stage.own).exportKeys(passphrase, never);
    writeFileSync(fileOf('ours.txt'), ours.text);
  });
  afterAll(async () => {
    await carol?.stop();
    await stage?.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  it('makes messages on a new device readable by itself; they say that their keys came from a file', async () => {
    const { text, keyCount } = ours;
    expect(keyCount).toBeGreaterThanOrEqual(2);
    expect(text).toMatch(/^-----BEGIN MEGOLM SESSION DATA-----\n/u);
    const fresh = await openAccount(stage.synapse.baseUrl, '@alice:localhost', 'alice-secret');
    try {
      await fresh.session.start();
      await fresh.host.waitFor('state', ({ connection }) => connection === 'online');
      await fresh.session.history?.loadOlder(remoteConversationId(roomId), null, null, 50);
      const unreadable = async (): Promise<number> => (await fresh.session.encryption?.health(never))?.unreadable.reduce((sum, { count }) => sum + count, 0) ?? 0;
      expect(await unreadable()).toBeGreaterThanOrEqual(2);
      expect(await filesOf(fresh).importKeys(fileOf('ours.txt'), passphrase, never)).toEqual({ keyCount });
      for (const body of ['ours from before', 'theirs from before']) {
        const { message } = await fresh.host.waitFor('message.upserted', (event) => event.message.text === body);
        expect(message).toMatchObject({ kind: 'message', shield: 'not-sure' });
      }
      await until(async () => (await unreadable()) === 0, { label: 'nothing unreadable is left' });
      expect(fresh.host.of('encryption.importing').at(-1)).toMatchObject({ doneCount: keyCount, totalCount: keyCount });
    } finally {
      await fresh.stop();
    }
  });

  it('is read by matrix-nio, and files of matrix-nio are read here', async () => {
    const again = await startPeer('second');
    try {
      await again.importKeys(fileOf('ours.txt'), passphrase);
      await again.exportKeys(fileOf('theirs.txt'), 'another passphrase');
    } finally {
      await again.stop();
    }
    // What nio took from our file comes back with all of it.
    const { keyCount } = await filesOf(stage.own).importKeys(fileOf('theirs.txt'), 'another passphrase', never);
    expect(keyCount).toBe(ours.keyCount);
  });

  it.each([
    ['another passphrase', (path: string) => path, 'not this one', 'wrong-password'],
    ['no file of keys', (path: string) => (writeFileSync(path, 'Dear diary'), path), passphrase, 'file-damaged'],
    ['a file that was cut off', (path: string) => (truncateSync(path, statSync(path).size - 200), path), passphrase, 'file-damaged'],
    ['a changed byte', (path: string) => (writeFileSync(path, readFileSync(path, 'utf8').replace(/.(?=.{200}$)/su, (sign) => (sign === 'A' ? 'B' : 'A'))), path), passphrase, 'wrong-password'],
    ['work for a year', (path: string) => (writeFileSync(path, withRounds(readFileSync(path, 'utf8'), 0xffffffff)), path), passphrase, 'file-damaged'],
    ['far too much', (path: string) => (truncateSync(path, 60 * 1024 * 1024), path), passphrase, 'too-large'],
  ])('with %s is refused with its own word', async (_, spoil, words, code) => {
    const path = join(tempFolder(), 'keys.txt');
    writeFileSync(path, readFileSync(fileOf('ours.txt')));
    spoil(path);
    await expect(filesOf(stage.own).importKeys(path, words, never)).rejects.toMatchObject({ fault: { code } });
  });
});

const withRounds = (text: string, rounds: number): string => {
  const [head = '', ...lines] = text.split('\n');
  const body = Buffer.from(lines.slice(0, -1).join(''), 'base64');
  body.writeUInt32BE(rounds, 33);
  return [head, body.toString('base64'), lines.at(-1)].join('\n');
};
