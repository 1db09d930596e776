/** Where an ejabberd is; enough to make accounts from any process of the same machine. */
export interface EjabberdPlace {
  httpPort: number;
  domain: string;
}

/** One command of its HTTP API (`ejabberdctl` has the same names). */
export async function callEjabberd(httpPort: number, command: string, body: Record<string, unknown> = {}): Promise<unknown> {
  const answer = await fetch(`http://127.0.0.1:${httpPort}/api/${command}`, { method: 'POST', body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`ejabberd refused ${command}: ${answer.status} ${text}`);
  return JSON.parse(text);
}

/** Makes an account; an existing one gets the new password. */
export async function registerEjabberdAccount(place: EjabberdPlace, user: string, password: string): Promise<void> {
  const { httpPort, domain: host } = place;
  // 0: there is one, and false says the same.
  const isThere = (await callEjabberd(httpPort, 'check_account', { user, host })) === 0;
  if (isThere) await callEjabberd(httpPort, 'change_password', { user, host, newpass: password });
  else await callEjabberd(httpPort, 'register', { user, host, password });
}
