import type { ConnectorContext } from '../connector.ts';
import { AuthNeeded, Permanent } from '../errors.ts';
import { asArray, asRecord } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { readJson } from '../http/read-json.ts';
import { trytonFault } from './tryton-fault.ts';

interface Session {
  readonly authorization: string;
  /** The user's preferences: language, company; every call carries them. */
  readonly preferences: JsonRecord;
}

const memoryName = 'session';

/**
 * One call of Tryton's JSON-RPC, signed in as needed. The last parameter, the context, is added here.
 *
 * An expired session is answered with 401 before anything is done, so the call is made again once after a new login.
 */
export async function call(context: ConnectorContext, method: string, ...params: readonly unknown[]): Promise<unknown> {
  const session = await sessionOf(context);
  const send = ({ authorization, preferences }: Session) =>
    post(context, databasePath(context), authorization, method, [...params, { ...preferences, active_test: false }]);
  try {
    return await send(session);
  } catch (error) {
    if (!(error instanceof AuthNeeded)) throw error;
    context.memory.delete(memoryName);
    return send(await sessionOf(context));
  }
}

export const versionOf = async (context: ConnectorContext): Promise<unknown> =>
  post(context, '/', null, 'common.server.version', []);

export const preferencesOf = async (context: ConnectorContext): Promise<JsonRecord> => (await sessionOf(context)).preferences;

/** Calls that start together share one login: Tryton slows down whoever signs in too often. */
async function sessionOf(context: ConnectorContext): Promise<Session> {
  const known = context.memory.get(memoryName) as Promise<Session> | undefined;
  if (known) return known;
  const login = signIn(context);
  context.memory.set(memoryName, login);
  try {
    return await login;
  } catch (error) {
    context.memory.delete(memoryName);
    throw error;
  }
}

async function signIn(context: ConnectorContext): Promise<Session> {
  const user = context.values['user'] ?? '';
  const password = context.values['password'] ?? '';
  const path = databasePath(context);
  const answer = asArray(await post(context, path, null, 'common.db.login', [user, { password }, 'en']));
  if (answer.length !== 2) throw new AuthNeeded({ detail: 'the server asks for another kind of login' });
  const authorization = `Session ${Buffer.from([user, ...answer.map(String)].join(':')).toString('base64')}`;
  const preferences = asRecord(await post(context, path, authorization, 'model.res.user.get_preferences', [true, {}]));
  return { authorization, preferences };
}

function databasePath(context: ConnectorContext): string {
  return `/${encodeURIComponent(context.values['database'] ?? '')}/`;
}

async function post(
  context: ConnectorContext,
  path: string,
  authorization: string | null,
  method: string,
  params: readonly unknown[],
): Promise<unknown> {
  const answer = await context.http.send({
    method: 'POST',
    path,
    signal: context.signal,
    headers: authorization === null ? {} : { authorization },
    json: { id: 1, method, params },
  });
  if (answer.status === 403) throw new Permanent('forbidden', { detail: method });
  if (answer.status === 404) throw new Permanent('server-incompatible', { detail: 'no Tryton at this address' });
  if (answer.status === 413) throw new Permanent('too-large', { detail: 'HTTP 413' });
  if (answer.status !== 200) throw new Permanent('server-incompatible', { detail: `HTTP ${answer.status}` });
  const body = asRecord(readJson(answer));
  if (body['error'] !== undefined && body['error'] !== null) throw trytonFault(body['error']);
  if (!('result' in body)) throw new Permanent('server-incompatible', { detail: 'no JSON-RPC answer' });
  return body['result'];
}
