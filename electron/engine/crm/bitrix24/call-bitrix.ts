import type { ConnectorContext } from '../connector.ts';
import { Permanent, RateLimited, Unknown } from '../errors.ts';
import type { ConnectorError } from '../errors.ts';
import { checkedNumber } from '../http/checked-id.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import { cleanLine } from '../text/clean-text.ts';
import { readWebhookAddress } from './webhook-address.ts';

/** The bucket leaks two requests a second (https://apidocs.bitrix24.com/limits.html): a few seconds empty it enough for a note. */
const bucketWaitMs = 5_000;

export interface BitrixAnswer {
  readonly result: unknown;
  /** Where the next page of a list starts; null: this was the last. */
  readonly next: number | null;
}

/**
 * One method of the REST API through an inbound webhook (https://apidocs.bitrix24.com/settings/how-to-call-rest-api/).
 * @throws Permanent `record-gone`, `forbidden`, `too-large`, `rejected`; RateLimited for 503 QUERY_LIMIT_EXCEEDED
 */
export async function callBitrix(context: ConnectorContext, method: string, params: JsonRecord = {}): Promise<BitrixAnswer> {
  const { secretPath } = readWebhookAddress(context.values);
  const answer = await withoutSecret(secretPath, () =>
    context.http.send({ method: 'POST', path: `${secretPath}/${method}`, signal: context.signal, json: params, readsStatus: (status) => status === 503 }),
  );
  if (answer.status === 503) throw overload(answer);
  if (answer.status === 413) throw new Permanent('too-large', { detail: 'HTTP 413' });
  if (answer.status >= 500) throw new Unknown({ detail: `HTTP ${answer.status}` }, 'server-error');
  const body = asRecord(readJson(answer));
  if (answer.status >= 400 || body['error'] !== undefined) throw refusal(answer.status, body);
  if (!('result' in body)) throw new Permanent('server-incompatible', { detail: `${method}: no result` });
  return { result: body['result'], next: typeof body['next'] === 'number' && body['next'] > 0 ? body['next'] : null };
}

/** The address itself is the key: no error may carry it along. */
async function withoutSecret<T>(secretPath: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Permanent && error.more.detail?.includes(secretPath) === true) {
      throw new Permanent(error.code, { ...error.more, detail: error.more.detail.replaceAll(secretPath, '/rest/…') });
    }
    throw error;
  }
}

/** Refused before anything was done. Without a word of the API it may be a proxy between us, and then who knows. */
function overload(answer: HttpAnswer): ConnectorError {
  if (codeOf(answer) === 'QUERY_LIMIT_EXCEEDED') return new RateLimited(Date.now() + bucketWaitMs, { detail: 'QUERY_LIMIT_EXCEEDED' });
  return new Unknown({ detail: 'HTTP 503' }, 'server-error');
}

function codeOf(answer: HttpAnswer): string {
  try {
    return asText(asRecord(readJson(answer))['error']);
  } catch {
    return '';
  }
}

function refusal(status: number, body: JsonRecord): Permanent {
  const code = asText(body['error']);
  const sentence = asText(body['error_description']);
  const detail = cleanLine([code, sentence].filter((part) => part !== '').join(': '), 300) || `HTTP ${status}`;
  if (/^(NOT_FOUND|OWNER_NOT_FOUND)$/.test(code) || /^not found\.?$/i.test(sentence)) return new Permanent('record-gone', { detail });
  if (status === 403 || /^(ACCESS_DENIED|insufficient_scope|INVALID_CREDENTIALS)$/.test(code) || /access denied/i.test(detail)) {
    return new Permanent('forbidden', { detail });
  }
  return new Permanent('rejected', { detail });
}

/** The number of an object; whatever else a server says there is not passed on. */
export const numberOf = (value: unknown): number => Number(checkedNumber(value, /^\d{1,15}$/));
