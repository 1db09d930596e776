import { setTimeout as pause } from 'node:timers/promises';
import type { ConnectorContext, RemoteRef } from '../connector.ts';
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

const base = '/services/data/v62.0';
/** A list that goes on for longer than this is not one of ours. */
const maxPages = 100;

interface SalesforceBody {
  readonly json?: JsonRecord | undefined;
  readonly form?: readonly FormPart[] | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * One call of the REST API (https://developer.salesforce.com/docs/platform/api-rest/guide).
 * @param path below the version
 * @throws Conflict where a unique value is taken; Permanent `record-gone`, `forbidden`, `setup-incomplete`, `too-large`, `rejected`
 */
export async function callSalesforce(context: ConnectorContext, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, body: SalesforceBody = {}): Promise<JsonRecord> {
  const form = body.form === undefined ? null : multipartOf(body.form);
  const answer = await context.http.send({
    method,
    path: `${base}${path}`,
    signal: context.signal,
    headers: { authorization: `Bearer ${await context.accessToken()}`, ...(form === null ? {} : { 'content-type': form.contentType }), ...body.headers },
    ...(body.json === undefined ? {} : { json: body.json }),
    ...(form === null ? {} : { bytes: form.bytes }),
  });
  if (answer.status >= 400) throw refusal(answer, path);
  return answer.bytes.length === 0 || answer.status === 204 ? {} : asRecord(readJson(answer));
}

/** All rows of a query; the next page is named by the answer, and is one of this API or refused. */
export async function query(context: ConnectorContext, soql: string): Promise<readonly JsonRecord[]> {
  const rows: JsonRecord[] = [];
  let path = `/query?q=${encodeURIComponent(soql)}`;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await callSalesforce(context, 'GET', path);
    rows.push(...asArray(answer['records']).map(asRecord));
    if (answer['done'] !== false) return rows;
    const next = /^\/services\/data\/v\d+\.\d+(\/query\/[\w-]{1,80})$/.exec(asText(answer['nextRecordsUrl']))?.[1];
    if (next === undefined) throw new Permanent('server-incompatible', { detail: 'a page without a next one' });
    path = next;
  }
  throw new Permanent('server-incompatible', { detail: `more than ${maxPages} pages` });
}

/** A word inside quotes of SOQL. https://developer.salesforce.com/docs/atlas.en-us.soql_sosl.meta/soql_sosl/sforce_api_calls_soql_select_quotedstringescapes.htm */
export const quoted = (text: string): string => `'${text.replace(/[\\'"]/g, (sign) => `\\${sign}`).replace(/[\r\n]/g, ' ')}'`;

const recordGone: ReadonlySet<string> = new Set(['NOT_FOUND', 'ENTITY_IS_DELETED', 'INVALID_CROSS_REFERENCE_KEY']);
const forbidden: ReadonlySet<string> = new Set(['INSUFFICIENT_ACCESS', 'INSUFFICIENT_ACCESS_OR_READONLY', 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY', 'API_DISABLED_FOR_ORG', 'INVALID_TYPE']);

function refusal(answer: HttpAnswer, path: string): ConnectorError {
  const { code, message } = sentenceOf(answer);
  const detail = cleanLine(`${code} ${message}`, 300);
  if (code === 'DUPLICATE_VALUE') return new Conflict({ detail });
  if (code === 'REQUEST_LIMIT_EXCEEDED') return new RateLimited(Date.now() + 15 * 60_000, { detail });
  if (code === 'UNABLE_TO_LOCK_ROW') return new RateLimited(Date.now() + 2_000, { detail });
  if (code === 'INVALID_FIELD' && message.includes('Palomar_Key__c')) return new Permanent('setup-incomplete', { detail: 'Palomar_Key__c' });
  if (forbidden.has(code)) return new Permanent('forbidden', { detail });
  if (recordGone.has(code) || answer.status === 404) return new Permanent('record-gone', { detail: path.split('?')[0] });
  if (answer.status === 413) return new Permanent('too-large', { detail });
  return new Permanent(answer.status === 403 ? 'forbidden' : 'rejected', { detail });
}

function sentenceOf(answer: HttpAnswer): { readonly code: string; readonly message: string } {
  try {
    const first = asRecord(asArray(readJson(answer))[0]);
    return { code: asText(first['errorCode']) || `HTTP ${answer.status}`, message: asText(first['message']) };
  } catch {
    return { code: `HTTP ${answer.status}`, message: '' };
  }
}

/** The id of a record; whatever else a server says there must not become part of a path or a query. */
export const idOf = (value: unknown): string => checkedId(value, /^[a-zA-Z0-9]{15}(?:[a-zA-Z0-9]{3})?$/);

export interface Dated {
  /** To the second, as Salesforce keeps it. */
  readonly createdAt: string;
  readonly ref: RemoteRef;
}

/** The older one first. Ids do not grow with time there; they only decide within one second. */
export const byAge = (a: Dated, b: Dated): number => (a.createdAt < b.createdAt ? -1 : a.createdAt > b.createdAt ? 1 : a.ref.id < b.ref.id ? -1 : 1);

/**
 * Lets the second of a write end. Nothing of Salesforce is unique about a task or a file, so after writing ours we look
 * for another device's: who looks only now sees all of the same second, and what comes later yields to the older one.
 */
export const secondOver = (context: ConnectorContext): Promise<void> => pause(1_100, undefined, { signal: context.signal });
