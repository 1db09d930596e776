import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkedNumber } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import { refusalOf, sentenceOf } from '../http/refusal.ts';

/**
 * One call of the REST API (module "API/Web services REST server"; the site itself documents it at `/api/index.php/explorer`).
 * Answers are records, lists, numbers or texts.
 * @throws Permanent `record-gone` for 404, `forbidden` for 403, `too-large`, `rejected`
 */
export async function callDolibarr(context: ConnectorContext, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, json?: JsonRecord): Promise<unknown> {
  const answer = await context.http.send({
    method,
    path: `/api/index.php${path}`,
    signal: context.signal,
    headers: { dolapikey: (context.values['token'] ?? '').trim() },
    ...(json === undefined ? {} : { json }),
  });
  if (answer.status >= 400) throw refusalOf(answer.status, sentenceOf(answer, wordsOf), path);
  return readJson(answer);
}

/** One page of a list, lowest id first. Dolibarr answers 404 where nothing is found. */
export async function listDolibarr(context: ConnectorContext, path: string, sqlFilters: string, { sortField = 't.rowid', limit = 100, page = 0 } = {}): Promise<readonly JsonRecord[]> {
  const query = new URLSearchParams({ sqlfilters: sqlFilters, sortfield: sortField, sortorder: 'ASC', limit: String(limit), page: String(page) });
  try {
    return asArray(await callDolibarr(context, 'GET', `${path}?${query.toString()}`)).map(asRecord);
  } catch (error) {
    if (error instanceof Permanent && error.code === 'record-gone') return [];
    throw error;
  }
}

/** A value inside a filter, or null where the filter's own signs stand in it: then nothing is looked for. */
export const filterText = (value: string): string | null => (/[':()\\]/.test(value) ? null : `'${value}'`);

/** The number of an object; whatever else a server says there must not become part of a path. */
export const numberOf = (value: unknown): string => checkedNumber(value, /^[1-9]\d{0,14}$/);


const wordsOf = (body: unknown): string => asText(asRecord(asRecord(body)['error'])['message']);
