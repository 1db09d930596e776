import type { ConnectorContext } from '../connector.ts';
import { Unknown } from '../errors.ts';
import type { Permanent } from '../errors.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { refusalOf, sentenceOf } from '../http/refusal.ts';

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
  throw refusalFor(answer);
}

function refusalFor(answer: HttpAnswer): Permanent | Unknown {
  const detail = sentenceOf(answer, wordsOf);
  const refusal = refusalOf(answer.status, detail);
  // SQLite and short database troubles come back as 400 with this text; the transaction may be half done.
  return refusal.code === 'rejected' && /lock|deadlock|timeout/i.test(detail) ? new Unknown({ detail }, 'server-error') : refusal;
}

const wordsOf = (body: unknown): string => asText(asRecord(body)['message']);

/** A value inside a TicketSQL or TransactionSQL string. */
export const quoteSql = (value: string): string => `'${value.replace(/[\\']/g, '\\$&')}'`;
