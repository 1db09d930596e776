import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { checkedId } from '../http/checked-id.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { multipartOf } from '../http/multipart.ts';
import type { FormPart } from '../http/multipart.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { readJson } from '../http/read-json.ts';
import { refusalOf, sentenceOf } from '../http/refusal.ts';
import { authorizationOf } from '../oauth/authorization-of.ts';

interface PipedriveBody {
  readonly json?: JsonRecord | undefined;
  readonly form?: readonly FormPart[] | undefined;
  /** As `application/x-www-form-urlencoded`. */
  readonly fields?: Readonly<Record<string, string>> | undefined;
}

/**
 * One call of the API (https://developers.pipedrive.com/docs/api/v1); `path` begins with `/v1/` or `/v2/`.
 * @returns the whole answer, `data` and `additional_data`
 * @throws Permanent `record-gone` for 404 and 410, `forbidden` for 402 and 403, `too-large`, `rejected` for other refusals
 */
export async function callPipedrive(
  context: ConnectorContext,
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE',
  path: string,
  body: PipedriveBody = {},
): Promise<JsonRecord> {
  const encoded = encode(body);
  const answer = await context.http.send({
    method,
    path: `/api${path}`,
    signal: context.signal,
    headers: {
      ...(await authorizationOf(context, () => ({ 'x-api-token': context.values['token'] ?? '' }))),
      ...(encoded === null ? {} : { 'content-type': encoded.contentType }),
    },
    ...(body.json === undefined ? {} : { json: body.json }),
    ...(encoded === null ? {} : { bytes: encoded.bytes }),
  });
  if (answer.status >= 400) throw refusal(answer, path);
  return answer.bytes.length === 0 ? {} : asRecord(readJson(answer));
}

function encode({ form, fields }: PipedriveBody) {
  if (form !== undefined) return multipartOf(form);
  if (fields === undefined) return null;
  const bytes = new Uint8Array(Buffer.from(new URLSearchParams(fields).toString()));
  return { bytes, contentType: 'application/x-www-form-urlencoded' };
}

function refusal(answer: HttpAnswer, path: string): Permanent {
  const detail = sentenceOf(answer, wordsOf);
  // 410: gone for good; 402: not in the plan of the company.
  const meant = ({ 410: 404, 402: 403 } as Readonly<Record<number, number>>)[answer.status] ?? answer.status;
  return refusalOf(meant, detail, path);
}

const wordsOf = (body: unknown): string => asText(asRecord(body)['error']);

/** More than this is read of no list. */
const maxPages = 50;

/** All rows of a list of version 1, which counts its pages by `start`. */
export async function listOfV1(context: ConnectorContext, path: string, limit: number): Promise<readonly JsonRecord[]> {
  return pages(path, async (mark) => {
    const answer = await callPipedrive(context, 'GET', `${path}${path.includes('?') ? '&' : '?'}start=${mark === '' ? '0' : mark}&limit=${limit}`);
    const pagination = asRecord(asRecord(answer['additional_data'])['pagination']);
    const next = pagination['more_items_in_collection'] === true ? asText(pagination['next_start']) : '';
    return { rows: asArray(answer['data']), next };
  });
}

/** All rows of a list of version 2, which marks its pages with a `cursor`. */
export async function listOfV2(context: ConnectorContext, path: string): Promise<readonly JsonRecord[]> {
  return pages(path, async (mark) => {
    const answer = await callPipedrive(context, 'GET', `${path}&limit=500${mark === '' ? '' : `&cursor=${encodeURIComponent(mark)}`}`);
    return { rows: asArray(answer['data']), next: asText(asRecord(answer['additional_data'])['next_cursor']) };
  });
}

async function pages(path: string, read: (mark: string) => Promise<{ rows: readonly unknown[]; next: string }>): Promise<readonly JsonRecord[]> {
  const rows: JsonRecord[] = [];
  let mark = '';
  for (let page = 0; page < maxPages; page += 1) {
    const { rows: more, next } = await read(mark);
    rows.push(...more.map(asRecord));
    if (next === '') return rows;
    mark = next;
  }
  throw new Permanent('server-incompatible', { detail: `${path.split('?')[0]}: more than ${maxPages} pages` });
}

/** Deletes a record, or, where the user may not, takes our key off it: an empty one stays. */
export async function deleteOrUnmark(context: ConnectorContext, place: string, unmarked: JsonRecord): Promise<void> {
  try {
    await callPipedrive(context, 'DELETE', place);
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'forbidden') throw error;
    await callPipedrive(context, 'PATCH', place, { json: unmarked });
  }
}

/** The number of an object, or the UUID of a lead; whatever else a server says must not become part of a path. */
export const idOf = (value: unknown): string => checkedId(value, /^(?:\d{1,15}|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/);
