import type { ConnectorContext } from '../connector.ts';
import { AuthNeeded, Conflict, Permanent } from '../errors.ts';
import type { ConnectorError } from '../errors.ts';
import { checkedId } from '../http/checked-id.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import { sentenceOf } from '../http/refusal.ts';
import { forgetToken, tokenOf } from './token.ts';

const mediaType = 'application/vnd.api+json';

/**
 * One call of the JSON API V8; a token that is no longer good is replaced once.
 * @param path below `/V8`
 * @throws Conflict when a record has this id; Permanent `record-gone`, `forbidden`, `too-large`, `rejected`
 */
export async function callSuite(context: ConnectorContext, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, json?: JsonRecord): Promise<JsonRecord> {
  try {
    return await once(context, method, path, json);
  } catch (error) {
    if (!(error instanceof AuthNeeded) || !context.memory.has('token')) throw error;
    forgetToken(context);
    return once(context, method, path, json);
  }
}

async function once(context: ConnectorContext, method: 'GET' | 'POST' | 'PATCH' | 'DELETE', path: string, json?: JsonRecord): Promise<JsonRecord> {
  const headers = { authorization: `Bearer ${await tokenOf(context)}`, accept: mediaType, ...(json === undefined ? {} : { 'content-type': mediaType }) };
  const answer = await context.http.send({ method, path: `/V8${path}`, headers, signal: context.signal, ...(json === undefined ? {} : { json }) });
  if (answer.status >= 400) throw refusal(answer);
  return asRecord(readJson(answer));
}

/** Nearly everything is refused as 400; the sentence tells what it is. */
function refusal(answer: HttpAnswer): ConnectorError {
  const detail = sentenceOf(answer, wordsOf);
  if (/already exist/i.test(detail)) return new Conflict({ detail });
  if (answer.status === 404 || /is not found$/i.test(detail)) return new Permanent('record-gone', { detail });
  if (answer.status === 403 || /access denied|not allowed/i.test(detail)) return new Permanent('forbidden', { detail });
  if (answer.status === 413) return new Permanent('too-large', { detail });
  return new Permanent('rejected', { detail });
}

function wordsOf(body: unknown): string {
  const { errors } = asRecord(body);
  const [first = errors] = asArray(errors);
  return asText(asRecord(first)['detail']) || asText(asRecord(first)['title']);
}

export interface SuiteRecord {
  readonly id: string;
  readonly attributes: JsonRecord;
}

/** @throws Permanent `server-incompatible` for an id that must not become part of a path */
export function toRecord(data: unknown): SuiteRecord {
  const { id, attributes } = asRecord(data);
  return { id: idOf(id), attributes: asRecord(attributes) };
}

export const idOf = (value: unknown): string => checkedId(value, /^[A-Za-z0-9_-]{1,36}$/);

const pageSize = 50;
const maxPages = 200;

/**
 * Records that are equal in all of these. Only AND: joined by OR, SuiteCRM would add "or not deleted" and answer with everybody.
 */
export async function listSuite(
  context: ConnectorContext,
  module: 'Contacts' | 'Notes',
  equal: Readonly<Record<string, string>>,
  fields: readonly string[],
): Promise<readonly SuiteRecord[]> {
  const filter = Object.entries(equal).map(([name, value]) => `${encodeURIComponent(`filter[${name}][eq]`)}=${encodeURIComponent(value)}`);
  const common = [...filter, `${encodeURIComponent(`fields[${module}]`)}=${fields.join(',')}`, 'sort=date_entered', `${encodeURIComponent('page[size]')}=${pageSize}`];
  const found: SuiteRecord[] = [];
  for (let page = 1; page <= maxPages; page += 1) {
    const { data } = await callSuite(context, 'GET', `/module/${module}?${[...common, `${encodeURIComponent('page[number]')}=${page}`].join('&')}`);
    const records = asArray(data).map(toRecord);
    found.push(...records);
    if (records.length < pageSize) return found;
  }
  throw new Permanent('server-incompatible', { detail: 'a list without end' });
}
