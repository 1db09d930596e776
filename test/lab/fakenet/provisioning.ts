/** bridgev2's provisioning API v3, with the answers that were read in its source. Base path: `/_matrix/provision`. */
import { Refusal } from './answer.ts';
import { hasFlow, loginFlows, startLogin, type LoginProcess } from './login-process.ts';
import { fullName, type Identity } from './portals.ts';

export interface FakenetLogin {
  readonly id: string;
  readonly userId: string;
  readonly phone: string;
  state: Record<string, unknown>;
}

/** Which kind of proof of identity a request came with. */
export type TokenKind = 'access' | 'openid' | 'secret' | 'none';

export interface ProvisioningRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly authorization: string;
  readonly body: Record<string, unknown>;
  /** Aborted when the client hung up. */
  readonly gone: AbortSignal;
}

export interface ProvisioningWorld {
  readonly homeserver: string;
  readonly who: Identity;
  readonly secret: string;
  readonly logins: Map<string, FakenetLogin>;
  readonly processes: Map<string, LoginProcess>;
  readonly people: readonly string[];
  /** How long `login/start` takes: WhatsApp may need half a minute for its first code. */
  startDelayMs: number;
  /** Of the `cookies` step. */
  cookies?: Readonly<Record<string, unknown>> | undefined;
  readonly handed: Readonly<Record<string, unknown>>[];
  onLogin(userId: string): Promise<string>;
  openChat(userId: string, person: string): Promise<string>;
  onRequest(seen: { path: string; token: TokenKind }): void;
}

const tokenOf = (authorization: string): string => authorization.replace(/^Bearer /u, '');

export const kindOfToken = (authorization: string, secret: string): TokenKind => {
  const token = tokenOf(authorization);
  if (token === '') return 'none';
  if (token === secret) return 'secret';
  return token.startsWith('openid:') ? 'openid' : 'access';
};

/** The user behind a request. @throws Refusal 401 */
async function authenticate({ homeserver, secret }: ProvisioningWorld, { authorization, query }: ProvisioningRequest): Promise<string> {
  const claimed = query.get('user_id') ?? '';
  const token = tokenOf(authorization);
  const kind = kindOfToken(authorization, secret);
  if (kind === 'none') throw new Refusal(401, 'M_MISSING_TOKEN', 'Missing auth token');
  if (kind === 'secret') return claimed;
  const answer =
    kind === 'openid'
      ? await fetch(`${homeserver}/_matrix/federation/v1/openid/userinfo?access_token=${encodeURIComponent(token.slice(7))}`)
      : await fetch(`${homeserver}/_matrix/client/v3/account/whoami`, { headers: { authorization: `Bearer ${token}` } });
  const found = (await answer.json()) as { sub?: string; user_id?: string };
  if (claimed === '' || (found.sub ?? found.user_id) !== claimed) throw new Refusal(401, 'M_UNKNOWN_TOKEN', 'Invalid auth token');
  return claimed;
}

const whoami = ({ who, logins }: ProvisioningWorld, userId: string): Record<string, unknown> => ({
  network: {
    displayname: 'Fakenet',
    network_url: 'https://fakenet.example',
    network_icon: 'mxc://localhost/fakenet',
    network_id: 'fakenet',
    beeper_bridge_type: 'fakenet',
    default_port: 29_999,
    default_command_prefix: '!fn',
  },
  login_flows: loginFlows,
  homeserver: who.serverName,
  bridge_bot: who.bot,
  command_prefix: '!fn',
  // No management_room: absent when there is none.
  logins: [...logins.values()]
    .filter((login) => login.userId === userId)
    .map(({ id, phone, state }) => ({
      state_event: state['state_event'],
      state_ts: state['timestamp'],
      state,
      id,
      name: phone,
      profile: { phone },
    })),
});

async function start(world: ProvisioningWorld, userId: string, flow: string, gone: AbortSignal): Promise<unknown> {
  if (!hasFlow(flow)) throw new Refusal(404, 'M_NOT_FOUND', 'Invalid login flow ID');
  // Blocks until the first step is there; a client that hangs up has cancelled.
  if (world.startDelayMs > 0) {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, world.startDelayMs);
    gone.addEventListener('abort', () => resolve(), { once: true });
    await promise;
    clearTimeout(timer);
  }
  if (gone.aborted) throw new Refusal(499, 'M_UNKNOWN', 'the client is gone');
  const process = startLogin(userId, flow, {
    cookies: world.cookies,
    onHanded: (body) => void world.handed.push(body),
    onComplete: (id) => world.onLogin(id),
    onOver: (id) => void world.processes.delete(id),
  });
  world.processes.set(process.id, process);
  return process.current();
}

const processOf = (world: ProvisioningWorld, userId: string, id: string): LoginProcess => {
  const process = world.processes.get(id);
  if (process?.userId !== userId) throw new Refusal(404, 'M_NOT_FOUND', 'Login not found');
  return process;
};

const contact = ({ who }: ProvisioningWorld, id: string): Record<string, unknown> => ({
  id,
  name: fullName(id),
  identifiers: [`tel:+100${String(id.length)}`],
  mxid: who.ghost(id),
});

/** @throws Refusal */
export async function provision(world: ProvisioningWorld, request: ProvisioningRequest): Promise<unknown> {
  world.onRequest({ path: `${request.method} ${request.path}`, token: kindOfToken(request.authorization, world.secret) });
  const userId = await authenticate(world, request);
  const [version, first = '', second = '', ...rest] = request.path.split('/').filter(Boolean).slice(2).map(decodeURIComponent);
  const isSignedIn = [...world.logins.values()].some((login) => login.userId === userId);
  const needsLogin = (): void => {
    if (!isSignedIn) throw new Refusal(400, 'FI.MAU.NOT_LOGGED_IN', 'Not logged in');
  };
  const find = (identifier: string): string => {
    needsLogin();
    const id = identifier.replace(/^\+100\d*$/u, 'ann');
    if (!world.people.includes(id)) throw new Refusal(404, 'M_NOT_FOUND', 'User not found');
    return id;
  };
  switch (version === 'v3' ? `${request.method} ${first}${first === 'login' ? `/${second}` : ''}` : '') {
    case 'GET whoami':
      return whoami(world, userId);
    case 'GET logins':
      return { login_ids: [...world.logins.values()].filter((login) => login.userId === userId).map(({ id }) => id) };
    case 'GET capabilities':
      return { resolve_identifier: { create_dm: true, lookup_phone: true, lookup_username: true, contact_list: true }, group_creation: {} };
    case 'GET login/flows':
      return { flows: loginFlows };
    case 'POST login/start':
      return await start(world, userId, rest[0] ?? '', request.gone);
    case 'POST login/step':
      return await processOf(world, userId, rest[0] ?? '').submit(rest[1] ?? '', rest[2] ?? '', request.query.get('txn_id'), request.body);
    case 'POST login/cancel':
      processOf(world, userId, rest[0] ?? '').cancel();
      return {};
    case 'POST logout':
      for (const login of [...world.logins.values()]) {
        if (login.userId === userId && (second === 'all' || second === login.id)) world.logins.delete(login.id);
      }
      return {};
    case 'GET contacts':
      needsLogin();
      return { contacts: world.people.map((id) => contact(world, id)) };
    case 'GET resolve_identifier':
      return contact(world, find(second));
    case 'POST create_dm': {
      const id = find(second);
      return { ...contact(world, id), dm_room_mxid: await world.openChat(userId, id) };
    }
    case 'POST search_users':
      throw new Refusal(404, 'M_UNRECOGNIZED', 'This bridge does not support searching users');
    default:
      throw new Refusal(404, 'M_UNRECOGNIZED', 'Unrecognized endpoint');
  }
}
