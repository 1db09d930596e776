import { createHmac } from 'node:crypto';

/**
 * Makes a Matrix account through Synapse's shared-secret registration.
 * Source: Synapse admin API, "Shared-Secret Registration".
 */
export async function registerUser(
  baseUrl: string,
  secret: string,
  user: { name: string; password: string; isAdmin: boolean },
): Promise<{ userId: string }> {
  const url = `${baseUrl}/_synapse/admin/v1/register`;
  const { nonce } = (await (await fetch(url)).json()) as { nonce: string };
  const signed = [nonce, user.name, user.password, user.isAdmin ? 'admin' : 'notadmin'].join('\0');
  const mac = createHmac('sha1', secret).update(signed).digest('hex');
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ nonce, username: user.name, password: user.password, admin: user.isAdmin, mac }),
  });
  if (!answer.ok) throw new Error(`Synapse did not register ${user.name}: ${answer.status} ${await answer.text()}`);
  const { user_id: userId } = (await answer.json()) as { user_id: string };
  return { userId };
}
