import type { ConnectorContext } from '../connector.ts';
import { Permanent, Unknown } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { readJson } from '../http/read-json.ts';
import { refusalOf, sentenceOf } from '../http/refusal.ts';
import { authorizationOf } from '../oauth/authorization-of.ts';

interface ZendeskBody {
  readonly json?: JsonRecord | undefined;
  readonly bytes?: Uint8Array<ArrayBuffer> | undefined;
  readonly headers?: Readonly<Record<string, string>> | undefined;
}

/**
 * One call of the Support API (https://developer.zendesk.com/api-reference/ticketing/introduction/) with an API token,
 * or signed in by OAuth.
 * @throws Permanent `record-gone` for 404, `forbidden` for 403, `too-large`, `rejected`; Unknown where another writer was in our way
 */
export async function callZendesk(context: ConnectorContext, method: 'GET' | 'POST' | 'PUT', path: string, body: ZendeskBody = {}) {
  const { user = '', token = '' } = context.values;
  const answer = await context.http.send({
    method,
    path: `/api/v2${path}`,
    signal: context.signal,
    headers: { ...(await authorizationOf(context, () => ({ authorization: basic(user, token) }))), ...body.headers },
    ...(body.json === undefined ? {} : { json: body.json }),
    ...(body.bytes === undefined ? {} : { bytes: body.bytes }),
  });
  if (answer.status >= 400) throw refusal(answer, path);
  return { data: asRecord(readJson(answer)), headers: answer.headers };
}

const basic = (user: string, token: string): string => `Basic ${Buffer.from(`${user.trim()}/token:${token}`).toString('base64')}`;

function refusal(answer: HttpAnswer, path: string): Permanent | Unknown {
  const detail = sentenceOf(answer, wordsOf);
  // Two updates of one ticket in the same instant: one of them is refused and can be sent again.
  if (answer.status === 409) return new Unknown({ detail }, 'server-error');
  return refusalOf(answer.status, detail, path);
}

/** `error` is a word or a record; `details` names fields. */
function wordsOf(body: unknown): string {
  const data = asRecord(body);
  const details = Object.values(asRecord(data['details'])).flatMap((list) => asArray(list).map((one) => asText(asRecord(one)['description'])));
  const words = [asText(data['error']), asText(asRecord(data['error'])['title']), asText(data['description']), ...details];
  return words.filter((word) => word !== '').join('; ');
}

const maxPages = 60;

/** All rows of a list, page by page by cursor (https://developer.zendesk.com/api-reference/introduction/pagination/). */
export async function listOf(context: ConnectorContext, path: string, name: string): Promise<readonly JsonRecord[]> {
  const rows: JsonRecord[] = [];
  let after = '';
  for (let page = 0; page < maxPages; page += 1) {
    const mark = after === '' ? '' : `&page[after]=${encodeURIComponent(after)}`;
    const { data } = await callZendesk(context, 'GET', `${path}${path.includes('?') ? '&' : '?'}page[size]=100${mark}`);
    rows.push(...asArray(data[name]).map(asRecord));
    const meta = asRecord(data['meta']);
    after = meta['has_more'] === true ? asText(meta['after_cursor']) : '';
    if (after === '') return rows;
  }
  throw new Permanent('server-incompatible', { detail: `${path.split('?')[0]}: more than ${maxPages} pages` });
}
