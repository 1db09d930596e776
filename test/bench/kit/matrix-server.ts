/**
 * A homeserver of 500 rooms that answers at once, in a process of its own: `node matrix-server.ts`. Tells its port over
 * the process channel; takes `{ more: N }`, and then says N further messages, a hundred in each `/sync`.
 * What is measured is our side; a real Synapse needs four minutes to be filled like this, and seconds for its answer.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { firstSync, nextSync, selfId } from './matrix-rooms.ts';

export const matrixServerFile = fileURLToPath(import.meta.url);

const perSync = 100;
let step = 0;
let pending = 0;
let wake = (): void => undefined;

const reply = (outgoing: ServerResponse, body: unknown, status = 200): void => {
  outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
};

const sync = async (since: string | null, waitMs: number, outgoing: ServerResponse): Promise<void> => {
  if (since === null) return reply(outgoing, firstSync());
  if (pending <= 0) {
    await new Promise<void>((resolve) => {
      wake = resolve;
      outgoing.once('close', resolve);
      setTimeout(resolve, waitMs);
    });
  }
  if (outgoing.destroyed) return;
  if (pending <= 0) return reply(outgoing, { next_batch: since });
  const count = Math.min(perSync, pending);
  pending -= count;
  step += 1;
  reply(outgoing, nextSync(step, count));
};

const fixedAnswers: readonly (readonly [string, unknown])[] = [
  ['GET /_matrix/client/versions', { versions: ['v1.11'], unstable_features: { 'org.matrix.msc4222': true } }],
  ['GET /_matrix/client/v3/login', { flows: [{ type: 'm.login.password' }] }],
  ['POST /_matrix/client/v3/login', { user_id: selfId, device_id: 'BENCH', access_token: 'bench-token' }],
  ['GET /_matrix/client/v3/pushrules', { global: {} }],
  ['GET /_matrix/client/v3/capabilities', { capabilities: {} }],
  ['GET /_matrix/client/v1/media/config', { 'm.upload.size': 1_000_000 }],
  ['POST /_matrix/client/v3/user', { filter_id: '1' }],
  ['POST /_matrix/client/v3/keys/upload', { one_time_key_counts: { signed_curve25519: 50 } }],
  ['POST /_matrix/client/v3/keys/query', { device_keys: {} }],
];

const answer = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
  const { pathname, searchParams } = new URL(incoming.url ?? '/', 'http://bench');
  const asked = `${incoming.method ?? 'GET'} ${pathname}`;
  if (asked === 'GET /_matrix/client/v3/sync') return void sync(searchParams.get('since'), Number(searchParams.get('timeout') ?? 0), outgoing);
  const known = fixedAnswers.find(([prefix]) => asked.startsWith(prefix));
  reply(outgoing, known === undefined ? { errcode: 'M_NOT_FOUND', error: asked } : known[1], known === undefined ? 404 : 200);
};

if (process.argv[1] === matrixServerFile) {
  const server = createServer((incoming, outgoing) => {
    incoming.resume().once('end', () => answer(incoming, outgoing));
  });
  server.listen(0, '127.0.0.1', () => {
    const address = server.address();
    process.send?.({ port: typeof address === 'object' && address !== null ? address.port : 0 });
  });
  process.on('message', (message: { readonly more: number }) => {
    pending += message.more;
    wake();
  });
  process.on('disconnect', () => process.exit(0));
}
