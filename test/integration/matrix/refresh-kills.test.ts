// needs: synapse
/** Twenty kills around a renewal of tokens, for passwords (MSC2918) and for OAuth: nobody is signed out by one. */
import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import type { LoginResult } from '#bridge';
import { matrixBridge } from '../../../bridges/matrix/index.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { until } from '../../kit/until.ts';
import { startAuthServer, startSynapse, visitAuthPage } from '../../lab/index.ts';

const never = new AbortController().signal;
const program = join(import.meta.dirname, 'refresh-process.ts');
const kills = 20;
/** A renewal and its way to the disk take a part of this. */
const latestKillMs = 40;
const mostEarlier = 3;

const start = (folder: string): { readonly child: ChildProcess; readonly words: readonly string[] } => {
  const child = spawn(process.execPath, [program, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  const words: string[] = [];
  createInterface({ input: child.stdout! }).on('line', (word) => words.push(word));
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, words };
};

const kill = async (child: ChildProcess): Promise<void> => {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
};

/** @returns how many of the kills struck after the question and before the answer was kept */
const killAround = async (login: LoginResult): Promise<number> => {
  const folder = tempFolder('refresh');
  writeFileSync(join(folder, 'account.json'), JSON.stringify(login));
  let betweenCount = 0;
  for (let count = 0; count < kills; count += 1) {
    const { child, words } = start(folder);
    const earlier = randomInt(mostEarlier + 1);
    await until(() => words.includes('out') || words.filter((word) => word === 'asking').length > earlier, { label: 'a renewal', intervalMs: 1, timeoutMs: 20_000 });
    await pause(randomInt(latestKillMs));
    await kill(child);
    expect(words, `after ${count} kills`).not.toContain('out');
    if (words.lastIndexOf('asking') > words.lastIndexOf('saved')) betweenCount += 1;
  }
  const { child, words } = start(folder);
  await until(() => words.includes('out') || words.lastIndexOf('known') > words.lastIndexOf('saved'), { label: 'a session that goes on' });
  await kill(child);
  expect(words).not.toContain('out');
  return betweenCount;
};

it(`a password's session survives ${kills} kills`, async () => {
  const synapse = await startSynapse();
  onTestFinished(() => synapse.stop());
  await synapse.register('alice', 'alice-secret');
  const login = await matrixBridge.login('password', { address: '@alice:localhost', password: 'alice-secret', server: synapse.baseUrl }, never);
  expect(await killAround(login)).toBeGreaterThan(0);
});

it(`a session of OAuth survives ${kills} kills`, async () => {
  const auth = await startAuthServer();
  const synapse = await startSynapse({ auth: { url: auth.url, secret: auth.secret } });
  onTestFinished(async () => {
    await synapse.stop();
    await auth.stop();
  });
  auth.attach(synapse.baseUrl);
  await auth.register('ana', 'a secret');
  const dialog = await matrixBridge.signInOnWeb?.(synapse.baseUrl, never);
  const waiting = dialog?.wait?.(never);
  await visitAuthPage(dialog?.first.link ?? '', { user: 'ana', password: 'a secret' });
  await waiting;
  const login = await matrixBridge.login(dialog?.result()?.flowId ?? '', dialog?.result()?.values ?? {}, never);
  dialog?.kept?.();
  await dialog?.close();
  expect(await killAround(login)).toBeGreaterThan(0);
});
