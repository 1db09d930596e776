import { isRetryable, type BridgeErrorCode, type BridgeFault } from '#bridge';

/** The account cannot work now; that says nothing about the message, which waits until it can. */
const accountCodes: ReadonlySet<BridgeErrorCode> = new Set([
  'cancelled',
  'signed-out',
  'session-expired',
  'device-removed',
  'wrong-password',
  'account-disabled',
  'conflict',
  'certificate-invalid',
  'no-encryption',
  'server-not-trusted',
  'no-login-method',
]);

/** A bug does not get better by itself, but it may be one of the moment. */
const mostInternalAttempts = 6;
const firstWaitMs = 1_000;
const longestWaitMs = 5 * 60_000;

/** Whether a job that failed like this waits for another try. */
export const isWorthRetrying = (fault: BridgeFault, attempts: number): boolean => {
  if (fault.code === 'internal') return attempts < mostInternalAttempts;
  return isRetryable(fault) || accountCodes.has(fault.code);
};

/** When to try again: what the server asks for, else twice as long each time with some spread. */
export const nextAttemptAtMs = (fault: BridgeFault, attempts: number, nowMs: number, random: () => number): number => {
  const waitMs = Math.min(firstWaitMs * 2 ** Math.min(attempts, 20), longestWaitMs) * (0.75 + random() / 2);
  return Math.max(nowMs + Math.round(waitMs), fault.retryAtMs ?? 0);
};
