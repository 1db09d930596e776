import type { ConnectorContext } from '../connector.ts';
import { Conflict, Permanent } from '../errors.ts';
import type { ConnectorError } from '../errors.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { multipartOf } from '../http/multipart.ts';
import type { FormPart } from '../http/multipart.ts';
import { readJson } from '../http/read-json.ts';
import { cleanLine } from '../text/clean-text.ts';

/** `[field, operator, value]`, or with the child table's doctype before it. */
export type Filter = readonly [...(readonly string[]), string | number | readonly string[]];

interface Body {
  readonly json?: JsonRecord | undefined;
  readonly form?: readonly FormPart[] | undefined;
}

/**
 * One call of the REST API (https://docs.frappe.io/framework/user/en/api/rest), signed in as `token key:secret`.
 * @throws Conflict for a key that is there; Permanent `record-gone`, `forbidden`, `too-large`, `rejected`
 */
export async function callFrappe(context: ConnectorContext, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, { json, form }: Body = {}): Promise<JsonRecord> {
  const multipart = form === undefined ? null : multipartOf(form);
  const answer = await context.http.send({
    method,
    path,
    signal: context.signal,
    headers: {
      authorization: `token ${(context.values['keyAndSecret'] ?? '').trim()}`,
      ...(multipart === null ? {} : { 'content-type': multipart.contentType }),
    },
    ...(json === undefined ? {} : { json }),
    ...(multipart === null ? {} : { bytes: multipart.bytes }),
  });
  if (answer.status >= 400) throw refusal(answer, path);
  return asRecord(readJson(answer));
}

export const documentPath = (doctype: string, name: string): string => `/api/resource/${encodeURIComponent(doctype)}/${encodeURIComponent(name)}`;

/** Oldest first, so that every device takes the same one of two. At most `limit` rows. */
export async function listDocuments(
  context: ConnectorContext,
  doctype: string,
  filters: readonly Filter[],
  fields: readonly string[],
  { start = 0, limit = 100 } = {},
): Promise<readonly JsonRecord[]> {
  const query = new URLSearchParams({
    filters: JSON.stringify(filters),
    fields: JSON.stringify(fields),
    order_by: 'creation asc, name asc',
    limit_start: String(start),
    limit_page_length: String(limit),
  });
  return asArray((await callFrappe(context, 'GET', `/api/resource/${encodeURIComponent(doctype)}?${query.toString()}`))['data']).map(asRecord);
}

/** Exceptions and their statuses: frappe/exceptions.py. A unique field answers 417, a taken name 409. */
function refusal(answer: HttpAnswer, path: string): ConnectorError {
  const body = bodyOf(answer);
  const kind = asText(body['exc_type']);
  const detail = cleanLine([kind, sentenceOf(body)].filter((part) => part !== '').join(': '), 300) || `HTTP ${answer.status}`;
  if (answer.status === 409 || kind === 'UniqueValidationError' || kind === 'DuplicateEntryError') return new Conflict({ detail });
  if (answer.status === 404 || kind === 'LinkValidationError') return new Permanent('record-gone', { detail: kind === '' ? path.split('?')[0] : detail });
  if (answer.status === 403) return new Permanent('forbidden', { detail });
  if (answer.status === 413 || kind === 'MaxFileSizeReachedError') return new Permanent('too-large', { detail });
  return new Permanent('rejected', { detail });
}

function bodyOf(answer: HttpAnswer): JsonRecord {
  try {
    return asRecord(readJson(answer));
  } catch {
    return {};
  }
}

/** `_server_messages` is a JSON text of a list of JSON texts. */
function sentenceOf(body: JsonRecord): string {
  try {
    const [first] = asArray(JSON.parse(asText(body['_server_messages'])));
    return asText(asRecord(JSON.parse(asText(first)))['message']).replace(/<[^<>]*>/g, '');
  } catch {
    return '';
  }
}
