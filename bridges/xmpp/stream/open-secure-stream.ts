import type { Socket } from 'node:net';
import { BridgeError, toFault, type BridgeErrorCode } from '#bridge';
import { timeoutSignal, type Connection } from './connection.ts';
import { findTargets, type Target } from './dial/find-targets.ts';
import { race } from './dial/race.ts';
import type { Endpoint } from './dns/find-endpoints.ts';
import { streamErrorFault } from './faults.ts';
import type { StreamOptions } from './credentials.ts';
import type { Route, TcpConnection } from './tcp-connection.ts';
import type { XmlElement } from './xml/element.ts';
import { ns } from '../namespaces.ts';

/** While others are left to try, a dead endpoint may not hold us longer. */
const impatientDeadlineMs = 3_500;
/** RFC 8305 section 5. */
const staggerMs = 250;
/** A way through a proxy has more steps, and each attempt shows in its log. */
const proxyStaggerMs = 1_500;

export interface SecureStream {
  readonly connection: Connection;
  readonly features: XmlElement;
}

/**
 * Connects to the first endpoint that answers and proves to be the account's domain. Only where no endpoint can be
 * reached at all, as behind a firewall that lets nothing but the web through, the domain is asked for other ways. Where
 * names lead nowhere, or to somebody else, the address at which the server proved itself last is tried as well.
 * Nothing but stream headers and `<starttls/>` is ever sent in clear.
 * @throws BridgeError the most telling fault of all endpoints.
 */
export async function openSecureStream(options: StreamOptions, signal: AbortSignal): Promise<SecureStream> {
  const endpoints = await options.findEndpoints();
  if (endpoints.length === 0) {
    throw new BridgeError('wrong-address', { server: options.domain, detail: 'the domain offers no XMPP' });
  }
  const attempt: Attempt = { options, failures: [], tried: new Set(), signal };
  const { failures } = attempt;
  const usual = (await openAny(endpoints, attempt)) ?? (failures.every(isElsewhere) ? await openLastWay(attempt) : null);
  if (usual !== null) return usual;
  if (failures.every(isUnreachable)) {
    const { endpoints: others, webSockets } = await options.findOtherWays(signal);
    const direct = await openAny(others, attempt);
    if (direct !== null) return direct;
    const overWeb = await openAnyWeb(webSockets, attempt);
    if (overWeb !== null) return overWeb;
  }
  throw mostTelling(failures);
}

/** One search for a server. */
interface Attempt {
  readonly options: StreamOptions;
  /** Why each place so far was none. */
  readonly failures: BridgeError[];
  readonly tried: Set<string>;
  readonly signal: AbortSignal;
}

const placeOf = (address: string, port: number): string => `${address} ${port}`;

/** Who lives there by now says nothing about the names that were asked, nor whether the web is to be tried. */
const openLastWay = async (attempt: Attempt): Promise<SecureStream | null> => openAny(await lastWays(attempt), { ...attempt, failures: [] });

/** Where the server was last, unless that was tried just now. */
async function lastWays({ options: { memory, proxy = null }, tried }: Attempt): Promise<readonly Endpoint[]> {
  const lastWay = await memory.read().then((record) => record.lastWay, () => null);
  if (lastWay === null || proxy !== null || tried.has(placeOf(lastWay.address, lastWay.port))) return [];
  const { host, port, security, address } = lastWay;
  return [{ host, port, security, addresses: [address] }];
}

/** A way that the domain's https named is asked for there again; through a proxy nobody here knows the address. */
async function remember({ endpoint, address }: Target, { memory, proxy = null }: StreamOptions): Promise<void> {
  if (proxy !== null || endpoint.trust !== undefined) return;
  const { host, port, security } = endpoint;
  const { lastWay } = await memory.read();
  const isKnown = lastWay?.host === host && lastWay.port === port && lastWay.security === security && lastWay.address === address;
  if (!isKnown) await memory.update({ lastWay: { host, port, security, address } });
}

/**
 * Races for a connection (XEP-0495); whoever wins has to prove itself before the next may try.
 * Null when none does; then `failures` says why.
 */
async function openAny(endpoints: readonly Endpoint[], { options, failures, tried, signal }: Attempt): Promise<SecureStream | null> {
  const { proxy = null, lookUp } = options;
  const note = (error: unknown): void => void failures.push(asBridgeError(error));
  let left: readonly Target[] =
    proxy === null
      ? await findTargets(endpoints, lookUp, note)
      : endpoints.map((endpoint) => ({ endpoint, address: endpoint.addresses?.[0] ?? endpoint.host }));
  for (const { endpoint, address } of left) tried.add(placeOf(address, endpoint.port));
  while (left.length > 0) {
    const failed = new Set<Target>();
    const winner = await race(left, {
      staggerMs: proxy === null ? staggerMs : proxyStaggerMs,
      signal,
      connect: (target, either) => connect(target, options, either),
      onFailure: (target, error) => {
        failed.add(target);
        note(error);
      },
    });
    if (winner === null) return null;
    left = left.filter((target) => target !== winner.place && !failed.has(target));
    const { endpoint } = winner.place;
    const deadlineMs = left.length === 0 ? options.stepDeadlineMs : Math.min(options.stepDeadlineMs, impatientDeadlineMs);
    try {
      const stream = await negotiate(winner.socket, { endpoint, isProxied: proxy !== null }, options, deadlineMs, signal);
      // Where nothing can be kept the sign-in goes on all the same, and says so itself if it cannot.
      await remember(winner.place, options).catch(() => undefined);
      return stream;
    } catch (error) {
      if (signal.aborted) throw error;
      note(error);
    }
  }
  return null;
}

async function connect({ endpoint, address }: Target, options: StreamOptions, signal: AbortSignal): Promise<Socket> {
  const { proxy = null, lookUp, stepDeadlineMs } = options;
  const deadline = AbortSignal.any([signal, timeoutSignal(stepDeadlineMs, endpoint.host)]);
  if (proxy === null) {
    const { openTcp } = await import('./secure-socket.ts');
    return await openTcp(address, endpoint.port, endpoint.host, deadline);
  }
  const { openThrough } = await import('./dial/proxy.ts');
  return await openThrough(proxy, address, endpoint.port, lookUp, deadline);
}

async function openAnyWeb(addresses: readonly URL[], { options, failures, signal }: Attempt): Promise<SecureStream | null> {
  for (const [index, url] of addresses.entries()) {
    signal.throwIfAborted();
    const isLast = index === addresses.length - 1;
    const deadlineMs = isLast ? options.stepDeadlineMs : Math.min(options.stepDeadlineMs, impatientDeadlineMs);
    try {
      return await openWebSocket(url, options, deadlineMs, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      failures.push(asBridgeError(error));
    }
  }
  return null;
}

const asBridgeError = (error: unknown): BridgeError =>
  error instanceof BridgeError ? error : new BridgeError(toFault(error).code, toFault(error));

/**
 * Nobody answered: neither a server that refused us nor one that failed to prove who it is. A proxy that lets only the
 * web through refuses the ports of XMPP.
 */
const isUnreachable = ({ fault }: BridgeError): boolean =>
  ['server-unreachable', 'wrong-address', 'proxy-refused'].includes(fault.code);

/** Nobody was there, or somebody else. */
const isElsewhere = (failure: BridgeError): boolean => isUnreachable(failure) || failure.fault.code === 'certificate-invalid';

async function negotiate(
  socket: Socket,
  route: Route,
  options: StreamOptions,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<SecureStream> {
  const deadline = AbortSignal.any([signal, timeoutSignal(deadlineMs, route.endpoint.host)]);
  const { TcpConnection: Tcp } = await import('./tcp-connection.ts');
  const connection = await Tcp.over(socket, route, options.tls, deadline, options.limits);
  connection.tap = options.tap ?? null;
  return await guarded(connection, signal, async () => {
    connection.openStream(options.domain, options.jid);
    let features = await readFeatures(connection, deadlineMs);
    if (!connection.isSecure) {
      await encrypt(connection, features, deadlineMs, signal);
      connection.openStream(options.domain, options.jid);
      features = await readFeatures(connection, deadlineMs);
    }
    return features;
  });
}

async function openWebSocket(
  url: URL,
  options: StreamOptions,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<SecureStream> {
  const connectSignal = AbortSignal.any([signal, timeoutSignal(deadlineMs, url.hostname)]);
  const { WebSocketConnection } = await import('./web/websocket-connection.ts');
  const policy = { ca: options.tls.ca, agent: await options.findAgent?.() };
  const connection = await WebSocketConnection.open(url, policy, connectSignal, options.limits);
  connection.tap = options.tap ?? null;
  return await guarded(connection, signal, async () => {
    connection.openStream(options.domain, options.jid);
    return await readFeatures(connection, deadlineMs);
  });
}

/** Closes the connection when the negotiation fails or is aborted. */
async function guarded(
  connection: Connection,
  signal: AbortSignal,
  negotiate: () => Promise<XmlElement>,
): Promise<SecureStream> {
  const abort = (): void => connection.close(new BridgeError('cancelled'));
  signal.addEventListener('abort', abort, { once: true });
  try {
    return { connection, features: await negotiate() };
  } catch (error) {
    connection.close(error instanceof BridgeError ? error : new BridgeError('internal', { detail: String(error) }));
    throw error;
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

async function encrypt(
  connection: TcpConnection,
  features: XmlElement,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<void> {
  const server = connection.host;
  if (features.child('starttls', ns.tls) === undefined) throw new BridgeError('no-encryption', { server });
  connection.write(`<starttls xmlns="${ns.tls}"/>`);
  const answer = await connection.next(deadlineMs);
  if (!answer.is('proceed', ns.tls)) {
    throw new BridgeError('no-encryption', { server, detail: 'the server refused to encrypt' });
  }
  await connection.startTls(deadlineMs, signal);
}

/** Reads `<stream:features/>`. @throws BridgeError for a stream error or anything else. */
export async function readFeatures(connection: Connection, deadlineMs: number): Promise<XmlElement> {
  const answer = await connection.next(deadlineMs);
  if (answer.is('features', ns.streams)) return answer;
  throw unexpectedAnswer(answer, connection.host);
}

export function unexpectedAnswer(answer: XmlElement, server: string): BridgeError {
  if (answer.is('error', ns.streams)) return streamErrorFault(answer, server);
  return new BridgeError('server-incompatible', { server, detail: `unexpected <${answer.name.slice(0, 100)}/>` });
}

/** With several endpoints, the one that got farthest says most about what is wrong. */
const byTellingness: readonly BridgeErrorCode[] = [
  'wrong-proxy-password',
  'proxy-unreachable',
  'certificate-invalid',
  'no-encryption',
  'rate-limited',
  'server-incompatible',
  'proxy-refused',
  'server-unreachable',
  'wrong-address',
];

function mostTelling(failures: readonly BridgeError[]): BridgeError {
  const rank = (failure: BridgeError): number => {
    const index = byTellingness.indexOf(failure.fault.code);
    return index < 0 ? byTellingness.length : index;
  };
  const [first] = [...failures].sort((a, b) => rank(a) - rank(b));
  return first ?? new BridgeError('server-unreachable');
}
