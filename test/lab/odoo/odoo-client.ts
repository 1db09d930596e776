export interface OdooLogin {
  readonly baseUrl: string;
  readonly database: string;
  readonly user: string;
  readonly password: string;
}

/** Calls a method of a model with its arguments in order, then by name. */
export type OdooCall = (model: string, method: string, args?: readonly unknown[], named?: Readonly<Record<string, unknown>>) => Promise<unknown>;

/** A JSON-RPC caller that signs in at its first call. It is the tests' own witness and shares no code with the connector under test. */
export function odooClient({ baseUrl, database, user, password }: OdooLogin): OdooCall {
  let uid: unknown;
  const post = async (service: string, method: string, args: readonly unknown[]): Promise<unknown> => {
    const answer = await fetch(`${baseUrl}/jsonrpc`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'call', params: { service, method, args } }),
    });
    const body = (await answer.json()) as { result?: unknown; error?: unknown };
    if (body.error !== undefined) throw new Error(`Odoo refused ${method} ${String(args[4] ?? '')}: ${JSON.stringify(body.error).slice(0, 2_000)}`);
    return body.result;
  };
  return async (model, method, args = [], named = {}) => {
    uid ??= await post('common', 'login', [database, user, password]);
    if (typeof uid !== 'number') throw new Error(`Odoo does not know ${user}`);
    return post('object', 'execute_kw', [database, uid, password, model, method, args, named]);
  };
}
