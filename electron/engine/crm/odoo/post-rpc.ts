import type { ConnectorContext } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asRecord } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import { odooFault } from './odoo-fault.ts';

/** One call of Odoo's JSON-RPC (11 to 21). Refusals come with status 200. */
export async function postRpc(
  context: ConnectorContext,
  service: 'common' | 'object',
  method: string,
  args: readonly unknown[],
): Promise<unknown> {
  const answer = await context.http.send({
    method: 'POST',
    path: '/jsonrpc',
    signal: context.signal,
    json: { jsonrpc: '2.0', id: 1, method: 'call', params: { service, method, args } },
  });
  if (answer.status === 413) throw new Permanent('too-large', { detail: 'HTTP 413' });
  if (answer.status !== 200) throw new Permanent('server-incompatible', { detail: `HTTP ${answer.status}` });
  const body = asRecord(readJson(answer));
  const error = asRecord(body['error']);
  if ('error' in body) throw odooFault(asRecord(error['data'])['name'], asRecord(error['data'])['message'] ?? error['message']);
  if (!('result' in body)) throw new Permanent('server-incompatible', { detail: 'no JSON-RPC answer' });
  return body['result'];
}
