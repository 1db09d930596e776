import type { ConversationId, PushRow } from '#rpc';
import { RpcFailure } from '../../rpc/rpc-failure.ts';
import { readAll } from '../../store/statements.ts';
import { connections } from '../ledger/connections.ts';
import type { ConnectionRecord } from '../ledger/connections.ts';
import { localTime } from '../text/local-time.ts';
import { autoPush, hasNewsFor } from './auto-push.ts';
import type { PushDesk } from './push-desk.ts';

export interface Evening {
  /** Looks now, and again every minute. */
  readonly start: () => void;
  /** Looks now: awake again, or a setting was changed. */
  readonly check: () => Promise<void>;
  readonly stop: () => void;
}

const lookEveryMs = 60_000;

/** The person's own day and minute of it. */
export function dayAndMinute(nowMs: number, timeZone: string): { readonly day: string; readonly minute: number } {
  const { day, minute } = localTime(nowMs, timeZone);
  const [hours = 0, minutes = 0] = minute.split(':').map(Number);
  return { day, minute: hours * 60 + minutes };
}

/**
 * Pushes once a day what came since in conversations that are in the CRM already, at the minute each connection says;
 * later the same day when the computer slept then. A conversation that was never pushed is never begun here.
 */
export function createEvening(desk: PushDesk, undoMs: () => number, onPushed: (push: PushRow) => void): Evening {
  let timer: NodeJS.Timeout | undefined;
  let running = Promise.resolve();
  let isStopped = false;

  return {
    start: () => {
      timer = setInterval(() => void check(), lookEveryMs);
      timer.unref();
      void check();
    },
    check,
    stop: () => {
      isStopped = true;
      clearInterval(timer);
    },
  };

  function check(): Promise<void> {
    // After what runs: it may have looked at the clock or the settings already.
    running = running.then(look);
    return running;
  }

  async function look(): Promise<void> {
    for (const connection of connections.list(desk.db)) {
      const { day, minute } = dayAndMinute(desk.nowMs(), desk.timeZone);
      if (connection.eveningMinute === null || connection.eveningDay === day || minute < connection.eveningMinute) continue;
      // Written down only afterwards: what is queued by then is not queued twice when this runs again.
      if ((await pushEach(connection)) && !isStopped) connections.setEveningDay(desk.db, connection.id, day);
    }
  }

  /** @returns false when it has to be tried again */
  async function pushEach(connection: ConnectionRecord): Promise<boolean> {
    const known = readAll<{ id: ConversationId }>(
      desk.db,
      'SELECT DISTINCT conversation_id AS id FROM pushed_messages WHERE connection_id = ? ORDER BY conversation_id',
      connection.id,
    );
    let isComplete = true;
    for (const { id } of known) {
      if (isStopped) return false;
      if (!hasNewsFor(desk, connection, id)) continue;
      try {
        const push = await autoPush(desk, connection, id, undoMs());
        if (push !== null) onPushed(push);
      } catch (error) {
        // Removed or forbidden meanwhile: nothing to do. A vault that is locked will be opened.
        if (!(error instanceof RpcFailure)) isComplete = false;
      }
    }
    return isComplete;
  }
}
