import type { IncomingMessage } from 'node:http';

export type Refusal = { readonly status: 400 | 403 | 421; readonly reason: string };

/**
 * Refuses what does not come from our own page: a name that was re-bound to the loopback address (DNS rebinding
 * shows in `Host`), and requests that another site's page makes (`Origin`, `Sec-Fetch-Site`).
 * @param authority `127.0.0.1:<port>`, the only one we answer to
 * @param needsOrigin true for requests that change something and for the WebSocket
 */
export const guardRequest = (request: IncomingMessage, authority: string, needsOrigin: boolean): Refusal | null => {
  if (request.headers.host !== authority) return { status: 421, reason: 'wrong host' };
  const origin = request.headers.origin;
  if (origin === undefined && needsOrigin) return { status: 403, reason: 'no origin' };
  if (origin !== undefined && origin !== `http://${authority}`) return { status: 403, reason: 'foreign origin' };
  return null;
};
