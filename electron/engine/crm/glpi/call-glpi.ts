import type { ConnectorContext } from '../connector.ts';
import { AuthNeeded, Permanent } from '../errors.ts';
import { checkedNumber } from '../http/checked-id.ts';
import type { HttpAnswer } from '../http/pinned-http.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { multipartOf } from '../http/multipart.ts';
import type { FormPart } from '../http/multipart.ts';
import { readJson } from '../http/read-json.ts';
import { cleanLine } from '../text/clean-text.ts';

interface GlpiBody {
  readonly json?: JsonRecord | undefined;
  readonly form?: readonly FormPart[] | undefined;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

const memoryName = 'session';
const pageSize = 100;
const mostPages = 50;

/** The session is gone; nothing was done. */
class SessionEnded extends Error {}

/**
 * One call of the REST API with App-Token and user token (https://github.com/glpi-project/glpi/blob/main/apirest.md), which
 * GLPI 9.5 to 11 all have. A session that ended is answered before anything is done, so the call is made once more.
 * @throws Permanent `record-gone`, `forbidden`, `too-large`, `rejected`; AuthNeeded for tokens that are refused
 */
export async function callGlpi(context: ConnectorContext, method: Method, path: string, body: GlpiBody = {}): Promise<HttpAnswer> {
  try {
    return await send(context, method, path, body, await sessionOf(context));
  } catch (error) {
    if (!(error instanceof SessionEnded)) throw error;
    context.memory.delete(memoryName);
    try {
      return await send(context, method, path, body, await sessionOf(context));
    } catch (again) {
      throw again instanceof SessionEnded ? new AuthNeeded({ detail: again.message }) : again;
    }
  }
}

/** All rows of a list, page by page; a page that is not the last is answered with 206. */
export async function listGlpi(context: ConnectorContext, path: string, most = pageSize * mostPages): Promise<readonly JsonRecord[]> {
  const rows: JsonRecord[] = [];
  for (let start = 0; start < most; start += pageSize) {
    const answer = await callGlpi(context, 'GET', `${path}${path.includes('?') ? '&' : '?'}range=${start}-${start + pageSize - 1}`);
    const page = asArray(readJson(answer)).map(asRecord);
    rows.push(...page);
    if (answer.status !== 206 || page.length < pageSize) break;
  }
  return rows;
}

/** Calls that start together share one session. */
async function sessionOf(context: ConnectorContext): Promise<string> {
  const known = context.memory.get(memoryName) as Promise<string> | undefined;
  if (known !== undefined) return known;
  const login = signIn(context);
  context.memory.set(memoryName, login);
  try {
    return await login;
  } catch (error) {
    context.memory.delete(memoryName);
    throw error;
  }
}

async function signIn(context: ConnectorContext): Promise<string> {
  const answer = await context.http.send({
    method: 'GET',
    path: '/apirest.php/initSession',
    signal: context.signal,
    headers: { ...appToken(context), 'content-type': 'application/json', authorization: `user_token ${(context.values['token'] ?? '').trim()}` },
  });
  if (answer.status !== 200) {
    const { code, detail } = errorOf(answer);
    if (answer.status === 400 && /APP_TOKEN|LOGIN/.test(code)) throw new AuthNeeded({ detail });
    throw new Permanent(answer.status === 404 ? 'server-incompatible' : 'rejected', { detail });
  }
  const session = asText(asRecord(readJson(answer))['session_token']);
  if (!/^[\w,-]{8,256}$/.test(session)) throw new Permanent('server-incompatible', { detail: 'no session' });
  return session;
}

async function send(context: ConnectorContext, method: Method, path: string, { json, form }: GlpiBody, session: string): Promise<HttpAnswer> {
  const multipart = form === undefined ? null : multipartOf(form);
  const answer = await context.http.send({
    method,
    path: `/apirest.php${path}`,
    signal: context.signal,
    headers: { ...appToken(context), 'session-token': session, 'content-type': multipart?.contentType ?? 'application/json' },
    ...(json === undefined ? {} : { json }),
    ...(multipart === null ? {} : { bytes: multipart.bytes }),
    readsStatus: (status) => status === 401,
  });
  if (answer.status >= 400) throw refusal(answer, path);
  return answer;
}

const appToken = (context: ConnectorContext): Readonly<Record<string, string>> => {
  const token = (context.values['appToken'] ?? '').trim();
  return token === '' ? {} : { 'app-token': token };
};

function refusal(answer: HttpAnswer, path: string): Error {
  const { code, detail } = errorOf(answer);
  if (/^ERROR_SESSION_TOKEN/.test(code)) return new SessionEnded(detail);
  if (code === 'ERROR_RIGHT_MISSING' || answer.status === 403) return new Permanent('forbidden', { detail });
  if (code === 'ERROR_ITEM_NOT_FOUND' || answer.status === 404) return new Permanent('record-gone', { detail: path.split('?')[0] });
  if (answer.status === 401) return new AuthNeeded({ detail });
  if (answer.status === 413 || /exceeds|too (?:large|big)/i.test(detail)) return new Permanent('too-large', { detail });
  return new Permanent('rejected', { detail });
}

/** Errors are a list of a code and a sentence. */
function errorOf(answer: HttpAnswer): { readonly code: string; readonly detail: string } {
  try {
    const [code, sentence] = asArray(readJson(answer)).map(asText);
    return { code: code ?? '', detail: cleanLine([code, sentence].filter(Boolean).join(': '), 300) || `HTTP ${answer.status}` };
  } catch {
    return { code: '', detail: `HTTP ${answer.status}` };
  }
}

/** The number of an object; whatever else a server says there must not become part of a path. */
export const numberOf = (value: unknown): number => Number(checkedNumber(value, /^[1-9]\d{0,14}$/));

/** Adds one item; a refusal of GLPI's core can mean that its ticket is gone. */
export async function addItem(context: ConnectorContext, itemtype: string, input: JsonRecord, form?: readonly FormPart[]): Promise<number> {
  const answer = await callGlpi(context, 'POST', `/${itemtype}`, form === undefined ? { json: { input } } : { form });
  return numberOf(asRecord(readJson(answer))['id']);
}

/** For good, and without telling anybody. One that is gone already is as it should be. */
export async function purgeItem(context: ConnectorContext, itemtype: string, id: number): Promise<void> {
  try {
    await callGlpi(context, 'DELETE', `/${itemtype}`, { json: { input: { id, _disablenotif: true }, force_purge: true } });
  } catch (error) {
    if (!(error instanceof Permanent) || error.code !== 'record-gone') throw error;
  }
}

export const readItem = async (context: ConnectorContext, itemtype: string, id: number): Promise<JsonRecord> =>
  asRecord(readJson(await callGlpi(context, 'GET', `/${itemtype}/${id}`)));
