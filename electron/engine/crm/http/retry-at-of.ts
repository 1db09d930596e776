/** A server that says "in a year" is not taken at its word. */
const longestWaitMs = 6 * 60 * 60 * 1000;

/**
 * When a `Retry-After` header allows the next request, in epoch milliseconds; null without a usable header.
 * Seconds or an HTTP date (RFC 9110, 10.2.3), never longer than six hours.
 */
export function retryAtOf(header: string | null, nowMs: number): number | null {
  if (header === null) return null;
  const text = header.trim();
  const atMs = /^\d+$/.test(text) ? nowMs + Number(text) * 1000 : Date.parse(text);
  if (!Number.isFinite(atMs)) return null;
  return Math.min(Math.max(atMs, nowMs), nowMs + longestWaitMs);
}
