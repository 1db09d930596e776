/**
 * A server may not know any more where our sync stands: it was set up anew, moved to other software, or restored from
 * an older copy. Everything is asked for from the beginning then, and folded into what we have.
 */
import { asRecord, asString } from '../event-shape.ts';
import type { MatrixStore } from '../store/matrix-store.ts';

/** A server that never takes a position would have us load everything again and again. */
const leastPauseMs = 15 * 60_000;
const lastSetting = 'started_over_ms';

/**
 * Forgets the position: the next session asks from the beginning.
 * @returns false when that was done a short while ago; nothing is changed then
 */
export const startOver = (store: MatrixStore, nowMs: number): boolean =>
  store.transaction(() => {
    const passedMs = nowMs - Number(store.settings.get(lastSetting) ?? -Infinity);
    // A clock that was set back is no reason to wait.
    if (passedMs >= 0 && passedMs < leastPauseMs) return false;
    store.settings.set(lastSetting, String(nowMs));
    store.settings.set('starting_over', 'yes');
    store.settings.delete('next_batch');
    // Somebody who left meanwhile must not get the keys of what is written from now on.
    store.members.deleteAll();
    return true;
  });

/** Whether this answer to a `/sync` with a position means that the server has no use for it. */
export const isPositionRefused = async (response: Response): Promise<boolean> => {
  if (response.status !== 400 && response.status !== 404) return false;
  // A gateway before the server has no errcode, and one that knows no sync at all says so.
  const code = asString(asRecord(await response.json().catch(() => null))['errcode']);
  return code !== undefined && code !== 'M_UNRECOGNIZED';
};

/** Of Synapse (`s12_…`, `m12~…`), Dendrite (`s12_…`) and Conduit (`12`). */
const counted = /^(?<kind>[a-z]?)(?<count>\d{1,15})(?:$|[_~])/u;

/**
 * Whether a server that was at `since` answered with an earlier position. Positions are opaque; where they do not begin
 * with a number, which only grows on the servers we know, nothing is concluded.
 */
export const wentBack = (since: string | null, next: string | undefined): boolean => {
  const [before, after] = [counted.exec(since ?? '')?.groups, counted.exec(next ?? '')?.groups];
  if (before === undefined || after === undefined || before['kind'] !== after['kind']) return false;
  return Number(after['count']) < Number(before['count']);
};
