import type { ConnectorContext } from '../connector.ts';
import { Conflict, Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { multipartOf } from '../http/multipart.ts';
import type { FormPart } from '../http/multipart.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { readJson } from '../http/read-json.ts';
import { refusalOf, sentenceOf } from '../http/refusal.ts';

interface FreshdeskBody {
  readonly json?: JsonRecord | undefined;
  readonly form?: readonly FormPart[] | undefined;
}

/**
 * One call of the API, version 2 (https://developers.freshdesk.com/api/), with the API key of an agent.
 * @returns what stands in the body, and whether a list goes on; null where there is no body
 * @throws Conflict for a value that must be unique; Permanent `record-gone` for 404, `forbidden` for 403, `too-large`, `rejected`
 */
export async function callFreshdesk(
  context: ConnectorContext,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body: FreshdeskBody = {},
): Promise<{ readonly data: unknown; readonly hasMore: boolean }> {
  const form = body.form === undefined ? null : multipartOf(body.form);
  const answer = await context.http.send({
    method,
    path: `/api/v2${path}`,
    signal: context.signal,
    headers: {
      authorization: `Basic ${Buffer.from(`${context.values['token'] ?? ''}:X`).toString('base64')}`,
      ...(form === null ? {} : { 'content-type': form.contentType }),
    },
    ...(body.json === undefined ? {} : { json: body.json }),
    ...(form === null ? {} : { bytes: form.bytes }),
  });
  if (answer.status >= 400) throw refusal(answer, path);
  const data = answer.status === 204 || answer.bytes.length === 0 ? null : readJson(answer);
  return { data, hasMore: /rel="?next"?/.test(answer.headers.get('link') ?? '') };
}

function refusal(answer: HttpAnswer, path: string): Conflict | Permanent {
  const detail = sentenceOf(answer, wordsOf);
  if (answer.status === 409) return new Conflict({ detail });
  return refusalOf(answer.status, detail, path);
}

function wordsOf(body: unknown): string {
  const data = asRecord(body);
  const errors = asArray(data['errors']).map(asRecord).map((error) => `${asText(error['field'])}: ${asText(error['message'])}`);
  return [asText(data['description']), asText(data['message']), ...errors].filter((word) => word !== '').join('; ');
}

const maxPages = 60;

/** All rows of a list; a further page is named in the header `link`. */
export async function listOf(context: ConnectorContext, path: string): Promise<readonly JsonRecord[]> {
  const rows: JsonRecord[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const { data, hasMore } = await callFreshdesk(context, 'GET', `${path}${path.includes('?') ? '&' : '?'}per_page=100&page=${page}`);
    rows.push(...asArray(data).map(asRecord));
    if (!hasMore) return rows;
  }
  throw new Permanent('server-incompatible', { detail: `${path.split('?')[0]}: more than ${maxPages} pages` });
}
