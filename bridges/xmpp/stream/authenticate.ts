import { BridgeError } from '#bridge';
import { advertisedBindings, usableBindings } from '../extensions/0440-channel-binding-types.ts';
import { readSasl2Offer } from '../extensions/0388-sasl2.ts';
import { ns } from '../namespaces.ts';
import type { StreamOptions } from './credentials.ts';
import { chooseFor, rememberStrength } from './known-strength.ts';
import { readFeatures, type SecureStream } from './open-secure-stream.ts';
import { createMechanism } from './sasl/create-mechanism.ts';
import { encode, finishExchange } from './sasl/exchange.ts';
import { authenticateBySasl2 } from './sasl2-sign-in.ts';
import type { Authenticated, SessionPlan } from './signed-in.ts';

/**
 * Signs in: with SASL2 where the server knows it, elsewhere with SASL (RFC 6120 section 6) and a new stream. With a
 * `plan`, a server that can do so resumes or binds in the same step.
 * @throws BridgeError `wrong-password`, `account-disabled`, `no-login-method`, `server-not-trusted` …
 */
export async function authenticate(
  stream: SecureStream,
  options: StreamOptions,
  plan: SessionPlan | null = null,
): Promise<Authenticated> {
  const { connection, features } = stream;
  // The caller only hands over encrypted streams; this is the last door before a secret leaves.
  if (!connection.isSecure) throw new BridgeError('no-encryption', { server: connection.host });
  const advertised = advertisedBindings(features);
  const bindings = usableBindings(advertised, (type) => connection.channelBinding(type));
  const sasl2 = readSasl2Offer(features);
  if (sasl2 !== null) return await authenticateBySasl2(stream, options, { ...sasl2, bindings, advertised, plan });

  const names = features.child('mechanisms', ns.sasl)?.childrenNamed('mechanism') ?? [];
  const mechanisms = new Set(names.map((mechanism) => mechanism.text().trim()));
  const chosen = await chooseFor(stream, options, mechanisms, bindings);
  const { username } = options;
  const offer = { mechanisms: [...mechanisms], bindings: advertised };
  const mechanism = createMechanism(chosen, { username, password: await options.findPassword(), bindings, offer });
  const first = encode(mechanism.initialResponse);
  connection.write(`<auth xmlns="${ns.sasl}" mechanism="${chosen.mechanism}">${first}</auth>`);
  await finishExchange(connection, mechanism, ns.sasl, options.stepDeadlineMs);
  await rememberStrength(options, chosen);
  connection.openStream(options.domain, options.jid);
  const next = await readFeatures(connection, options.stepDeadlineMs);
  return { profile: 'sasl', ...chosen, features: next, session: null };
}
