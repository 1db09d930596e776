export interface UntilOptions {
  /** Give up after this many milliseconds (10,000 unless told). */
  timeoutMs?: number | undefined;
  /** Pause between two looks, in milliseconds (20 unless told). */
  intervalMs?: number | undefined;
  /** What is waited for, in words: it stands in the error. */
  label?: string | undefined;
  /** Stops the wait early; its reason is thrown. */
  signal?: AbortSignal | undefined;
}

type Falsy = false | 0 | '' | null | undefined;

/**
 * Waits until `look` answers something truthy and returns that answer.
 *
 * A look that throws counts as "not yet". When the time is over the error names the label, how often it looked
 * and what the last look answered or threw, because "timed out" alone helps nobody.
 *
 * @param look called again and again, never twice at the same time
 * @throws Error when the time is over, or the signal's reason
 */
export async function until<Answer>(
  look: () => Answer | Promise<Answer>,
  { timeoutMs = 10_000, intervalMs = 20, label = 'the condition', signal }: UntilOptions = {},
): Promise<Exclude<Answer, Falsy>> {
  const startedAtMs = performance.now();
  let looks = 0;
  let last = 'nothing yet';
  while (true) {
    signal?.throwIfAborted();
    looks += 1;
    try {
      const answer = await withinTime(look(), timeoutMs - (performance.now() - startedAtMs));
      if (answer) return answer as Exclude<Answer, Falsy>;
      last = `the last look answered ${describe(answer)}`;
    } catch (error) {
      // One that is cut off says nothing: what the one before it said is the reason.
      const said = `the last look threw ${error instanceof Error ? error.message : describe(error)}`;
      last = error instanceof CutOff && looks > 1 ? `${last}, and one more ${error.message}` : said;
    }
    if (performance.now() - startedAtMs >= timeoutMs) {
      throw new Error(`waited ${timeoutMs} ms for ${label} in vain (${looks} looks; ${last})`);
    }
    await pause(intervalMs);
  }
}

class CutOff extends Error {}

/** A look that hangs must not outlive the deadline. */
async function withinTime<Answer>(answer: Answer | Promise<Answer>, leftMs: number): Promise<Answer> {
  if (!(answer instanceof Promise)) return answer;
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new CutOff('did not answer in time')), Math.max(leftMs, 1));
  });
  try {
    return await Promise.race([answer, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

function describe(value: unknown): string {
  const text = typeof value === 'string' ? `"${value}"` : (JSON.stringify(value) ?? String(value));
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}
