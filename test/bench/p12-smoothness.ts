/** P12: the window while 5,000 messages come in after an absence: no task of the page that a person could feel. */
import { makeUserDir, removeDir } from '../e2e/kit/as-user.ts';
import { launchApp } from '../e2e/kit/launch-app.ts';
import { addXmppAccount, ownPassword, startXmppWorld, unlock } from '../e2e/kit/xmpp-inbox.ts';
import { inboxOf } from '../e2e/story/inbox.ts';
import { until } from '../kit/until.ts';
import { befriendSenders, fillArchive, messageCount } from './kit/absence.ts';
import { appStage } from './kit/app-stage.ts';
import { percentile } from './kit/measure.ts';
import type { BenchRow } from './kit/row.ts';

const boundMs = 50;

interface Seen {
  readonly longestTaskMs: number;
  readonly frameMs: readonly number[];
}

declare global {
  interface Window {
    benchSeen?: () => Seen;
  }
}

export async function measure(): Promise<BenchRow[]> {
  await appStage();
  const world = await startXmppWorld();
  const profileDir = await makeUserDir('bench-smooth');
  try {
    await befriendSenders(world.prosody, 'worker', ownPassword);
    const before = await launchApp({ env: world.env, profileDir });
    await addXmppAccount(inboxOf(before.page), world);
    await before.close();
    await fillArchive(world.prosody, 'worker');
    const app = await launchApp({ env: world.env, profileDir });
    try {
      const { page } = app;
      const inbox = inboxOf(page);
      await inbox.byId('unlock').waitFor();
      await page.evaluate(() => {
        const frameMs: number[] = [];
        let longestTaskMs = 0;
        let lastMs = performance.now();
        const frame = (nowMs: number): void => {
          frameMs.push(nowMs - lastMs);
          lastMs = nowMs;
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
        new PerformanceObserver((list) => {
          for (const { duration } of list.getEntries()) longestTaskMs = Math.max(longestTaskMs, duration);
        }).observe({ type: 'longtask' });
        window.benchSeen = () => ({ longestTaskMs, frameMs });
      });
      // The driver's own typing is over before the account begins to read.
      await unlock(inbox);
      await until(async () => (await inbox.byId('online-chip').innerText()).startsWith('1 of 1'), { label: 'everything read', timeoutMs: 60_000 });
      await until(async () => (await inbox.byId('conversation-row').count()) >= 10, { label: 'the list' });
      const seen = await page.evaluate(() => window.benchSeen?.() ?? { longestTaskMs: Number.NaN, frameMs: [] });
      return rowsOf(seen);
    } finally {
      await app.close();
    }
  } finally {
    await world.stop();
    await removeDir(profileDir);
  }
}

const rowsOf = ({ longestTaskMs, frameMs }: Seen): BenchRow[] => [
  {
    id: 'P12-smoothness-task',
    title: `longest task of the page while ${messageCount} messages come in`,
    value: longestTaskMs,
    unit: 'ms',
    target: { is: 'at most', bound: boundMs },
    note: longestTaskMs === 0 ? `none took longer than ${boundMs} ms (shorter ones are not told apart)` : 'the dialog that unlocks the accounts is among them',
  },
  {
    id: 'P12-smoothness-frame',
    title: 'time of a frame meanwhile, p95',
    value: percentile(frameMs, 0.95),
    unit: 'ms',
    target: { is: 'at most', bound: 18.5 },
    note: `median ${percentile(frameMs, 0.5).toFixed(1)} ms, longest ${Math.max(...frameMs).toFixed(0)} ms of ${frameMs.length} frames`,
  },
];
