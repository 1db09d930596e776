// needs: nothing
/** How long a push can be taken back is the person's own choice. */
import { expect, it } from 'vitest';
import { until } from '../kit/until.ts';
import { createWorld } from './world.ts';

const pushAfter = async (pushUndoSeconds?: number) => {
  const { client, plan } = await createWorld();
  if (pushUndoSeconds !== undefined) await client.call('settings.set', { patch: { pushUndoSeconds } });
  const { planId } = await plan();
  const startedAtMs = Date.now();
  const push = await client.call('crm.push', { planId, targetKey: 'create', rememberOneClick: false });
  return { client, startedAtMs, push, endedAtMs: Date.now() };
};

it.each([
  [undefined, 10_000],
  [30, 30_000],
])('set to %s, a push waits for %i ms', async (seconds, waitMs) => {
  const { startedAtMs, push, endedAtMs } = await pushAfter(seconds);
  expect(push.state).toBe('undoable');
  expect(push.undoUntilMs).toBeGreaterThanOrEqual(startedAtMs + waitMs);
  expect(push.undoUntilMs).toBeLessThanOrEqual(endedAtMs + waitMs);
});

it('goes at once where nothing is to be undone', async () => {
  const { client, push } = await pushAfter(0);
  const done = await until(async () => (await client.call('crm.queue', { limit: 10 })).find(({ id, state }) => id === push.id && state === 'done'), { timeoutMs: 8_000, label: 'the push' });
  expect(done.fault).toBeNull();
});
