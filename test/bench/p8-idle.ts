/** P8: what the program uses of a processor core while nothing happens, with accounts connected. */
import { chmodSync, copyFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { bridgeId } from '#model';
import { askEngine } from '../e2e/kit/ask-engine.ts';
import { makeUserDir, removeDir } from '../e2e/kit/as-user.ts';
import { launchApp } from '../e2e/kit/launch-app.ts';
import { until } from '../kit/until.ts';
import { startProsody, type ProsodyServer } from '../lab/index.ts';
import { appStage } from './kit/app-stage.ts';
import { cpuTimeMs } from './kit/process-tree.ts';
import type { BenchRow } from './kit/row.ts';

const accountCount = 3;
const settleMs = 10_000;
const watchedMs = 45_000;

export async function measure(): Promise<BenchRow[]> {
  await appStage();
  const server = await startProsody();
  const dir = await makeUserDir('bench-ca');
  const caFile = join(dir, 'ca.pem');
  copyFileSync(server.caFile, caFile);
  chmodSync(caFile, 0o644);
  const app = await launchApp({ env: { NODE_EXTRA_CA_CERTS: caFile } });
  try {
    await askEngine(app.page, 'settings.set', { patch: { isWelcomeDone: true } });
    await askEngine(app.page, 'vault.create', { passphrase: 'bench bench bench' });
    for (let index = 0; index < accountCount; index += 1) await connect(server, app.page, `idle-${index}`);
    const pid = await app.electron.evaluate(() => process.pid);
    await wait(settleMs);
    const before = cpuTimeMs(pid);
    await wait(watchedMs);
    const usedMs = cpuTimeMs(pid) - before;
    return [
      {
        id: 'P8-idle',
        title: `idle processor use with ${accountCount} XMPP accounts connected`,
        value: (usedMs / watchedMs) * 100,
        unit: '%',
        target: { is: 'at most', bound: 0.3 },
        note: `${usedMs} ms of one core in ${watchedMs / 1_000} s, all processes`,
      },
    ];
  } finally {
    await app.close();
    await server.stop();
    await removeDir(dir);
  }
}

async function connect(server: ProsodyServer, page: Page, user: string): Promise<void> {
  await server.register(user, 'bench');
  const values = { address: `${user}@${server.domain}`, password: 'bench', host: server.host, port: String(server.c2sPort) };
  const { id } = await askEngine(page, 'accounts.add', { bridgeId: bridgeId('xmpp'), flowId: 'password', values });
  const isOnline = async (): Promise<boolean> =>
    (await askEngine(page, 'app.start', {})).accounts.some((account) => account.id === id && account.state === 'online');
  await until(isOnline, { label: `${user} to be online`, timeoutMs: 30_000 });
}
