import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import { cleanLine } from '../text/clean-text.ts';

/**
 * One call of the REST API (https://docs.zammad.org/en/latest/api/intro.html), with the token of a user.
 * @param path below `/api/v1`
 * @throws Permanent `record-gone` for 404, `forbidden` for 403, `too-large`, `rejected` for other refusals
 */
export async function callZammad(
  context: ConnectorContext,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  json?: JsonRecord,
): Promise<unknown> {
  const answer = await context.http.send({
    method,
    path: `/api/v1${path}`,
    signal: context.signal,
    headers: { authorization: `Token token=${context.values['token'] ?? ''}` },
    ...(json === undefined ? {} : { json }),
  });
  if (answer.status >= 400) throw refusal(answer, path);
  return answer.bytes.length === 0 ? {} : readJson(answer);
}

function refusal(answer: HttpAnswer, path: string): Permanent {
  const detail = sentenceOf(answer);
  if (answer.status === 404) return new Permanent('record-gone', { detail: path.split('?')[0] });
  if (answer.status === 403) return new Permanent('forbidden', { detail });
  if (answer.status === 413) return new Permanent('too-large', { detail });
  return new Permanent('rejected', { detail });
}

function sentenceOf(answer: HttpAnswer): string {
  try {
    const body = asRecord(readJson(answer));
    return cleanLine(asText(body['error_human']) || asText(body['error']), 300) || `HTTP ${answer.status}`;
  } catch {
    return `HTTP ${answer.status}`;
  }
}

/** The number of an object; whatever else a server says there must not become part of a path. */
export function numberOf(value: unknown): string {
  const text = asText(value);
  if (!/^\d{1,15}$/.test(text)) throw new Permanent('server-incompatible', { detail: 'no number where one belongs' });
  return text;
}
