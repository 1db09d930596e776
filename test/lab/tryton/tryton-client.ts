export interface TrytonLogin {
  baseUrl: string;
  database: string;
  user: string;
  password: string;
}

/** Calls a method of the server, for example `model.party.party.search`, as the logged-in user. */
export type TrytonRpc = (method: string, ...params: unknown[]) => Promise<unknown>;

/**
 * A JSON-RPC caller that logs in at its first call and again after the session was lost.
 * The context that `model.*` methods want as their last parameter is the caller's to give.
 * It is the tests' own witness and shares no code with the connector under test.
 */
export function trytonClient({ baseUrl, database, user, password }: TrytonLogin): TrytonRpc {
  const url = `${baseUrl}/${database}/`;
  let session: string | undefined;
  let calls = 0;

  const post = async (method: string, params: readonly unknown[], authorization?: string): Promise<Response> => {
    calls += 1;
    return fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...(authorization ? { authorization } : {}) },
      body: JSON.stringify({ id: calls, method, params }),
    });
  };

  const login = async (): Promise<string> => {
    const answer = await readResult('common.db.login', await post('common.db.login', [user, { password }, 'en']));
    const [userId, key] = answer as [number, string];
    return `Session ${Buffer.from(`${user}:${userId}:${key}`).toString('base64')}`;
  };

  return async (method, ...params) => {
    session ??= await login();
    let answer = await post(method, params, session);
    if (answer.status === 401) {
      session = await login();
      answer = await post(method, params, session);
    }
    return readResult(method, answer);
  };
}

async function readResult(method: string, answer: Response): Promise<unknown> {
  if (!answer.ok) throw new Error(`Tryton answered ${answer.status} to ${method}: ${(await answer.text()).slice(0, 500)}`);
  const body: unknown = await answer.json();
  if (typeof body !== 'object' || body === null || Array.isArray(body)) return body;
  if ('error' in body) throw new Error(`Tryton refused ${method}: ${JSON.stringify(body.error).slice(0, 500)}`);
  return 'result' in body ? body.result : body;
}
