import type { ConnectorContext } from '../connector.ts';
import { Conflict, Permanent, RateLimited } from '../errors.ts';
import type { ConnectorError } from '../errors.ts';
import { checkedId } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import type { FormPart } from '../http/multipart.ts';
import { multipartOf } from '../http/multipart.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { readJson } from '../http/read-json.ts';
import { cleanLine } from '../text/clean-text.ts';

/** A field of contacts, leads and deals that an administrator adds once; its values are unique there. */
export const keyField = 'Palomar_Key';

interface ZohoBody {
  readonly json?: JsonRecord | undefined;
  readonly form?: readonly FormPart[] | undefined;
}

/**
 * One call of the API, version 8 (https://www.zoho.com/crm/developer/docs/api/v8/). Nothing found is an answer without a body:
 * an empty record here.
 * @throws Conflict where our key is taken; Permanent `record-gone`, `forbidden`, `setup-incomplete`, `too-large`, `rejected`
 */
export async function callZoho(context: ConnectorContext, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body: ZohoBody = {}): Promise<JsonRecord> {
  const form = body.form === undefined ? null : multipartOf(body.form);
  const answer = await context.http.send({
    method,
    path: `/crm/v8${path}`,
    signal: context.signal,
    headers: { authorization: `Zoho-oauthtoken ${await context.accessToken()}`, ...(form === null ? {} : { 'content-type': form.contentType }) },
    ...(body.json === undefined ? {} : { json: body.json }),
    ...(form === null ? {} : { bytes: form.bytes }),
  });
  if (answer.bytes.length === 0) {
    if (answer.status >= 400) throw refusalOf(answer.status, {}, path);
    return {};
  }
  const said = saidBy(answer);
  // What becomes of each record stands beside it, also in an answer of success.
  const first = asRecord(asArray(said['data'])[0]);
  if (first['status'] === 'error') throw refusalOf(answer.status, first, path);
  if (answer.status >= 400) throw refusalOf(answer.status, said, path);
  return said;
}

/** Writes one record; none of the company's workflows is started by it. @returns its id */
export const writeRecord = async (context: ConnectorContext, method: 'POST' | 'PUT', path: string, values: JsonRecord): Promise<string> =>
  writtenId(await callZoho(context, method, path, { json: { data: [values], trigger: [] } }));

/** The id of the one thing that an answer says was written. */
export const writtenId = (said: JsonRecord): string => idOf(asRecord(asRecord(asArray(said['data'])[0])['details'])['id']);

/** Rows by query, which knows what was written a moment ago, unlike a search. */
export const query = async (context: ConnectorContext, coql: string): Promise<readonly JsonRecord[]> =>
  asArray((await callZoho(context, 'POST', '/coql', { json: { select_query: coql } }))['data']).map(asRecord);

const pageSize = 200;
/** More than 2,000 rows are not given out by number of page. */
const maxPages = 10;

/** All rows of a related list. */
export async function listOf(context: ConnectorContext, path: string, fields: readonly string[]): Promise<readonly JsonRecord[]> {
  const rows: JsonRecord[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const said = await callZoho(context, 'GET', `${path}?fields=${fields.join(',')}&page=${page}&per_page=${pageSize}`);
    rows.push(...asArray(said['data']).map(asRecord));
    if (asRecord(said['info'])['more_records'] !== true) return rows;
  }
  throw new Permanent('server-incompatible', { detail: `${path}: more than ${maxPages * pageSize} rows` });
}

function saidBy(answer: HttpAnswer): JsonRecord {
  try {
    return asRecord(readJson(answer));
  } catch (error) {
    if (answer.status >= 400) return {};
    throw error;
  }
}

const forbidden: ReadonlySet<string> = new Set(['NO_PERMISSION', 'AUTHORIZATION_FAILED', 'OAUTH_SCOPE_MISMATCH', 'FEATURE_NOT_SUPPORTED', 'FEATURE_NOT_ENABLED', 'INVALID_MODULE']);
const limited: ReadonlySet<string> = new Set(['TOO_MANY_REQUESTS', 'RATE_LIMIT_EXCEEDED', 'API_LIMIT_EXCEEDED', 'LICENSE_LIMIT_EXCEEDED']);

function refusalOf(status: number, said: JsonRecord, path: string): ConnectorError {
  const code = asText(said['code']) || `HTTP ${status}`;
  const message = asText(said['message']);
  const details = asRecord(said['details']);
  const field = asText(details['api_name']) || asText(details['column_name']);
  const detail = cleanLine([code, message, field].filter((word) => word !== '').join(' '), 300);
  if (code === 'DUPLICATE_DATA' && field === keyField) return new Conflict({ detail });
  if (limited.has(code)) return new RateLimited(Date.now() + 60_000, { detail });
  if (field === keyField && (code === 'INVALID_QUERY' || code === 'INVALID_DATA')) return new Permanent('setup-incomplete', { detail: keyField });
  if (status === 404 || (code === 'INVALID_DATA' && /\bid\b.*invalid|invalid record id|record not deleted/i.test(message))) {
    return new Permanent('record-gone', { detail: path.split('?')[0] });
  }
  if (status === 413 || code === 'FILE_SIZE_MORE_THAN_ALLOWED_SIZE') return new Permanent('too-large', { detail });
  return new Permanent(status === 403 || forbidden.has(code) ? 'forbidden' : 'rejected', { detail });
}

/** The number of a record; whatever else a server says there must not become part of a path or a query. */
export const idOf = (value: unknown): string => checkedId(value, /^\d{1,20}$/);

/** Ids have more digits than a number can hold. */
export const byId = (a: string, b: string): number => (a.length === b.length ? (a < b ? -1 : 1) : a.length - b.length);
