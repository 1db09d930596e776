import type { BridgeFault, BridgeSession } from '#bridge';
import type { RefusedAction } from '#rpc';
import type { JobRecord } from '../store/repositories/jobs.ts';
import type { ChangeSet } from '../sync/change-set.ts';

/** What one kind of job does. The queue decides when, how often, and in which transaction. */
export interface JobDefinition {
  readonly kind: string;
  /** Gives up after this long; the next attempt carries the same ids. */
  readonly timeoutMs: number;
  /** Set when a person has to be told that it failed for good, because nothing on the screen says so. */
  readonly action?: RefusedAction | undefined;
  /** Inside the transaction that takes the job. */
  readonly begin?: ((job: JobRecord) => ChangeSet | null) | undefined;
  /**
   * Calls the network. The answer is run inside the transaction that finishes the job: both are kept or neither.
   * @throws BridgeError
   */
  readonly run: (job: JobRecord, session: BridgeSession) => Promise<Commit>;
  /** A person broke it off: it is not tried again by itself, whatever its fault. */
  readonly isGivenUp?: ((job: JobRecord) => boolean) | undefined;
  /** It did not work and will be tried again; inside the transaction that postpones the job. */
  readonly postpone?: ((job: JobRecord, fault: BridgeFault) => ChangeSet | null) | undefined;
  /** It will never work; inside the transaction that closes the job. */
  readonly fail: (job: JobRecord, fault: BridgeFault) => ChangeSet | null;
}

export type Commit = () => ChangeSet | null;

export const nothingToCommit: Commit = () => null;
