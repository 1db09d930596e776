import type { ConnectorContext } from '../connector.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import { refusalOf, sentenceOf } from '../http/refusal.ts';

/**
 * One call of the REST API (https://docs.zammad.org/en/latest/api/intro.html), with the token of a user.
 * @param path below `/api/v1`
 * @throws Permanent `record-gone` for 404, `forbidden` for 403, `too-large`, `rejected` for other refusals
 */
export async function callZammad(
  context: ConnectorContext,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  json?: JsonRecord,
): Promise<unknown> {
  const answer = await context.http.send({
    method,
    path: `/api/v1${path}`,
    signal: context.signal,
    headers: { authorization: `Token token=${context.values['token'] ?? ''}` },
    ...(json === undefined ? {} : { json }),
  });
  if (answer.status >= 400) throw refusalOf(answer.status, sentenceOf(answer, wordsOf), path);
  return answer.bytes.length === 0 ? {} : readJson(answer);
}


const wordsOf = (body: unknown): string => asText(asRecord(body)['error_human']) || asText(asRecord(body)['error']);
