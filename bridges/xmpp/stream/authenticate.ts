import { BridgeError } from '#bridge';
import { saslFault } from './faults.ts';
import { readFeatures, unexpectedAnswer, type SecureStream } from './open-secure-stream.ts';
import { chooseMechanism, type MechanismName } from './sasl/choose-mechanism.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
import { plain } from './sasl/plain.ts';
import { scram } from './sasl/scram.ts';
import type { StreamOptions } from './credentials.ts';
import type { XmlElement } from './xml/element.ts';
import { ns } from '../namespaces.ts';

export interface Authenticated {
  readonly mechanism: MechanismName;
  /** Of the stream that was restarted after success. */
  readonly features: XmlElement;
}

/** A server that answers each response with one more challenge would keep us for ever. */
const mostChallenges = 5;

/**
 * Signs in with SASL (RFC 6120 section 6) and restarts the stream.
 * @throws BridgeError `wrong-password`, `account-disabled`, `no-login-method`, `server-not-trusted` …
 */
export async function authenticate(stream: SecureStream, options: StreamOptions): Promise<Authenticated> {
  const { connection } = stream;
  const server = connection.host;
  // The caller only hands over encrypted streams; this is the last door before a secret leaves.
  if (!connection.isSecure) throw new BridgeError('no-encryption', { server });

  const { name, channelBinding } = choose(stream, options);
  const mechanism = createMechanism(name, channelBinding, options.username, await options.findPassword());
  connection.write(`<auth xmlns="${ns.sasl}" mechanism="${name}">${encode(mechanism.initialResponse)}</auth>`);

  for (let challenges = 0; challenges <= mostChallenges; challenges += 1) {
    const answer = await connection.next(options.stepDeadlineMs);
    if (answer.is('success', ns.sasl)) {
      if (!mechanism.verify(decode(answer))) {
        throw new BridgeError('server-not-trusted', { server, detail: 'the server signature is wrong or missing' });
      }
      connection.openStream(options.domain, options.jid);
      return { mechanism: name, features: await readFeatures(connection, options.stepDeadlineMs) };
    }
    if (answer.is('failure', ns.sasl)) throw saslFault(answer, server);
    if (!answer.is('challenge', ns.sasl)) throw unexpectedAnswer(answer, server);
    const response = await mechanism.respond(decode(answer) ?? Buffer.alloc(0));
    connection.write(`<response xmlns="${ns.sasl}">${encode(response)}</response>`);
  }
  throw new BridgeError('server-incompatible', { server, detail: 'too many SASL challenges' });
}

function choose(
  { connection, features }: SecureStream,
  { isPlainAllowed, weakestMechanism }: StreamOptions,
): { name: MechanismName; channelBinding: Buffer | null } {
  const mechanisms = features.child('mechanisms', ns.sasl)?.childrenNamed('mechanism') ?? [];
  const channelBinding = advertisesExporter(features) ? connection.exportChannelBinding() : null;
  try {
    const name = chooseMechanism({
      mechanisms: new Set(mechanisms.map((mechanism) => mechanism.text().trim())),
      canBindChannel: channelBinding !== null,
      isPlainAllowed,
      weakestAllowed: weakestMechanism,
    });
    return { name, channelBinding };
  } catch (error) {
    // The way round may offer less than the account is used to, because a proxy ends its TLS. Then it is not taken;
    // but that is no reason to bother the person, or to stop trying the right way.
    const isWayRound = connection.transport === 'websocket' && weakestMechanism !== undefined;
    if (!isWayRound || !(error instanceof BridgeError)) throw error;
    throw new BridgeError('server-unreachable', { server: connection.host, detail: error.fault.detail });
  }
}

/** XEP-0440: -PLUS is safe to use only when the server says which binding it checks. */
function advertisesExporter(features: XmlElement): boolean {
  const types = features.child('sasl-channel-binding', ns.channelBinding)?.childrenNamed('channel-binding') ?? [];
  return types.some((type) => type.attribute('type') === 'tls-exporter');
}

function createMechanism(
  name: MechanismName,
  channelBinding: Buffer | null,
  username: string,
  password: string,
): SaslMechanism {
  if (name === 'PLAIN') return plain(username, password);
  return scram({
    hash: name.startsWith('SCRAM-SHA-256') ? 'sha256' : 'sha1',
    username,
    password,
    channelBinding: name.endsWith('-PLUS') && channelBinding !== null ? channelBinding : undefined,
  });
}

/** RFC 6120 section 6.4.2: an empty initial response is sent as `=`. */
const encode = (data: Buffer): string => (data.length === 0 ? '=' : data.toString('base64'));

function decode(element: XmlElement): Buffer | null {
  const text = element.text().trim();
  if (text === '') return null;
  return text === '=' ? Buffer.alloc(0) : Buffer.from(text, 'base64');
}
