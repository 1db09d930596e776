import type { PushId, PushRow } from '#rpc';
import { toConnectorError } from '../errors.ts';
import { connections } from '../ledger/connections.ts';
import type { ConnectionRecord } from '../ledger/connections.ts';
import { plans } from '../ledger/plans.ts';
import { pushRows } from '../ledger/push-rows.ts';
import { withKind } from './match-rule.ts';
import { neverBy } from './never-push.ts';
import type { PushDesk } from './push-desk.ts';
import { createPushRun } from './push-run.ts';
import { runPush } from './run-push.ts';
import { notifyPush, settleDone, settleFailed } from './settle-push.ts';

export interface PushQueue {
  /** Takes up what an earlier run of the engine left. */
  readonly start: () => void;
  /** Looks again now: a push was added, cancelled or retried. */
  readonly poke: () => void;
  /** The network is back or the computer woke up: what waits for it goes out now. */
  readonly wake: () => void;
  /** Ends after the request that is under way; what is left goes on with the next start. */
  readonly stop: () => Promise<void>;
}

/** Timers longer than this are set again: the clock may be turned, and long timers overflow. */
const longestSleepMs = 30_000;

/**
 * Sends pushes one after the other, for each connection on its own: so a conversation is never written by two at
 * once, its pushes keep their order, and a CRM that is down does not hold up another.
 */
export function createPushQueue(desk: PushDesk): PushQueue {
  const busy = new Map<number, Promise<void>>();
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;

  return { start, poke, wake, stop };

  function start(): void {
    pushRows.recover(desk.db);
    poke();
  }

  function wake(): void {
    for (const push of pushRows.open(desk.db)) {
      if (push.state === 'waiting' && push.fault !== null && push.fault.code !== 'rate-limited') {
        pushRows.setState(desk.db, push.id, { state: 'waiting', fault: push.fault, nextAttemptAtMs: desk.nowMs() });
      }
    }
    poke();
  }

  async function stop(): Promise<void> {
    clearTimeout(timer);
    stopping.abort();
    await Promise.allSettled(busy.values());
  }

  function poke(): void {
    if (stopping.signal.aborted) return;
    clearTimeout(timer);
    let nextAtMs = desk.nowMs() + longestSleepMs;
    for (const connection of connections.list(desk.db)) {
      if (busy.has(connection.id)) continue;
      const { push, atMs } = nextPush(connection);
      if (push === null) continue;
      if (atMs <= desk.nowMs()) begin(connection, push);
      else nextAtMs = Math.min(nextAtMs, atMs);
    }
    timer = setTimeout(poke, Math.max(5, nextAtMs - desk.nowMs()));
    timer.unref();
  }

  /** Due first; of one conversation only the oldest open push, so that notes keep their order. */
  function nextPush(connection: ConnectionRecord): { readonly push: PushRow | null; readonly atMs: number } {
    const seen = new Set<number>();
    const ready = pushRows
      .open(desk.db)
      .filter((push) => push.connectionId === connection.id && push.state !== 'needs-you')
      .filter((push) => !seen.has(push.conversationId) && seen.add(push.conversationId))
      .map((push) => ({ push, atMs: Math.max(dueAtMs(push), connection.pausedUntilMs) }))
      .sort((a, b) => a.atMs - b.atMs || a.push.id - b.push.id);
    return ready[0] ?? { push: null, atMs: Number.POSITIVE_INFINITY };
  }

  function begin(connection: ConnectionRecord, push: PushRow): void {
    const work = attempt(connection, push.id).finally(() => {
      busy.delete(connection.id);
      poke();
    });
    busy.set(connection.id, work);
  }

  async function attempt(connection: ConnectionRecord, id: PushId): Promise<void> {
    const push = pushRows.get(desk.db, id);
    const plan = plans.ofPush(desk.db, id);
    if (push === null) return;
    if (neverBy(desk.db, push.conversationId) !== null) {
      // What began before the rule stays as it is there; nothing more is written.
      pushRows.setState(desk.db, id, { state: 'cancelled' });
      plans.drop(desk.db, id);
      notifyPush(desk, id);
      return;
    }
    if (plan === null) {
      pushRows.setState(desk.db, id, { state: 'needs-you', fault: { code: 'internal', detail: 'the plan is missing' } });
      return;
    }
    const kind = plan.content.recordKind;
    pushRows.setState(desk.db, id, { state: 'sending' });
    notifyPush(desk, id);
    try {
      const run = await createPushRun(desk, id, push.conversationId, kind === undefined ? connection : withKind(connection, kind), stopping.signal);
      settleDone(desk, connection, id, push.conversationId, await runPush(run, plan));
    } catch (error) {
      if (stopping.signal.aborted) return;
      settleFailed(desk, connection, push, plan, toConnectorError(error));
    }
  }
}

const dueAtMs = (push: PushRow): number => push.undoUntilMs ?? push.nextAttemptAtMs ?? 0;
