/**
 * Signing in on the server's own page, in the person's browser; the way back leads to a listener on this computer.
 * @see https://spec.matrix.org/v1.16/client-server-api/#sso-client-login
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { BridgeError, type DialogStep, type LoginValues, type SignUpDialog } from '#bridge';
import { discoverServer } from './discovery.ts';
import { asArray, asRecord } from './event-shape.ts';
import { requestJson } from './http.ts';

/** Not listed among the flows: its token comes from a dialog, never from a form. */
export const ssoFlowId = 'sso';

/** Whoever does not come back by then has gone away. */
const patienceMs = 15 * 60_000;

const farewell = `<!doctype html><meta charset="utf-8"><title>Palomar</title>
<p>You are signed in. You can close this page and go back to Palomar.</p>
<p lang="es">Ya has iniciado sesión. Puedes cerrar esta página y volver a Palomar.</p>
<p lang="et">Oled sisse logitud. Võid selle lehe sulgeda ja Palomari tagasi minna.</p>`;

/**
 * Opens the dialog: a link to the server's page, then the token that it sends back.
 * @throws BridgeError `no-login-method` when the server has no such page, and those of {@link discoverServer}
 */
export async function openWebSignIn(server: string, signal: AbortSignal): Promise<SignUpDialog> {
  const baseUrl = await discoverServer(server, server, signal);
  await assertSso(baseUrl, signal);
  const listener = await listen();
  const link = `${baseUrl}/_matrix/client/v3/login/sso/redirect?redirectUrl=${encodeURIComponent(listener.address)}`;
  let values: LoginValues | null = null;
  const first: DialogStep = { state: 'open', form: null, notes: [{ kind: 'info', text: '', code: 'web-sign-in' }], actions: [], link, isWaiting: true };
  return {
    first,
    answer: async () => first,
    wait: async () => {
      const loginToken = await listener.token;
      values = { server: baseUrl, loginToken };
      return { state: 'done', form: null, notes: [{ kind: 'info', text: '', code: 'signed-in' }], actions: [] };
    },
    close: async () => listener.close(),
    result: () => (values === null ? null : { flowId: ssoFlowId, values }),
  };
}

async function assertSso(baseUrl: string, signal: AbortSignal): Promise<void> {
  const answer = await requestJson(new URL(`${baseUrl}/_matrix/client/v3/login`), { signal });
  const types = asArray(asRecord(answer.body)['flows']).map((flow) => asRecord(flow)['type']);
  if (!types.includes('m.login.sso')) throw new BridgeError('no-login-method', { server: new URL(baseUrl).host, detail: 'the server has no page to sign in on' });
}

interface Listener {
  /** Where the browser is sent back to: nobody else can guess it. */
  readonly address: string;
  readonly token: Promise<string>;
  close(): void;
}

async function listen(): Promise<Listener> {
  const path = `/${randomBytes(24).toString('base64url')}`;
  const { promise: token, resolve, reject } = Promise.withResolvers<string>();
  // Somebody may close the dialog without ever waiting for it.
  token.catch(() => undefined);
  const http = createServer((request, response) => answer(request, response, path, resolve));
  await new Promise<void>((ready, failed) => {
    http.once('error', failed);
    http.listen(0, '127.0.0.1', ready);
  });
  const address = http.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const close = (): void => {
    clearTimeout(timer);
    reject(new BridgeError('cancelled'));
    http.close();
    http.closeAllConnections();
  };
  const timer = setTimeout(close, patienceMs);
  timer.unref();
  return { address: `http://127.0.0.1:${port}${path}`, token, close };
}

/** One way in: a GET of the address we made, under the name we gave, with a token. */
function answer(request: IncomingMessage, response: ServerResponse, path: string, resolve: (token: string) => void): void {
  const url = new URL(request.url ?? '/', 'http://127.0.0.1');
  const token = url.searchParams.get('loginToken');
  const isOurs = request.method === 'GET' && url.pathname === path && request.headers.host === `127.0.0.1:${request.socket.localPort ?? 0}`;
  const headers = { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': "default-src 'none'", 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', connection: 'close' };
  if (!isOurs || token === null || token === '' || token.length > 4_096) {
    response.writeHead(404, headers).end();
    return;
  }
  response.writeHead(200, headers).end(farewell);
  resolve(token);
}
