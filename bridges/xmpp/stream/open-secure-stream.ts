import { BridgeError, toFault, type BridgeErrorCode } from '#bridge';
import { timeoutSignal, type Connection } from './connection.ts';
import type { Endpoint } from './dns/find-endpoints.ts';
import { streamErrorFault } from './faults.ts';
import type { StreamOptions } from './credentials.ts';
import type { TcpConnection } from './tcp-connection.ts';
import type { XmlElement } from './xml/element.ts';
import { ns } from '../namespaces.ts';

/** While others are left to try, a dead endpoint may not hold us longer. */
const impatientDeadlineMs = 3_500;

export interface SecureStream {
  readonly connection: Connection;
  readonly features: XmlElement;
}

/**
 * Connects to the first endpoint that answers and proves to be the account's domain. Only where no endpoint can be
 * reached at all, as behind a firewall that lets nothing but the web through, WebSockets are tried.
 * Nothing but stream headers and `<starttls/>` is ever sent in clear.
 * @throws BridgeError the most telling fault of all endpoints.
 */
export async function openSecureStream(options: StreamOptions, signal: AbortSignal): Promise<SecureStream> {
  const endpoints = await options.findEndpoints();
  if (endpoints.length === 0) {
    throw new BridgeError('wrong-address', { server: options.domain, detail: 'the domain offers no XMPP' });
  }
  const failures: BridgeError[] = [];
  const overTcp = await firstThatOpens(endpoints, options, failures, signal, openTcp);
  if (overTcp !== null) return overTcp;
  if (failures.every(isUnreachable)) {
    const addresses = await options.findWebSockets(signal);
    const overWeb = await firstThatOpens(addresses, options, failures, signal, openWebSocket);
    if (overWeb !== null) return overWeb;
  }
  throw mostTelling(failures);
}

type Open<Place> = (
  place: Place,
  options: StreamOptions,
  deadlineMs: number,
  signal: AbortSignal,
) => Promise<SecureStream>;

/** Null when none of them does; then `failures` says why. */
async function firstThatOpens<Place>(
  places: readonly Place[],
  options: StreamOptions,
  failures: BridgeError[],
  signal: AbortSignal,
  open: Open<Place>,
): Promise<SecureStream | null> {
  for (const [index, place] of places.entries()) {
    signal.throwIfAborted();
    const isLast = index === places.length - 1;
    const deadlineMs = isLast ? options.stepDeadlineMs : Math.min(options.stepDeadlineMs, impatientDeadlineMs);
    try {
      return await open(place, options, deadlineMs, signal);
    } catch (error) {
      if (signal.aborted) throw error;
      failures.push(error instanceof BridgeError ? error : new BridgeError(toFault(error).code, toFault(error)));
    }
  }
  return null;
}

/** Nobody answered: neither a server that refused us nor one that failed to prove who it is. */
const isUnreachable = ({ fault }: BridgeError): boolean =>
  fault.code === 'server-unreachable' || fault.code === 'wrong-address';

const openTcp: Open<Endpoint> = async (endpoint, options, deadlineMs, signal) => {
  const connectSignal = AbortSignal.any([signal, timeoutSignal(deadlineMs, endpoint.host)]);
  // Sockets, TLS and the system's certificates are loaded for the first connection, not at every start.
  const { TcpConnection: Tcp } = await import('./tcp-connection.ts');
  const connection = await Tcp.open(endpoint, options.tls, connectSignal, options.limits);
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
};

const openWebSocket: Open<URL> = async (url, options, deadlineMs, signal) => {
  const connectSignal = AbortSignal.any([signal, timeoutSignal(deadlineMs, url.hostname)]);
  const { WebSocketConnection } = await import('./web/websocket-connection.ts');
  const connection = await WebSocketConnection.open(url, options.tls, connectSignal, options.limits);
  connection.tap = options.tap ?? null;
  return await guarded(connection, signal, async () => {
    connection.openStream(options.domain, options.jid);
    return await readFeatures(connection, deadlineMs);
  });
};

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
  'certificate-invalid',
  'no-encryption',
  'rate-limited',
  'server-incompatible',
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
