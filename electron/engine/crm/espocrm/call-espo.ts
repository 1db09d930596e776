import type { ConnectorContext } from '../connector.ts';
import { Conflict } from '../errors.ts';
import type { ConnectorError } from '../errors.ts';
import { checkedId } from '../http/checked-id.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { asArray, asRecord } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import { refusalOf } from '../http/refusal.ts';
import { cleanLine } from '../text/clean-text.ts';

export interface EspoBody {
  readonly json?: JsonRecord | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/** A record of the same name or address is there already; the answer holds those records. */
export class DuplicateFound extends Conflict {
  readonly records: readonly JsonRecord[];
  constructor(records: readonly JsonRecord[]) {
    super({ detail: 'duplicate' });
    this.records = records;
  }
}

/**
 * One call of the REST API (https://docs.espocrm.com/development/api/), as an API user.
 * @param path below `/api/v1`
 * @throws DuplicateFound for 409; Permanent `record-gone` for 404, `forbidden` for 403, `too-large`, `rejected` for other refusals
 */
export async function callEspo(context: ConnectorContext, method: 'GET' | 'POST' | 'PUT' | 'DELETE', path: string, body: EspoBody = {}): Promise<unknown> {
  const answer = await context.http.send({
    method,
    path: `/api/v1${path}`,
    signal: context.signal,
    headers: { 'x-api-key': context.values['token'] ?? '', ...body.headers },
    ...(body.json === undefined ? {} : { json: body.json }),
  });
  if (answer.status >= 400) throw refusal(answer, path);
  return readJson(answer);
}

function refusal(answer: HttpAnswer, path: string): ConnectorError {
  const detail = cleanLine(answer.headers.get('x-status-reason') ?? '', 300) || `HTTP ${answer.status}`;
  if (answer.status === 409) return new DuplicateFound(duplicatesOf(answer));
  return refusalOf(answer.status, detail, path);
}

function duplicatesOf(answer: HttpAnswer): readonly JsonRecord[] {
  try {
    return asArray(readJson(answer)).map(asRecord);
  } catch {
    return [];
  }
}

/** The id of a record; whatever else a server says there must not become part of a path. */
export const idOf = (value: unknown): string => checkedId(value, /^[A-Za-z0-9-]{1,40}$/);

export interface WhereItem {
  readonly type: 'equals' | 'or' | 'and';
  readonly attribute?: string | undefined;
  readonly value: string | readonly WhereItem[];
}

/** Filters as PHP reads them from a query: `where[0][type]=equals…` (https://docs.espocrm.com/development/api-search-params/). */
export function whereOf(items: readonly WhereItem[], prefix = 'where'): string {
  return items
    .flatMap(({ type, attribute, value }, index) => {
      const place = `${prefix}[${index}]`;
      return [
        `${encodeURIComponent(`${place}[type]`)}=${type}`,
        ...(attribute === undefined ? [] : [`${encodeURIComponent(`${place}[attribute]`)}=${encodeURIComponent(attribute)}`]),
        typeof value === 'string' ? `${encodeURIComponent(`${place}[value]`)}=${encodeURIComponent(value)}` : whereOf(value, `${place}[value]`),
      ];
    })
    .join('&');
}
