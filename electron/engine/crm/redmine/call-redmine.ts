import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import { cleanLine } from '../text/clean-text.ts';

interface RedmineBody {
  readonly json?: JsonRecord | undefined;
  readonly bytes?: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * One call of the REST API (Redmine 5.0, "Rest_api" in its wiki). An answer without a body is an empty record.
 * @throws Permanent `record-gone` for 404, `forbidden` for 403, `too-large`, `rejected` for other refusals
 */
export async function callRedmine(
  context: ConnectorContext,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body: RedmineBody = {},
): Promise<JsonRecord> {
  const answer = await context.http.send({
    method,
    path,
    signal: context.signal,
    headers: { 'x-redmine-api-key': context.values['token'] ?? '' },
    ...(body.json === undefined ? {} : { json: body.json }),
    ...(body.bytes === undefined ? {} : { bytes: body.bytes }),
  });
  if (answer.status >= 400) throw refusal(answer, path);
  return answer.bytes.length === 0 || answer.status === 204 ? {} : asRecord(readJson(answer));
}

function refusal(answer: HttpAnswer, path: string): Permanent {
  const detail = sentenceOf(answer);
  if (answer.status === 404) return new Permanent('record-gone', { detail: path.split('?')[0] });
  if (answer.status === 403) return new Permanent('forbidden', { detail });
  if (answer.status === 413 || /maximum allowed file size/i.test(detail)) return new Permanent('too-large', { detail });
  return new Permanent('rejected', { detail });
}

function sentenceOf(answer: HttpAnswer): string {
  try {
    return cleanLine(asArray(asRecord(readJson(answer))['errors']).map(asText).join('; '), 300) || `HTTP ${answer.status}`;
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
