/**
 * A made-up network with a bridge to it that answers as bridgev2 (the library under the mautrix bridges) does, as far
 * as its source says: no mautrix bridge itself runs in the lab. Everything that happens in it is asked for by the test.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { drawQr } from '#kit';
import { until } from '../../kit/until.ts';
import { pickFreePorts } from '../core/free-ports.ts';
import type { AppServiceRegistration, SynapseServer } from '../synapse/start-synapse.ts';
import { Refusal } from './answer.ts';
import { appServiceClient, type AppServiceClient } from './appservice-client.ts';
import { startFront } from './front.ts';
import type { Display, LoginProcess } from './login-process.ts';
import { makePortal, type Identity, type Portal, type PortalWish } from './portals.ts';
import { provision, type FakenetLogin, type ProvisioningWorld, type TokenKind } from './provisioning.ts';

/** How the bridge tells what became of a message. `none` is the default of real ones. */
export type StatusHabit = 'none' | 'sent' | 'delivered' | 'read' | 'fail-retriable' | 'fail-permanent';

export interface SeenEvent {
  readonly event_id: string;
  readonly type: string;
  readonly sender: string;
  readonly room_id: string;
  readonly content: Record<string, unknown>;
  readonly state_key?: string;
}

export interface Fakenet {
  readonly bot: string;
  /** Of the bridge itself: what a person would type. */
  readonly provisioningUrl: string;
  /** The homeserver as its users know it: Synapse, with the bridge named in `.well-known/matrix/mautrix`. */
  readonly homeserverUrl: string;
  readonly secret: string;
  readonly client: AppServiceClient;
  ghost(id: string): string;
  /** What was asked of the provisioning API so far, with the kind of token. */
  readonly requests: readonly { path: string; token: TokenKind }[];
  /** Events that people wrote into rooms of the bridge. */
  readonly seen: readonly SeenEvent[];
  /** How long `login/start` takes from now on. */
  setStartDelay(ms: number): void;
  /** The content of the `cookies` step from now on. */
  setCookies(cookies: Readonly<Record<string, unknown>>): void;
  /** What was brought to it. */
  readonly handed: readonly Readonly<Record<string, unknown>>[];
  setHabit(habit: StatusHabit): void;
  /** Whether a completed login makes rooms (`Ann` and a group `Crew`, with history); true unless told. */
  setRoomsOnLogin(isOn: boolean): void;
  /** Waits for the code that the user's login process shows. */
  display(userId: string): Promise<Display>;
  login(userId: string): FakenetLogin | undefined;
  /** As a completed login leaves it, without its steps. */
  signIn(userId: string): Promise<void>;
  /** The bot writes to somebody, in a room of their own. */
  notice(userId: string, text: string): Promise<void>;
  /** The network's state as `whoami` tells it. */
  setState(userId: string, state: Record<string, unknown>): void;
  portal(wish: PortalWish): Promise<Portal>;
  portals(): readonly Portal[];
  /** Somebody of the network writes. Answers with the event's id. */
  write(portal: Portal, by: string, content: Record<string, unknown>, ts?: number): Promise<string>;
  status(portal: Portal, eventId: string, status: Record<string, unknown>): Promise<string>;
  stop(): Promise<void>;
}

type Synapse = Pick<SynapseServer, 'baseUrl' | 'serverName' | 'addAppService'>;

const registrationOf = (port: number, serverName: string): AppServiceRegistration => ({
  id: 'fakenet',
  url: `http://127.0.0.1:${String(port)}`,
  as_token: randomBytes(24).toString('hex'),
  hs_token: randomBytes(24).toString('hex'),
  sender_localpart: 'fakenetbot',
  rate_limited: false,
  namespaces: { users: [{ regex: `@fakenet_.*:${serverName}`, exclusive: true }], aliases: [], rooms: [] },
});

/** Starts the bridge on a Synapse of the test's own, which restarts once for it. */
export async function startFakenet(synapse: Synapse): Promise<Fakenet> {
  const { serverName } = synapse;
  const [port = 0] = await pickFreePorts(1);
  const registration = registrationOf(port, serverName);
  const who: Identity = { bot: `@fakenetbot:${serverName}`, serverName, ghost: (id) => `@fakenet_${id}:${serverName}` };
  const client = appServiceClient(synapse.baseUrl, registration, who.bot);
  const portals = new Map<string, Portal>();
  const requests: { path: string; token: TokenKind }[] = [];
  const seen: SeenEvent[] = [];
  const doneTransactions = new Set<string>();
  const managementRooms = new Map<string, string>();
  let habit: StatusHabit = 'none';
  let hasRoomsOnLogin = true;

  const portal = async (wish: PortalWish): Promise<Portal> => {
    const made = await makePortal(client, who, wish);
    portals.set(made.roomId, made);
    return made;
  };
  const world: ProvisioningWorld = {
    homeserver: synapse.baseUrl,
    who,
    secret: randomBytes(16).toString('hex'),
    logins: new Map<string, FakenetLogin>(),
    processes: new Map<string, LoginProcess>(),
    people: ['ann', 'bob', 'zoe'],
    startDelayMs: 0,
    handed: [],
    onRequest: (request) => void requests.push(request),
    async onLogin(userId) {
      const id = `l-${userId.slice(1, userId.indexOf(':'))}`;
      world.logins.set(id, { id, userId, phone: '+1002003', state: connected() });
      if (hasRoomsOnLogin) {
        const yesterday = (chat: string): string[] => [1, 2, 3].map((number) => `${chat} of yesterday ${String(number)}`);
        await portal({ userId, chatId: 'dm-ann', name: 'Ann', members: ['ann'], history: yesterday('words') });
        await portal({ userId, chatId: 'crew', name: 'Crew', members: ['ann', 'bob'], history: yesterday('plans') });
      }
      return id;
    },
    async openChat(userId, person) {
      const known = [...portals.values()].find((one) => one.userId === userId && one.chatId === `dm-${person}`);
      return (known ?? (await portal({ userId, chatId: `dm-${person}`, name: person, members: [person] }))).roomId;
    },
  };

  const tellStatus = (place: Portal, eventId: string, status: Record<string, unknown>): Promise<string> =>
    client.send(place.roomId, 'com.beeper.message_send_status', {
      network: 'fakenet',
      'm.relates_to': { rel_type: 'm.reference', event_id: eventId },
      ...status,
    });
  const answerMessage = async (place: Portal, event: SeenEvent): Promise<void> => {
    const refused = { reason: 'm.foreign_network_error', message: 'Fakenet refused' };
    const reader = who.ghost(place.members[0] ?? '');
    if (habit === 'fail-retriable' || habit === 'fail-permanent') {
      await tellStatus(place, event.event_id, { status: habit.toUpperCase().replace('-', '_'), ...refused });
      return;
    }
    if (habit === 'none') return;
    await tellStatus(place, event.event_id, { status: 'SUCCESS', delivered_to_users: [] });
    if (habit === 'sent') return;
    await tellStatus(place, event.event_id, { status: 'SUCCESS', delivered_to_users: [reader] });
    if (habit === 'delivered') return;
    const receipt = `/_matrix/client/v3/rooms/${encodeURIComponent(place.roomId)}/receipt/m.read/${encodeURIComponent(event.event_id)}`;
    await client.call('POST', receipt, {}, { user: reader });
  };
  /** As bridges without an API do: a QR code as a picture in the room, renewed by a correction. */
  const showCode = async (roomId: string, text: string, replaces?: string): Promise<string> => {
    const { bytes, mime, widthPx, heightPx } = drawQr(text);
    const url = await client.upload(bytes, mime);
    const content = { msgtype: 'm.image', body: 'qr.png', url, info: { mimetype: mime, w: widthPx, h: heightPx, size: bytes.byteLength } };
    const correction = replaces === undefined ? {} : { 'm.new_content': content, 'm.relates_to': { rel_type: 'm.replace', event_id: replaces } };
    return await client.send(roomId, 'm.room.message', { ...content, ...correction });
  };
  const answerCommand = async (event: SeenEvent): Promise<void> => {
    const words = String(event.content['body']);
    if (words === 'login qr' || words === 'login huge') {
      if (words === 'login qr') codeId = await showCode(event.room_id, 'fakenet-bot-1');
      else await client.send(event.room_id, 'm.room.message', { msgtype: 'm.image', body: 'huge.png', url: await client.upload(new Uint8Array(600 * 1024), 'image/png') });
      await client.send(event.room_id, 'm.room.message', { msgtype: 'm.notice', body: 'Scan the code with your phone' });
    } else if (words === 'renew') await showCode(event.room_id, 'fakenet-bot-2', codeId);
    else await client.send(event.room_id, 'm.room.message', { msgtype: 'm.notice', body: commandAnswer(event) });
  };
  let codeId = '';
  const onEvent = async (event: SeenEvent): Promise<void> => {
    if (event.sender === who.bot || event.sender.startsWith('@fakenet_')) return;
    seen.push(event);
    if (event.type === 'm.room.member' && event.content['membership'] === 'invite' && event.state_key === who.bot) {
      await client.call('POST', `/_matrix/client/v3/join/${encodeURIComponent(event.room_id)}`, {});
      return;
    }
    const place = portals.get(event.room_id);
    if (event.type !== 'm.room.message') return;
    if (place !== undefined) await answerMessage(place, event);
    else await answerCommand(event);
  };

  const server = createServer((incoming, outgoing) => void answer(incoming, outgoing));
  const answer = async (incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> => {
    const url = new URL(incoming.url ?? '/', 'http://fakenet');
    const gone = new AbortController();
    outgoing.on('close', () => gone.abort());
    const reply = (status: number, body: unknown): void => {
      outgoing.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    };
    try {
      const text = await readAll(incoming);
      const authorization = incoming.headers.authorization ?? '';
      if (url.pathname.startsWith('/_matrix/provision/')) {
        const request = { method: incoming.method ?? 'GET', path: url.pathname, query: url.searchParams, authorization, body: parseBody(text), gone: gone.signal };
        reply(200, await provision(world, request));
      } else if (authorization !== `Bearer ${registration.hs_token}`) {
        reply(403, { errcode: 'M_FORBIDDEN' });
      } else {
        takeTransaction(url.pathname, parseBody(text));
        reply(200, {});
      }
    } catch (error) {
      const refusal = error instanceof Refusal ? error : new Refusal(500, 'M_UNKNOWN', 'Internal error starting login');
      reply(refusal.status, { errcode: refusal.code, error: refusal.message });
    }
  };
  const takeTransaction = (path: string, body: Record<string, unknown>): void => {
    const id = /^\/_matrix\/app\/v1\/transactions\/(.+)$/u.exec(path)?.[1];
    if (id === undefined || doneTransactions.has(id)) return;
    doneTransactions.add(id);
    // Left rooms and lost users are the test's business; the bridge lives on.
    for (const event of (body['events'] ?? []) as SeenEvent[]) onEvent(event).catch(() => undefined);
  };

  await new Promise<void>((resolve) => void server.listen(port, '127.0.0.1', () => resolve()));
  server.unref();
  const provisioningUrl = `http://127.0.0.1:${String(port)}`;
  const front = await startFront({ homeserver: synapse.baseUrl, bridge: provisioningUrl });
  await synapse.addAppService(registration);
  await client.ensure(who.bot, 'Fakenet bridge bot');

  return {
    ...{ bot: who.bot, provisioningUrl, homeserverUrl: front.url, secret: world.secret, client, ghost: who.ghost, requests, seen, portal },
    setStartDelay: (ms) => void (world.startDelayMs = ms),
    handed: world.handed,
    setCookies: (cookies) => void (world.cookies = cookies),
    setHabit: (next) => void (habit = next),
    setRoomsOnLogin: (isOn) => void (hasRoomsOnLogin = isOn),
    display: (userId) =>
      until(() => [...world.processes.values()].find((process) => process.userId === userId)?.display ?? undefined, { label: 'a code on display' }),
    async signIn(userId) {
      await world.onLogin(userId);
    },
    async notice(userId, text) {
      const known = managementRooms.get(userId);
      const answer = known === undefined ? await client.call('POST', '/_matrix/client/v3/createRoom', { preset: 'trusted_private_chat', invite: [userId], is_direct: true }) : {};
      const roomId = known ?? String(answer['room_id']);
      managementRooms.set(userId, roomId);
      await client.send(roomId, 'm.room.message', { msgtype: 'm.notice', body: text });
    },
    login: (userId) => [...world.logins.values()].find((login) => login.userId === userId),
    setState(userId, state) {
      for (const login of world.logins.values()) if (login.userId === userId) login.state = { timestamp: now(), ttl: 3_600, ...state };
    },
    portals: () => [...portals.values()],
    write: (place, by, content, ts) =>
      client.send(place.roomId, 'm.room.message', { msgtype: 'm.text', ...content }, { user: who.ghost(by), ...(ts === undefined ? {} : { ts }) }),
    status: tellStatus,
    async stop() {
      await front.stop();
      await new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      });
    },
  };
}

const now = (): number => Math.floor(Date.now() / 1_000);
const connected = (): Record<string, unknown> => ({ state_event: 'CONNECTED', timestamp: now(), ttl: 21_600 });

const commandAnswer = (event: SeenEvent): string => {
  const command = String(event.content['body']).replace(/^!fn /u, '');
  return command === 'help' ? 'login [flow], logout, list-logins' : 'Unknown command, use the `help` command for help.';
};

async function readAll(incoming: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  return text;
}

function parseBody(text: string): Record<string, unknown> {
  if (text === '') return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Refusal(400, 'M_NOT_JSON', 'Request body is not valid JSON');
  }
}
