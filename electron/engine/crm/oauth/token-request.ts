import type { OAuthSend } from '#kit';
import { Permanent, type ConnectorError, RateLimited, Unknown } from '../errors.ts';
import { failureOf } from '../http/failure-of.ts';
import { asRecord } from '../http/json-value.ts';
import { readLimited } from '../http/read-limited.ts';
import { retryAtOf } from '../http/retry-at-of.ts';
import { toOAuthConnectorError } from './oauth-fault.ts';

/** Longer than any pair of tokens; some are signed and hold a person's groups. */
const maxAnswerBytes = 256 * 1024;
const maxTokenCharacters = 16_384;
const timeoutMs = 30_000;

/** What is used of an answer. An identity token, for one, is nothing that anybody asks here, and is not looked at. */
const textFields = ['access_token', 'refresh_token', 'scope', 'error', 'error_description'] as const;

/**
 * Runs one conversation with a token endpoint. Requests go to that address and no other, are not redirected, and
 * answers are bounded.
 * @throws ConnectorError in the words of every connector
 */
export async function askTokenEndpoint<Result>(endpoint: string, nowMs: () => number, work: (send: OAuthSend) => Promise<Result>): Promise<Result> {
  let failure: ConnectorError | null = null;
  const send: OAuthSend = async (url, init) => {
    try {
      return await sendOnce(endpoint, nowMs, url, init);
    } catch (error) {
      failure = failureOf(error, new URL(endpoint).host);
      throw failure;
    }
  };
  try {
    return await work(send);
  } catch (error) {
    throw failure ?? toOAuthConnectorError(error);
  }
}

async function sendOnce(endpoint: string, nowMs: () => number, url: string, init: RequestInit): Promise<Response> {
  const server = new URL(endpoint).host;
  if (new URL(url).href !== new URL(endpoint).href) throw new Permanent('redirect-refused', { detail: 'not the token endpoint', server });
  const answer = await fetch(url, { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });
  if (answer.status >= 300 && answer.status < 400) throw new Permanent('redirect-refused', { detail: `HTTP ${answer.status}`, server });
  const bytes = await readLimited(answer, maxAnswerBytes);
  if (answer.status === 429) throw new RateLimited(retryAtOf(answer.headers.get('retry-after'), nowMs()) ?? nowMs() + 60_000, { detail: 'HTTP 429', server });
  if (answer.status >= 500) throw new Unknown({ detail: `HTTP ${answer.status}`, server }, 'server-error');
  return plainAnswer(bytes, answer.status, server);
}

/**
 * The same in the form of the specification. Some products leave out the kind of token, write its time as text, or
 * refuse with a status of success.
 * @see https://www.rfc-editor.org/rfc/rfc6749#section-5
 */
function plainAnswer(bytes: Uint8Array, status: number, server: string): Response {
  const given = asRecord(parse(bytes, server));
  const plain: Record<string, unknown> = {};
  for (const name of textFields) {
    const value = given[name];
    if (typeof value === 'string' && value !== '' && value.length <= maxTokenCharacters) plain[name] = value;
  }
  const seconds = Number(given['expires_in']);
  if (Number.isFinite(seconds) && seconds > 0) plain['expires_in'] = seconds;
  const isRefusal = status >= 400 || plain['error'] !== undefined;
  if (isRefusal) plain['error'] ??= 'invalid_request';
  else plain['token_type'] = 'bearer';
  return new Response(JSON.stringify(plain), { status: isRefusal ? Math.max(status, 400) : 200, headers: { 'content-type': 'application/json' } });
}

function parse(bytes: Uint8Array, server: string): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'));
  } catch {
    throw new Permanent('server-incompatible', { detail: 'the answer about tokens is no JSON', server });
  }
}
