/** A tiny Matrix client of the tests' own: plain fetch, one method per endpoint, nothing remembered but token and sync position. */
export interface MatrixPeer {
  userId: string;
  accessToken: string;
  deviceId: string;
  createRoom(options?: MatrixRoomOptions): Promise<string>;
  invite(roomId: string, userId: string): Promise<void>;
  join(roomId: string): Promise<void>;
  leave(roomId: string): Promise<void>;
  /** These answer with the id of the event they made. */
  send(roomId: string, body: string): Promise<string>;
  sendEvent(roomId: string, type: string, content: Record<string, unknown>): Promise<string>;
  sendState(roomId: string, type: string, stateKey: string, content: Record<string, unknown>): Promise<string>;
  edit(roomId: string, eventId: string, body: string): Promise<string>;
  react(roomId: string, eventId: string, key: string): Promise<string>;
  redact(roomId: string, eventId: string): Promise<string>;
  markRead(roomId: string, eventId: string): Promise<void>;
  setTyping(roomId: string, isTyping: boolean): Promise<void>;
  /** Answers with the mxc:// address. */
  upload(file: { name: string; type: string; data: Uint8Array<ArrayBuffer> }): Promise<string>;
  download(mxcUri: string): Promise<Uint8Array>;
  /** One sync from where the last one ended; waits at most `timeoutMs` for news. */
  sync(timeoutMs?: number): Promise<MatrixSync>;
  /** Newest messages first. */
  messages(roomId: string, limit?: number): Promise<MatrixEvent[]>;
  /** Any other endpoint: path below `/_matrix/client`. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
}

export interface MatrixRoomOptions {
  name?: string | undefined;
  invite?: readonly string[] | undefined;
  isDirect?: boolean | undefined;
  /** Extra state from the start, for example m.room.encryption. */
  initialState?: readonly { type: string; state_key: string; content: Record<string, unknown> }[] | undefined;
}

export interface MatrixEvent {
  event_id: string;
  type: string;
  sender: string;
  origin_server_ts: number;
  content: Record<string, unknown>;
  state_key?: string;
}

export interface MatrixSync {
  next_batch: string;
  rooms?: {
    join?: Record<string, { timeline: { events: MatrixEvent[] }; ephemeral?: { events: { type: string; content: unknown }[] } }>;
    invite?: Record<string, unknown>;
  };
}

/**
 * Logs in and returns the client.
 * Source: Matrix Client-Server API v1.15.
 * @throws Error with method, path, status and body whenever the server says no
 */
export async function matrixPeer(login: { baseUrl: string; userId: string; password: string }): Promise<MatrixPeer> {
  let accessToken = '';
  let since: string | undefined;
  let transactions = 0;

  const request = async (method: string, path: string, body?: BodyInit, type = 'application/json'): Promise<Response> => {
    const answer = await fetch(`${login.baseUrl}/_matrix${path}`, {
      method,
      headers: { ...(accessToken ? { authorization: `Bearer ${accessToken}` } : {}), 'content-type': type },
      ...(body === undefined ? {} : { body }),
    });
    if (!answer.ok) throw new Error(`Matrix answered ${answer.status} to ${method} ${path}: ${await answer.text()}`);
    return answer;
  };
  const call = async (method: string, path: string, body?: unknown): Promise<unknown> =>
    (await request(method, `/client${path}`, body === undefined ? undefined : JSON.stringify(body))).json();
  const eventId = async (answer: Promise<unknown>): Promise<string> => ((await answer) as { event_id: string }).event_id;
  const room = (roomId: string, rest: string): string => `/v3/rooms/${encodeURIComponent(roomId)}${rest}`;
  const transaction = (): string => `lab${Date.now()}.${(transactions += 1)}`;
  const sendEvent: MatrixPeer['sendEvent'] = (roomId, type, content) =>
    eventId(call('PUT', room(roomId, `/send/${encodeURIComponent(type)}/${transaction()}`), content));

  const session = (await call('POST', '/v3/login', {
    type: 'm.login.password',
    identifier: { type: 'm.id.user', user: login.userId },
    password: login.password,
  })) as { access_token: string; user_id: string; device_id: string };
  accessToken = session.access_token;

  return {
    userId: session.user_id,
    accessToken,
    deviceId: session.device_id,
    call,
    sendEvent,
    async createRoom({ name, invite, isDirect = false, initialState } = {}) {
      const wish = { name, invite, is_direct: isDirect, preset: 'private_chat', initial_state: initialState };
      return ((await call('POST', '/v3/createRoom', wish)) as { room_id: string }).room_id;
    },
    async invite(roomId, userId) {
      await call('POST', room(roomId, '/invite'), { user_id: userId });
    },
    async join(roomId) {
      await call('POST', room(roomId, '/join'), {});
    },
    async leave(roomId) {
      await call('POST', room(roomId, '/leave'), {});
    },
    send: (roomId, body) => sendEvent(roomId, 'm.room.message', { msgtype: 'm.text', body }),
    sendState: (roomId, type, stateKey, content) =>
      eventId(call('PUT', room(roomId, `/state/${encodeURIComponent(type)}/${encodeURIComponent(stateKey)}`), content)),
    edit: (roomId, target, body) =>
      sendEvent(roomId, 'm.room.message', {
        msgtype: 'm.text',
        body: `* ${body}`,
        'm.new_content': { msgtype: 'm.text', body },
        'm.relates_to': { rel_type: 'm.replace', event_id: target },
      }),
    react: (roomId, target, key) =>
      sendEvent(roomId, 'm.reaction', { 'm.relates_to': { rel_type: 'm.annotation', event_id: target, key } }),
    redact: (roomId, target) =>
      eventId(call('PUT', room(roomId, `/redact/${encodeURIComponent(target)}/${transaction()}`), {})),
    async markRead(roomId, target) {
      await call('POST', room(roomId, `/receipt/m.read/${encodeURIComponent(target)}`), {});
    },
    async setTyping(roomId, isTyping) {
      const path = room(roomId, `/typing/${encodeURIComponent(session.user_id)}`);
      await call('PUT', path, isTyping ? { typing: true, timeout: 30_000 } : { typing: false });
    },
    async upload({ name, type, data }) {
      const answer = await request('POST', `/media/v3/upload?filename=${encodeURIComponent(name)}`, data, type);
      return ((await answer.json()) as { content_uri: string }).content_uri;
    },
    async download(mxcUri) {
      const answer = await request('GET', `/client/v1/media/download/${mxcUri.slice('mxc://'.length)}`);
      return new Uint8Array(await answer.arrayBuffer());
    },
    async sync(timeoutMs = 0) {
      const query = new URLSearchParams({ timeout: String(timeoutMs), ...(since === undefined ? {} : { since }) });
      const answer = (await call('GET', `/v3/sync?${query.toString()}`)) as MatrixSync;
      since = answer.next_batch;
      return answer;
    },
    async messages(roomId, limit = 50) {
      const answer = (await call('GET', room(roomId, `/messages?dir=b&limit=${limit}`))) as { chunk: MatrixEvent[] };
      return answer.chunk;
    },
  };
}
