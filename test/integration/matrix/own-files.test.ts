// needs: synapse tools
/** The files of an account: one process at a time, a disk that is full, and nothing left after signing out. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { matrixBridge } from '../../../bridges/matrix/index.ts';
import { until } from '../../kit/until.ts';
import { killableAccount, type KillableAccount } from './killable-account.ts';
import { setSharedStage, type SharedStage } from './stage.ts';

const run = promisify(execFile);
const accounts: KillableAccount[] = [];
let stage: SharedStage;
let roomId: string;

const killable = (folder?: string): KillableAccount => {
  const account = killableAccount(stage.own.login, folder);
  accounts.push(account);
  return account;
};

const textsOf = (account: KillableAccount): readonly string[] =>
  account.events().flatMap((event) => (event.type === 'message.upserted' && event.message.conversationId === roomId ? [event.message.text] : []));

beforeAll(async () => {
  stage = await setSharedStage();
  roomId = await stage.room('Files');
});

afterAll(async () => {
  for (const account of accounts.toReversed()) await account.dispose();
  await stage?.stop();
});

it('belong to one process: a second one is told so, and the first goes on', async () => {
  const first = killable();
  first.start();
  await first.untilOnline();
  const second = killable(first.folder);
  second.start();
  await until(() => second.answers.some((answer) => answer['fault'] === 'conflict'), { label: 'the conflict', timeoutMs: 20_000 });
  expect(second.answers.some((answer) => answer['connection'] === 'online')).toBe(false);
  await second.kill();

  await stage.bob.send(roomId, 'still listening?');
  await until(() => textsOf(first).includes('still listening?'));
  await first.kill();
});

it('on a disk that is full: told, and nothing is lost after there is room again', async () => {
  const account = killable();
  account.start();
  await account.untilOnline();
  const before = textsOf(account).length;
  // A limit on the size of files refuses writes as a full disk does, and can be lifted from outside.
  await run('prlimit', ['--pid', String(account.pid), '--fsize=65536:unlimited']);
  const texts = Array.from({ length: 40 }, (_, index) => `${String(index).padStart(2, '0')} ${'full '.repeat(800)}`.trim());
  for (const text of texts) await stage.bob.send(roomId, text);
  await until(() => account.answers.some((answer) => answer['connection'] === 'offline' && answer['fault'] !== undefined), { label: 'the account says so', timeoutMs: 20_000 });

  await run('prlimit', ['--pid', String(account.pid), '--fsize=unlimited']);
  await until(() => textsOf(account).length >= before + texts.length, { label: 'everything after all', timeoutMs: 60_000, intervalMs: 100 });
  expect(textsOf(account).slice(before)).toEqual(texts);
  await account.kill();
}, 120_000);

it('are gone after signing out, and so is the device at the server', async () => {
  const { own } = stage;
  await own.session.start();
  await own.host.waitFor('state', ({ connection }) => connection === 'online');
  const deviceId = own.login.settings['deviceId'];
  const devices = async (): Promise<readonly unknown[]> =>
    ((await stage.aliceElsewhere.call('GET', '/v3/devices')) as { devices: { device_id: string }[] }).devices.map(({ device_id: id }) => id);
  expect(await devices()).toContain(deviceId);
  expect(readdirSync(own.host.dataDir)).not.toEqual([]);
  await own.session.stop();
  await matrixBridge.logout?.(own.account, own.host);
  expect(await devices()).not.toContain(deviceId);
  expect([...own.host.secretValues.keys()].filter((name) => /token/iu.test(name))).toEqual([]);
  expect(existsSync(own.host.dataDir) ? readdirSync(own.host.dataDir) : []).toEqual([]);
});
