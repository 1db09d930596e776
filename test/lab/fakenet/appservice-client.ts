import type { AppServiceRegistration } from '../synapse/start-synapse.ts';

/** The bridge's side of the client-server API: as its bot, or as one of its ghosts. */
export interface AppServiceClient {
  call(method: string, path: string, body?: unknown, as?: { user?: string; ts?: number }): Promise<Record<string, unknown>>;
  /** Makes a user of the namespace, with a name; harmless when it is there. */
  ensure(userId: string, displayName: string): Promise<void>;
  /** Answers with the `mxc://` address. */
  upload(bytes: Uint8Array, mime: string): Promise<string>;
  /** Answers with the event's id. `ts` backdates it, as only bridges may. */
  send(roomId: string, type: string, content: unknown, as?: { user?: string; ts?: number }): Promise<string>;
}

/** What "exists already" looks like. */
const harmless: ReadonlySet<unknown> = new Set(['M_USER_IN_USE', 'M_EXCLUSIVE']);

export function appServiceClient(baseUrl: string, registration: AppServiceRegistration, bot: string): AppServiceClient {
  let count = 0;
  const call: AppServiceClient['call'] = async (method, path, body, { user = bot, ts } = {}) => {
    const url = new URL(baseUrl + path);
    url.searchParams.set('user_id', user);
    if (ts !== undefined) url.searchParams.set('ts', String(Math.trunc(ts)));
    const answer = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${registration.as_token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const json = (await answer.json()) as Record<string, unknown>;
    if (!answer.ok && !harmless.has(json['errcode'])) throw new Error(`${method} ${path}: ${JSON.stringify(json)}`);
    return json;
  };
  return {
    call,
    async ensure(userId, displayName) {
      const username = userId.slice(1, userId.indexOf(':'));
      await call('POST', '/_matrix/client/v3/register', { type: 'm.login.application_service', username });
      const profile = `/_matrix/client/v3/profile/${encodeURIComponent(userId)}/displayname`;
      await call('PUT', profile, { displayname: displayName }, { user: userId });
    },
    async upload(bytes, mime) {
      const headers = { authorization: `Bearer ${registration.as_token}`, 'content-type': mime };
      const answer = await fetch(`${baseUrl}/_matrix/media/v3/upload`, { method: 'POST', headers, body: new Uint8Array(bytes) });
      if (!answer.ok) throw new Error(`upload: ${await answer.text()}`);
      return String(((await answer.json()) as Record<string, unknown>)['content_uri']);
    },
    async send(roomId, type, content, as = {}) {
      count += 1;
      const path = `/_matrix/client/v3/rooms/${encodeURIComponent(roomId)}/send/${type}/fakenet-${String(Date.now())}-${String(count)}`;
      return String((await call('PUT', path, content, as))['event_id']);
    },
  };
}
