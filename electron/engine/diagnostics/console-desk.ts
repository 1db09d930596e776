import { randomBytes } from 'node:crypto';
import type { BridgeSession, ConsoleLine, DiagnosticsAbility } from '#bridge';
import type { AccountId } from '#model';
import type { ConsoleWatchId, RpcOutput } from '#rpc';
import { RpcFailure, notFound } from '../rpc/rpc-failure.ts';

export interface ConsoleDeskOptions {
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  /** @throws BridgeError when the account has nothing to watch */
  readonly abilityOf: (id: AccountId) => DiagnosticsAbility;
  readonly now: () => number;
}

/** Consoles that somebody looks at. What is not fetched soon is dropped, and so is a watch that nobody reads. */
export interface ConsoleDesk {
  readonly open: (accountId: AccountId) => ConsoleWatchId;
  readonly read: (id: ConsoleWatchId) => RpcOutput<'diagnostics.read'>;
  readonly close: (id: ConsoleWatchId) => void;
  readonly stop: () => void;
}

interface Watch {
  readonly accountId: AccountId;
  session: BridgeSession | null;
  unwatch: () => void;
  lines: ConsoleLine[];
  length: number;
  missedCount: number;
  readAtMs: number;
}

const mostWatches = 4;
const mostLines = 2_000;
const mostLength = 4 * 1024 * 1024;
/** A page in the background may run its timers once a minute. */
const forgottenAfterMs = 90_000;
const sweepMs = 10_000;

export const createConsoleDesk = ({ sessionOf, abilityOf, now }: ConsoleDeskOptions): ConsoleDesk => {
  const watches = new Map<ConsoleWatchId, Watch>();
  let sweeper: NodeJS.Timeout | null = null;

  const close = (id: ConsoleWatchId): void => {
    watches.get(id)?.unwatch();
    watches.delete(id);
    if (watches.size > 0 || sweeper === null) return;
    clearInterval(sweeper);
    sweeper = null;
  };
  const sweep = (): void => {
    for (const [id, { readAtMs }] of watches) if (now() - readAtMs > forgottenAfterMs) close(id);
  };

  const take = (watch: Watch, lines: readonly ConsoleLine[]): void => {
    for (const line of lines) {
      watch.lines.push(line);
      watch.length += line.text.length;
    }
    while (watch.lines.length > mostLines || watch.length > mostLength) {
      watch.length -= watch.lines.shift()?.text.length ?? watch.length;
      watch.missedCount += 1;
    }
  };
  /** An account that was started anew has another session. */
  const follow = (watch: Watch): void => {
    const session = sessionOf(watch.accountId);
    if (session === watch.session) return;
    watch.unwatch();
    watch.session = session;
    watch.unwatch = session?.diagnostics?.watch((lines) => take(watch, lines)) ?? nothing;
  };

  return {
    open: (accountId) => {
      abilityOf(accountId);
      sweep();
      if (watches.size >= mostWatches) throw new RpcFailure('too-many-calls', 'too many consoles are open');
      const id = randomBytes(24).toString('base64url') as ConsoleWatchId;
      const watch: Watch = { accountId, session: null, unwatch: nothing, lines: [], length: 0, missedCount: 0, readAtMs: now() };
      watches.set(id, watch);
      follow(watch);
      sweeper ??= setInterval(sweep, sweepMs).unref();
      return id;
    },
    read: (id) => {
      const watch = watches.get(id);
      if (watch === undefined) throw notFound('console');
      follow(watch);
      const { lines, missedCount } = watch;
      watch.readAtMs = now();
      watch.lines = [];
      watch.length = 0;
      watch.missedCount = 0;
      return { lines, missedCount };
    },
    close,
    stop: () => {
      for (const id of [...watches.keys()]) close(id);
    },
  };
};

const nothing = (): void => undefined;
