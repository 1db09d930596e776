import { silenceLogs } from '../../../bridges/matrix/worker/silence-logs.ts';

/** Runs what writes to the console without being asked, as in the account's thread, and gives the console back. */
export async function withoutConsole<Result>(run: () => Promise<Result>): Promise<Result> {
  const kept = { ...console };
  silenceLogs();
  try {
    return await run();
  } finally {
    Object.assign(console, kept);
  }
}
