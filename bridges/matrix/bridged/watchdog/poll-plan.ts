/** When bridges are asked next how our logins go. A question costs little, but one nobody needs costs for ever. */
export interface PollSight {
  /** Somebody looks at the app. */
  readonly isActive: boolean;
  /** We have a login at some bridge. */
  readonly hasLogins: boolean;
  /** One of them is out, or a bridge does not answer. */
  readonly hasTrouble: boolean;
  /** How often in a row there was trouble. */
  readonly troubleCount: number;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

/** Milliseconds until the next question, before jitter. */
export const nextPollMs = ({ isActive, hasLogins, hasTrouble, troubleCount }: PollSight): number => {
  // Whoever signs in does it here, or its bot writes to us: both ask at once.
  if (!hasLogins && !hasTrouble) return hourMs;
  if (!hasTrouble) return isActive ? 3 * minuteMs : 30 * minuteMs;
  const most = isActive ? 5 * minuteMs : 30 * minuteMs;
  return Math.min(most, 20_000 * 2 ** Math.min(troubleCount, 20));
};
