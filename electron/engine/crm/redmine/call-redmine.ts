import type { ConnectorContext } from '../connector.ts';
import { Conflict, Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import { refusalOf, sentenceOf } from '../http/refusal.ts';

interface RedmineBody {
  readonly json?: JsonRecord | undefined;
  readonly bytes?: Uint8Array<ArrayBuffer> | undefined;
}

/**
 * One call of the REST API (Redmine 5.0, "Rest_api" in its wiki). An answer without a body is an empty record.
 * @throws Conflict where somebody else changed the same in this instant; Permanent `record-gone` for 404, `forbidden` for 403, `too-large`, `rejected` for other refusals
 */
export async function callRedmine(
  context: ConnectorContext,
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body: RedmineBody = {},
): Promise<JsonRecord> {
  const answer = await context.http.send({
    method,
    path,
    signal: context.signal,
    headers: { 'x-redmine-api-key': context.values['token'] ?? '' },
    ...(body.json === undefined ? {} : { json: body.json }),
    ...(body.bytes === undefined ? {} : { bytes: body.bytes }),
  });
  if (answer.status >= 400) throw refusalFor(answer, path);
  return answer.bytes.length === 0 || answer.status === 204 ? {} : asRecord(readJson(answer));
}

const mostTries = 4;

/** Changes fields of an issue, again where somebody else changed it in this instant: each try begins with what stands there. */
export async function changeFields(context: ConnectorContext, issueId: string, fields: JsonRecord): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await callRedmine(context, 'PUT', `/issues/${numberOf(issueId)}.json`, { json: { issue: fields } });
      return;
    } catch (error) {
      if (!(error instanceof Conflict) || tries >= mostTries) throw error;
    }
  }
}

function refusalFor(answer: HttpAnswer, path: string): Conflict | Permanent {
  const detail = sentenceOf(answer, wordsOf);
  // `IssuesController#update` after an `ActiveRecord::StaleObjectError`: 422 and an empty list. Nothing was changed.
  if (answer.status === 422 && detail === noWords) return new Conflict({ detail: 'the issue was changed in this instant' });
  const refusal = refusalOf(answer.status, detail, path);
  return refusal.code === 'rejected' && /maximum allowed file size/i.test(detail) ? new Permanent('too-large', { detail }) : refusal;
}

const noWords = 'HTTP 422';

const wordsOf = (body: unknown): string => asArray(asRecord(body)['errors']).map(asText).join('; ');
