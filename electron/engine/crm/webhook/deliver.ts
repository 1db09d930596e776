import type { ConnectorContext } from '../connector.ts';
import { Permanent, Unknown } from '../errors.ts';
import { fillTemplate } from './fill-template.ts';
import type { TemplateWords } from './fill-template.ts';
import { signedHeaders } from './sign.ts';

/**
 * Sends one event. The same event has the same `Idempotency-Key` however often it is sent, on every device of a team.
 * 409 means that the other side has it: it is delivered.
 * @throws Permanent `rejected` for 4xx; `Unknown` for 408 and 425, to be sent again
 */
export async function deliver(context: ConnectorContext, id: string, words: TemplateWords): Promise<void> {
  const template = context.values['template'] ?? '';
  const body = JSON.stringify(template === '' ? words : fillTemplate(template, words));
  const { status } = await context.http.send({
    method: 'POST',
    path: '',
    signal: context.signal,
    headers: { 'content-type': 'application/json', ...signedHeaders(context.values['signingSecret'] ?? '', id, Date.now(), body) },
    bytes: new TextEncoder().encode(body),
  });
  if (status < 300 || status === 409) return;
  const detail = `HTTP ${status}`;
  if (status === 408 || status === 425) throw new Unknown({ detail }, 'server-error');
  if (status === 413) throw new Permanent('too-large', { detail });
  if (status === 403) throw new Permanent('forbidden', { detail });
  if (status === 404 || status === 410) throw new Permanent('record-gone', { detail });
  throw new Permanent('rejected', { detail });
}
