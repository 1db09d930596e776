import type { ConnectorContext } from '../connector.ts';
import { uuidOfKey } from '../core/uuid-of-key.ts';
import { Conflict, Permanent } from '../errors.ts';
import { checkedId } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { readJson } from '../http/read-json.ts';
import { refusalOf, sentenceOf } from '../http/refusal.ts';

const base = '/api/data/v9.2';
const odata = { 'odata-version': '4.0', 'odata-maxversion': '4.0' } as const;
const maxPages = 200;

/** Tables we write to, as paths name them. */
export type Table = 'contacts' | 'incidents' | 'annotations';

/**
 * One call of the Dataverse Web API (https://learn.microsoft.com/power-apps/developer/data-platform/webapi/overview).
 * @param path below the version
 * @throws Conflict when `If-None-Match` met a record; Permanent `record-gone`, `forbidden`, `too-large`, `rejected`
 */
export async function callDynamics(
  context: ConnectorContext,
  method: 'GET' | 'PATCH' | 'DELETE',
  path: string,
  { json, headers = {} }: { readonly json?: JsonRecord | undefined; readonly headers?: Readonly<Record<string, string>> | undefined } = {},
): Promise<JsonRecord> {
  const answer = await context.http.send({
    method,
    path: `${base}${path}`,
    signal: context.signal,
    headers: { authorization: `Bearer ${await context.accessToken()}`, ...odata, ...headers },
    ...(json === undefined ? {} : { json }),
  });
  if (answer.status >= 400) throw refusalFor(answer, path);
  return answer.bytes.length === 0 || answer.status === 204 ? {} : asRecord(readJson(answer));
}

/**
 * Makes a row under an id made of our key, and never changes one: the server itself refuses a second one (412).
 * https://learn.microsoft.com/power-apps/developer/data-platform/webapi/update-delete-entities-using-web-api
 * @returns the id
 */
export async function createRow(context: ConnectorContext, table: Table, key: string, json: JsonRecord): Promise<string> {
  const id = uuidOfKey(key);
  await callDynamics(context, 'PATCH', `/${table}(${id})`, { json, headers: { 'if-none-match': '*' } });
  return id;
}

/** Null: there is none. */
export async function readRow(context: ConnectorContext, table: Table, id: string, fields: readonly string[]): Promise<JsonRecord | null> {
  try {
    return await callDynamics(context, 'GET', `/${table}(${guidOf(id)})?$select=${fields.join(',')}`);
  } catch (error) {
    if (error instanceof Permanent && error.code === 'record-gone') return null;
    throw error;
  }
}

/** One that is gone already is as it should be. */
export async function deleteRow(context: ConnectorContext, table: 'annotations', id: string): Promise<void> {
  try {
    await callDynamics(context, 'DELETE', `/${table}(${guidOf(id)})`);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

/** All rows; the address of the next page is taken for its path alone, and only when it is one of this table. */
export async function listRows(context: ConnectorContext, table: 'contacts' | 'annotations', options: Readonly<Record<string, string>>): Promise<readonly JsonRecord[]> {
  const rows: JsonRecord[] = [];
  let path = `/${table}?${Object.entries(options).map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('&')}`;
  for (let page = 0; page < maxPages; page += 1) {
    const answer = await callDynamics(context, 'GET', path, { headers: { prefer: 'odata.maxpagesize=200' } });
    rows.push(...asArray(answer['value']).map(asRecord));
    const next = asText(answer['@odata.nextLink']);
    if (next === '') return rows;
    const url = URL.canParse(next) ? new URL(next) : null;
    if (url?.pathname !== `${base}/${table}`) throw new Permanent('server-incompatible', { detail: 'a next page of something else' });
    path = `/${table}${url.search}`;
  }
  throw new Permanent('server-incompatible', { detail: `more than ${maxPages} pages` });
}

/** A text inside a filter. */
export const quoted = (text: string): string => `'${text.replaceAll("'", "''")}'`;

function refusalFor(answer: HttpAnswer, path: string): Conflict | Permanent {
  const detail = sentenceOf(answer, wordsOf);
  if (answer.status === 412) return new Conflict({ detail });
  const refusal = refusalOf(answer.status, detail, path);
  const isTooLarge = refusal.code === 'rejected' && /attachment.*(?:too (?:big|large)|maximum)|exceeds.*size/i.test(detail);
  return isTooLarge ? new Permanent('too-large', { detail }) : refusal;
}

function wordsOf(body: unknown): string {
  const { code, message } = asRecord(asRecord(body)['error']);
  return `${asText(code)} ${asText(message)}`;
}

/** The id of a row; whatever else a server says there must not become part of a path. */
export const guidOf = (value: unknown): string => checkedId(asText(value).toLowerCase(), /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
