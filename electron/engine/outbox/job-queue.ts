import { BridgeError, toFault, type BridgeFault, type BridgeSession } from '#bridge';
import type { AccountId } from '#model';
import type { RpcEvents } from '#rpc';
import type { Log } from '../log/log.ts';
import type { Publisher } from '../publisher.ts';
import type { WritableDb } from '../store/database.ts';
import { jobs, type JobRecord } from '../store/repositories/jobs.ts';
import { runDurably } from '../store/transaction.ts';
import type { ChangeSet } from '../sync/change-set.ts';
import type { Commit, JobDefinition } from './job-definition.ts';
import { isWorthRetrying, nextAttemptAtMs } from './retry-policy.ts';

export interface JobQueueOptions {
  readonly db: WritableDb;
  readonly definitions: readonly JobDefinition[];
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly isOnline: (id: AccountId) => boolean;
  readonly publish: Publisher['publish'];
  /** Told after the commit. */
  readonly onRefused: (refusal: RpcEvents['action.refused']) => void;
  readonly now: () => number;
  readonly log: Log;
  readonly random?: (() => number) | undefined;
}

/** Several conversations of an account at a time; within one conversation always one after another. */
const mostPerAccount = 4;
const longestTimerMs = 60 * 60_000;
const stopTimeoutMs = 1_500;
const keepDoneMs = 7 * 24 * 60 * 60_000;

/**
 * Carries out what the store says is still to be told to networks.
 *
 * A job is taken, tried and finished in transactions of its own; a kill at any moment leaves it waiting or done.
 * What is tried again carries the same ids, so the network can tell a retry from a second message.
 */
export class JobQueue {
  readonly #options: JobQueueOptions;
  readonly #definitions: ReadonlyMap<string, JobDefinition>;
  readonly #running = new Map<string, { readonly accountId: AccountId; readonly done: Promise<void> }>();
  /** Accounts that came online: what waited for a connection does not wait for its back-off too. */
  readonly #woken = new Set<AccountId>();
  #isScanDue = false;
  #isStopped = false;
  #timer: NodeJS.Timeout | null = null;

  constructor(options: JobQueueOptions) {
    this.#options = options;
    this.#definitions = new Map(options.definitions.map((definition) => [definition.kind, definition]));
    jobs.requeueRunning(options.db);
    jobs.prune(options.db, options.now() - keepDoneMs);
  }

  /** Something may be ready: a new job, an account that came online, a time that is over. */
  kick(): void {
    if (this.#isScanDue || this.#isStopped) return;
    this.#isScanDue = true;
    setImmediate(() => {
      this.#isScanDue = false;
      if (!this.#isStopped) this.#scan();
    });
  }

  wake(accountId: AccountId): void {
    this.#woken.add(accountId);
    this.kick();
  }

  /** Starts nothing more and gives what runs a moment to come to an end. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    let timeout: NodeJS.Timeout | undefined;
    const tooLong = new Promise<void>((resolve) => {
      timeout = setTimeout(resolve, stopTimeoutMs);
    });
    await Promise.race([Promise.all([...this.#running.values()].map(({ done }) => done)), tooLong]);
    clearTimeout(timeout);
  }

  #scan(): void {
    const nowMs = this.#options.now();
    let nextAtMs = Number.POSITIVE_INFINITY;
    for (const job of jobs.heads(this.#options.db)) {
      const { accountId } = job;
      const definition = this.#definitions.get(job.kind);
      if (definition === undefined || accountId === null || this.#running.has(job.lane)) continue;
      const session = this.#options.sessionOf(accountId);
      if (session === null || !this.#options.isOnline(accountId)) continue;
      const isDue = job.notBeforeMs <= nowMs || (this.#woken.has(accountId) && job.fault?.code !== 'rate-limited');
      if (!isDue) nextAtMs = Math.min(nextAtMs, job.notBeforeMs);
      else if (this.#countOf(accountId) < mostPerAccount) this.#start(job, accountId, definition, session);
    }
    this.#woken.clear();
    this.#scanAt(nextAtMs, nowMs);
  }

  #scanAt(atMs: number, nowMs: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (!Number.isFinite(atMs)) return;
    this.#timer = setTimeout(() => this.kick(), Math.min(Math.max(atMs - nowMs, 10), longestTimerMs));
    this.#timer.unref();
  }

  #countOf(accountId: AccountId): number {
    let count = 0;
    for (const one of this.#running.values()) if (one.accountId === accountId) count += 1;
    return count;
  }

  #start(job: JobRecord, accountId: AccountId, definition: JobDefinition, session: BridgeSession): void {
    const done = this.#attempt(job, definition, session)
      .catch((error: unknown) => this.#options.log.error('job failed', { jobId: job.id, kind: job.kind, error }))
      .finally(() => {
        this.#running.delete(job.lane);
        this.kick();
      });
    this.#running.set(job.lane, { accountId, done });
  }

  async #attempt(job: JobRecord, definition: JobDefinition, session: BridgeSession): Promise<void> {
    const { db, now, random = Math.random, log } = this.#options;
    const isTaken = this.#commit(() => (jobs.take(db, job.id) ? { changes: definition.begin?.(job) ?? null } : null));
    if (isTaken === null) return;
    const attempts = job.attempts + 1;
    try {
      const commit = await withTimeout(definition.run(job, session), definition.timeoutMs);
      if (this.#isGone()) return;
      this.#commit(() => {
        const changes = commit();
        jobs.finish(db, job.id, null, now());
        return { changes };
      });
    } catch (error) {
      if (this.#isGone()) return;
      const fault = toFault(error);
      if (fault.code === 'internal') log.error('job failed', { jobId: job.id, kind: job.kind, error });
      if (definition.isGivenUp?.(job) !== true && isWorthRetrying(fault, attempts)) {
        this.#commit(() => {
          jobs.postpone(db, job.id, nextAttemptAtMs(fault, attempts, now(), random), fault);
          return { changes: definition.postpone?.(job, fault) ?? null };
        });
      } else {
        this.#commit(() => {
          jobs.finish(db, job.id, fault, now());
          return { changes: definition.fail(job, fault) };
        });
        this.#tellRefused(job, definition, fault);
      }
    }
  }

  #tellRefused({ conversationId, messageId }: JobRecord, { action }: JobDefinition, fault: BridgeFault): void {
    if (action === undefined || conversationId === null || messageId === null) return;
    this.#options.onRefused({ conversationId, messageId, action, fault });
  }

  /** The store may be closed by now; what ran is found again at the next start. */
  #isGone(): boolean {
    return !this.#options.db.open;
  }

  #commit<Outcome extends { readonly changes: ChangeSet | null } | null>(work: () => Outcome): Outcome {
    const outcome = runDurably(this.#options.db, work);
    if (outcome?.changes) this.#options.publish(outcome.changes);
    return outcome;
  }
}

const withTimeout = async (work: Promise<Commit>, timeoutMs: number): Promise<Commit> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new BridgeError('server-unreachable', { detail: 'no answer in time' })), timeoutMs);
  });
  try {
    return await Promise.race([work, timeout]);
  } finally {
    clearTimeout(timer);
  }
};
