import type { ConnectorContext } from '../connector.ts';
import { Conflict } from '../errors.ts';
import type { Permanent } from '../errors.ts';
import { checkedNumber } from '../http/checked-id.ts';
import { asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import type { FormPart } from '../http/multipart.ts';
import { multipartOf } from '../http/multipart.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { readJson } from '../http/read-json.ts';
import { refusalOf } from '../http/refusal.ts';
import { authorizationOf } from '../oauth/authorization-of.ts';
import { cleanLine } from '../text/clean-text.ts';

interface HubspotBody {
  readonly json?: JsonRecord | undefined;
  readonly form?: readonly FormPart[] | undefined;
}

/**
 * One call of the API, version 3 (https://developers.hubspot.com/docs/api-reference). An answer without a body is an empty record.
 * @throws Conflict where a unique value is taken; Permanent `record-gone` for 404, `forbidden` for 403, `too-large`, `rejected`
 */
export async function callHubspot(
  context: ConnectorContext,
  method: 'GET' | 'POST' | 'PATCH' | 'DELETE',
  path: string,
  body: HubspotBody = {},
): Promise<JsonRecord> {
  const form = body.form === undefined ? null : multipartOf(body.form);
  const answer = await context.http.send({
    method,
    path,
    signal: context.signal,
    headers: {
      ...(await authorizationOf(context, () => ({ authorization: `Bearer ${context.values['token'] ?? ''}` }))),
      ...(form === null ? {} : { 'content-type': form.contentType }),
    },
    ...(body.json === undefined ? {} : { json: body.json }),
    ...(form === null ? {} : { bytes: form.bytes }),
  });
  if (answer.status >= 400) throw refusal(answer, path);
  return answer.bytes.length === 0 || answer.status === 204 ? {} : asRecord(readJson(answer));
}

function refusal(answer: HttpAnswer, path: string): Conflict | Permanent {
  const detail = sentenceOf(answer);
  if (answer.status === 409 || detail.includes('CONFLICTING_UNIQUE_VALUE')) return new Conflict({ detail: cleanLine(detail, 300) });
  return refusalOf(answer.status, cleanLine(detail, 300), path);
}

function sentenceOf(answer: HttpAnswer): string {
  try {
    return asText(asRecord(readJson(answer))['message']) || `HTTP ${answer.status}`;
  } catch {
    return `HTTP ${answer.status}`;
  }
}

/** The number of an object; whatever else a server says there must not become part of a path. */
export const numberOf = (value: unknown): string => checkedNumber(value, /^\d{1,18}$/);
