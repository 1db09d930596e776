import type { ConnectorContext } from '../connector.ts';
import { Conflict, Permanent } from '../errors.ts';
import type { ConnectorError } from '../errors.ts';
import { checkedId } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { multipartOf } from '../http/multipart.ts';
import type { FormPart } from '../http/multipart.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { readJson } from '../http/read-json.ts';
import { refusalOf, sentenceOf } from '../http/refusal.ts';
import { cleanLine } from '../text/clean-text.ts';

/** Names of objects in paths and in answers: `people` makes `createPerson`. */
export type TwentyObject = 'people' | 'notes' | 'noteTargets' | 'attachments' | 'opportunities';
const singular: Readonly<Record<TwentyObject, string>> = { people: 'person', notes: 'note', noteTargets: 'noteTarget', attachments: 'attachment', opportunities: 'opportunity' };

const authorizationOf = (context: ConnectorContext): Readonly<Record<string, string>> => ({ authorization: `Bearer ${context.values['token'] ?? ''}` });

/**
 * One call of the core REST API (https://docs.twenty.com/developers/extend/api).
 * @throws Conflict for an id or address that is taken; Permanent `record-gone`, `forbidden`, `too-large`, `rejected`
 */
export async function callTwenty(context: ConnectorContext, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, json?: JsonRecord): Promise<JsonRecord> {
  const answer = await context.http.send({ method, path: `/rest${path}`, headers: authorizationOf(context), signal: context.signal, ...(json === undefined ? {} : { json }) });
  if (answer.status >= 400) throw refusal(answer);
  return asRecord(readJson(answer));
}

/** One question to the metadata API, which knows GraphQL only for files. @throws Permanent with its first error */
export async function askMetadata(context: ConnectorContext, body: { readonly json: JsonRecord } | { readonly form: readonly FormPart[] }): Promise<JsonRecord> {
  const content = 'json' in body ? { json: body.json } : null;
  const form = 'form' in body ? multipartOf(body.form) : null;
  const answer = await context.http.send({
    method: 'POST',
    path: '/metadata',
    signal: context.signal,
    // Without the second word, forms are taken for forged ones of a browser.
    headers: { ...authorizationOf(context), ...(form === null ? {} : { 'content-type': form.contentType, 'apollo-require-preflight': 'true' }) },
    ...(content ?? {}),
    ...(form === null ? {} : { bytes: form.bytes }),
  });
  if (answer.status >= 400) throw refusal(answer);
  const { data, errors } = asRecord(readJson(answer));
  const [first] = asArray(errors).map(asRecord);
  if (first !== undefined) {
    const code = asText(asRecord(first['extensions'])['code']);
    throw new Permanent(code === 'FORBIDDEN' ? 'forbidden' : 'rejected', { detail: cleanLine(asText(first['message']), 300) });
  }
  return asRecord(data);
}

function refusal(answer: HttpAnswer): ConnectorError {
  const detail = sentenceOf(answer, wordsOf);
  if (answer.status === 409 || /already exists|duplicate/i.test(detail)) return new Conflict({ detail });
  return refusalOf(answer.status, detail);
}

const wordsOf = (body: unknown): string => asArray(asRecord(body)['messages']).map(asText).join('; ');

export async function createRow(context: ConnectorContext, object: TwentyObject, json: JsonRecord): Promise<JsonRecord> {
  const one = singular[object];
  return asRecord(asRecord((await callTwenty(context, 'POST', `/${object}`, json))['data'])[`create${one.charAt(0).toUpperCase()}${one.slice(1)}`]);
}

/** Null when it is not there, or in the bin. */
export async function readRow(context: ConnectorContext, object: TwentyObject, id: string): Promise<JsonRecord | null> {
  try {
    const row = asRecord(asRecord((await callTwenty(context, 'GET', `/${object}/${idOf(id)}`))['data'])[singular[object]]);
    return asText(row['id']) === '' ? null : row;
  } catch (error) {
    if (error instanceof Permanent && error.code === 'record-gone') return null;
    throw error;
  }
}

/** For good, not into the bin, where its id would stay taken. One that is gone already is as it should be. */
export async function removeRow(context: ConnectorContext, object: TwentyObject, id: string): Promise<void> {
  try {
    await callTwenty(context, 'DELETE', `/${object}/${idOf(id)}?soft_delete=false`);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

/** What it gives at most in one answer. */
const pageSize = 60;
const maxPages = 100;

export async function listRows(context: ConnectorContext, object: TwentyObject, filter: string, depth: 0 | 1): Promise<readonly JsonRecord[]> {
  const found: JsonRecord[] = [];
  let after = '';
  for (let page = 0; page < maxPages; page += 1) {
    const place = `/${object}?filter=${encodeURIComponent(filter)}&depth=${depth}&limit=${pageSize}${after}`;
    const answer = await callTwenty(context, 'GET', place);
    const rows = asRecord(answer['data'])[object];
    if (!Array.isArray(rows)) throw new Permanent('server-incompatible', { detail: `no list of ${object}` });
    found.push(...asArray(rows).map(asRecord));
    const { hasNextPage, endCursor } = asRecord(answer['pageInfo']);
    if (hasNextPage !== true) return found;
    after = `&starting_after=${encodeURIComponent(asText(endCursor))}`;
  }
  throw new Permanent('server-incompatible', { detail: 'a list without end' });
}

/** A filter's condition; null for a value that could end it early. */
export const isEqual = (field: string, value: string): string | null => (/["'\\,()[\]]/.test(value) ? null : `${field}[eq]:"${value}"`);

export const idOf = (value: unknown): string => checkedId(value, /^[0-9a-f-]{36}$/i);
