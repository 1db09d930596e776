import type { ConnectorContext } from '../connector.ts';
import { Permanent, Unknown } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { cleanLine } from '../text/clean-text.ts';

export interface RtAnswer {
  readonly body: unknown;
  readonly headers: Headers;
}

/**
 * One call of REST2 (RT 5, "REST2 API" in its documentation).
 * @throws Permanent `record-gone` for 404, `forbidden` for 403, `rejected` for other refusals
 */
export async function callRt(
  context: ConnectorContext,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  json?: JsonRecord,
): Promise<RtAnswer> {
  const answer = await context.http.send({
    method,
    path: `/REST/2.0${path}`,
    signal: context.signal,
    headers: { authorization: `token ${context.values['token'] ?? ''}` },
    ...(json === undefined ? {} : { json }),
  });
  if (answer.status < 400) return { body: readJson(answer), headers: answer.headers };
  throw refusal(answer, path);
}

function refusal(answer: HttpAnswer, path: string): Permanent | Unknown {
  const detail = sentenceOf(answer);
  if (answer.status === 404) return new Permanent('record-gone', { detail: detail || path.split('?')[0] });
  if (answer.status === 403) return new Permanent('forbidden', { detail });
  if (answer.status === 413) return new Permanent('too-large', { detail });
  // SQLite and short database troubles come back as 400 with this text; the transaction may be half done.
  if (/lock|deadlock|timeout/i.test(detail)) return new Unknown({ detail }, 'server-error');
  return new Permanent('rejected', { detail });
}

function sentenceOf(answer: HttpAnswer): string {
  try {
    return cleanLine(asText(asRecord(readJson(answer))['message']), 300) || `HTTP ${answer.status}`;
  } catch {
    return `HTTP ${answer.status}`;
  }
}

/** A value inside a TicketSQL or TransactionSQL string. */
export const quoteSql = (value: string): string => `'${value.replace(/[\\']/g, '\\$&')}'`;
