import type { ConnectorContext } from '../connector.ts';
import { AuthNeeded, Permanent } from '../errors.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { asId, asRecord } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import { odooFault } from './odoo-fault.ts';
import { postRpc } from './post-rpc.ts';
import { firstJson2, versionOf } from './server.ts';

export interface OdooCall {
  readonly model: string;
  readonly method: string;
  /** Records it is about; absent for methods of the model. */
  readonly ids?: readonly number[] | undefined;
  /** Parameters by name: the names are the same from 11 to 19 for all that we call. */
  readonly named?: JsonRecord | undefined;
  readonly context?: JsonRecord | undefined;
}

/**
 * One method of one model, over JSON-2 where the server has it, else over JSON-RPC.
 * @throws AuthNeeded | Conflict | Permanent `forbidden` | `record-gone` | `rejected` | `too-large`
 */
export async function callOdoo(context: ConnectorContext, call: OdooCall): Promise<unknown> {
  return (await versionOf(context)).major >= firstJson2 ? callJson2(context, call) : callRpc(context, call);
}

/** The user that we are. */
export async function userIdOf(context: ConnectorContext): Promise<number> {
  if ((await versionOf(context)).major < firstJson2) return rpcUserId(context);
  const own = asId(asRecord(await callJson2(context, { model: 'res.users', method: 'context_get' }))['uid']);
  if (own === null) throw new Permanent('server-incompatible', { detail: 'res.users/context_get without uid' });
  return own;
}

/** https://www.odoo.com/documentation/19.0/developer/reference/external_api.html */
async function callJson2(context: ConnectorContext, { model, method, ids, named = {}, context: words }: OdooCall): Promise<unknown> {
  const answer = await context.http.send({
    method: 'POST',
    path: `/json/2/${model}/${method}`,
    signal: context.signal,
    headers: { authorization: `bearer ${secretOf(context)}`, 'x-odoo-database': context.values['database'] ?? '' },
    json: { ...named, ...(ids === undefined ? {} : { ids }), ...(words === undefined ? {} : { context: words }) },
  });
  if (answer.status === 200) return readJson(answer);
  throw json2Fault(answer);
}

function json2Fault(answer: HttpAnswer): Error {
  if (answer.status === 413) return new Permanent('too-large', { detail: 'HTTP 413' });
  const { name, message } = asRecord(readJson(answer));
  return odooFault(name, message);
}

async function callRpc(context: ConnectorContext, { model, method, ids, named = {}, context: words }: OdooCall): Promise<unknown> {
  const login = [context.values['database'] ?? '', await rpcUserId(context), secretOf(context)];
  const byName = { ...named, ...(words === undefined ? {} : { context: words }) };
  return postRpc(context, 'object', 'execute_kw', [...login, model, method, ids === undefined ? [] : [ids], byName]);
}

/** Each call carries the password and is checked again, so a number that we remember opens nothing. */
async function rpcUserId(context: ConnectorContext): Promise<number> {
  const known = context.memory.get('uid') as number | undefined;
  if (known !== undefined) return known;
  const uid = asId(await postRpc(context, 'common', 'login', [context.values['database'] ?? '', context.values['user'] ?? '', secretOf(context)]));
  // A wrong password is answered with `false`; going on with that would end in an SQL error.
  if (uid === null) throw new AuthNeeded({ detail: 'user or password' });
  context.memory.set('uid', uid);
  return uid;
}

const secretOf = (context: ConnectorContext): string => context.values['passwordOrKey'] ?? '';
