/**
 * Asks the bridges that have an API how our logins at them go, and says what changed. A nudge (a bot wrote, a login
 * ended, somebody came back to the app) asks soon; apart from that see poll-plan.ts.
 */
import type { BridgeEvent } from '#bridge';
import type { BridgeIdentity } from '../provisioning/shapes.ts';
import { nextPollMs } from './poll-plan.ts';

/** One bridge as it answered; null: it did not. */
export interface BridgeReport {
  readonly url: string;
  readonly identity: BridgeIdentity | null;
}

export interface BridgeWatch {
  /** We know the rooms as they are now; or not any more: nobody can be asked. */
  setOnline(isOnline: boolean): void;
  setActive(isActive: boolean): void;
  /** Something happened at a bridge. */
  nudge(): void;
  stop(): void;
}

export interface BridgeWatchOptions {
  /** Never rejects for a bridge that does not answer. */
  readonly ask: (signal: AbortSignal) => Promise<readonly BridgeReport[]>;
  readonly say: (events: readonly BridgeEvent[]) => void;
  readonly random?: (() => number) | undefined;
}

const nudgeMs = 2_000;
/** Whatever nudges us, no bridge is asked more often. */
const leastPauseMs = 5_000;
/** One lost answer is no lost bridge. */
const silencesUntilLost = 2;

export const createBridgeWatch = ({ ask, say, random = Math.random }: BridgeWatchOptions): BridgeWatch => {
  const closing = new AbortController();
  const told = new Map<string, string>();
  const silences = new Map<string, number>();
  let timer: NodeJS.Timeout | undefined;
  let isOnline = false;
  let isActive = true;
  let isAsking = false;
  let isNudged = false;
  let lastAskedMs = -Infinity;
  let dueMs = Infinity;
  let troubleCount = 0;

  const tell = (report: BridgeReport): BridgeEvent[] => {
    const { url, identity } = report;
    const silence = identity === null ? (silences.get(url) ?? 0) + 1 : 0;
    silences.set(url, silence);
    if (identity === null && silence < silencesUntilLost) return [];
    const event: BridgeEvent = { type: 'logins.replaced', service: url, network: identity?.network ?? null, logins: identity?.logins ?? null };
    const text = JSON.stringify(event);
    if (told.get(url) === text) return [];
    told.set(url, text);
    return [event];
  };
  const poll = async (): Promise<void> => {
    isAsking = true;
    isNudged = false;
    dueMs = Infinity;
    lastAskedMs = performance.now();
    const reports = await ask(closing.signal).catch(() => []);
    isAsking = false;
    if (closing.signal.aborted) return;
    const events = reports.flatMap(tell);
    if (events.length > 0) say(events);
    const logins = reports.flatMap(({ identity }) => identity?.logins ?? []);
    const hasTrouble = reports.some(({ identity }) => identity === null) || logins.some(({ state }) => state !== 'connected');
    troubleCount = hasTrouble ? troubleCount + 1 : 0;
    plan(isNudged ? nudgeMs : nextPollMs({ isActive, hasLogins: logins.length > 0, hasTrouble, troubleCount }) * (0.9 + random() * 0.2));
  };
  const plan = (waitMs: number): void => {
    clearTimeout(timer);
    if (!isOnline || isAsking || closing.signal.aborted) return;
    const nowMs = performance.now();
    // What is planned sooner stays: a bot that never stops would else put the question off for ever.
    dueMs = Math.min(dueMs, Math.max(nowMs + waitMs, lastAskedMs + leastPauseMs));
    timer = setTimeout(() => void poll(), Math.max(0, dueMs - nowMs));
    timer.unref();
  };
  const nudge = (): void => {
    isNudged = true;
    plan(nudgeMs);
  };

  return {
    setOnline(next) {
      if (next === isOnline) return;
      isOnline = next;
      dueMs = Infinity;
      clearTimeout(timer);
      if (next) plan(0);
    },
    setActive(next) {
      const isBack = next && !isActive;
      isActive = next;
      if (isBack) nudge();
    },
    nudge,
    stop() {
      closing.abort();
      clearTimeout(timer);
    },
  };
};
