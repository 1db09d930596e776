import type { ChannelBindings } from '../extensions/0440-channel-binding-types.ts';
import { bindRequest, readBind2Offer, readBound } from '../extensions/0386-bind2.ts';
import { authenticateRequest, authorizationIdentifier, type Sasl2Offer } from '../extensions/0388-sasl2.ts';
import {
  bindingFor,
  readFastOffer,
  readToken,
  requestToken,
  useToken,
  type FastMechanism,
  type FastOffer,
  type FastToken,
} from '../extensions/0484-fast.ts';
import { fullJid } from '../jid.ts';
import { ns } from '../namespaces.ts';
import type { StreamOptions } from './credentials.ts';
import { resumeRequest, stanzaCounter, type EstablishedSession } from './establish-session.ts';
import { chooseFor, rememberStrength } from './known-strength.ts';
import { readFeatures, type SecureStream } from './open-secure-stream.ts';
import { createMechanism } from './sasl/create-mechanism.ts';
import { finishExchange, SaslFailure } from './sasl/exchange.ts';
import { hashedToken } from './sasl/hashed-token.ts';
import type { SaslMechanism } from './sasl/mechanism.ts';
import { saslprep } from './sasl/saslprep.ts';
import type { Authenticated, SessionPlan } from './signed-in.ts';
import type { XmlElement } from './xml/element.ts';
import { serialize } from './xml/serialize.ts';

export interface Sasl2Context extends Sasl2Offer {
  readonly bindings: ChannelBindings;
  readonly advertised: readonly string[] | null;
  readonly plan: SessionPlan | null;
}

/**
 * Signs in with SASL2 (XEP-0388): by token if there is one (XEP-0484), else by password, asking for a token. Where the
 * server can do it, the earlier session is resumed or a new one bound in the same step (XEP-0198, XEP-0386).
 */
export async function authenticateBySasl2(
  stream: SecureStream,
  options: StreamOptions,
  context: Sasl2Context,
): Promise<Authenticated> {
  const fast = readFastOffer(context.inline, context.bindings);
  if (fast !== null) {
    const signedIn = await tryToken(stream, options, context, fast);
    if (signedIn !== null) return signedIn;
  }
  const { mechanisms, bindings, advertised } = context;
  const chosen = await chooseFor(stream, options, mechanisms, bindings);
  const { username } = options;
  const offer = { mechanisms: [...mechanisms], bindings: advertised };
  const mechanism = createMechanism(chosen, { username, password: await options.findPassword(), bindings, offer });
  const wanted = context.plan === null ? undefined : fast?.usable[0];
  const extra = wanted === undefined ? [] : [requestToken(wanted)];
  const success = await exchange(stream, options, context, { name: chosen.mechanism, mechanism, extra });
  await rememberStrength(options, chosen);
  if (wanted !== undefined) await keepToken(options, success, wanted);
  return { profile: 'sasl2', ...chosen, ...(await readSession(stream, options, context, success)) };
}

/** Signs in once more with the token, and has the server forget it. False when it did not know it any more. */
export async function invalidateToken(stream: SecureStream, options: StreamOptions, context: Sasl2Context): Promise<boolean> {
  const { token } = await options.memory.read();
  const fast = readFastOffer(context.inline, context.bindings);
  if (token === null || fast?.usable.includes(token.mechanism) !== true) return false;
  await exchange(stream, options, { ...context, plan: null }, tokenStep(options, context, token, true));
  return true;
}

/** Null when there is no token, none that is still good for something, or the server refused it. */
async function tryToken(
  stream: SecureStream,
  options: StreamOptions,
  context: Sasl2Context,
  fast: FastOffer,
): Promise<Authenticated | null> {
  const { token } = await options.memory.read();
  // To prove an address and a password, the password has to be used.
  if (token === null || context.plan === null || !fast.usable.includes(token.mechanism)) return null;
  if (token.expiresAtMs <= Date.now()) {
    await options.memory.update({ token: null });
    return null;
  }
  try {
    const success = await exchange(stream, options, context, tokenStep(options, context, token, false));
    await keepToken(options, success, token.mechanism);
    const binding = bindingFor(token.mechanism, context.bindings) === null ? null : bindingTypeOf(token.mechanism);
    return { profile: 'sasl2', mechanism: token.mechanism, binding, ...(await readSession(stream, options, context, success)) };
  } catch (error) {
    if (!(error instanceof SaslFailure)) throw error;
    // Revoked, or replaced after a password change; only trouble of the server's own speaks for trying it again.
    if (error.fault.code !== 'server-unreachable') await options.memory.update({ token: null });
    return null;
  }
}

const bindingTypeOf = (mechanism: FastMechanism): 'tls-exporter' | 'tls-server-end-point' =>
  mechanism === 'HT-SHA-256-EXPR' ? 'tls-exporter' : 'tls-server-end-point';

interface Step {
  readonly name: string;
  readonly mechanism: SaslMechanism;
  readonly extra: readonly XmlElement[];
}

function tokenStep({ username }: StreamOptions, { bindings }: Sasl2Context, token: FastToken, isLast: boolean): Step {
  const mechanism = hashedToken(saslprep(username), token.token, bindingFor(token.mechanism, bindings));
  return { name: token.mechanism, mechanism, extra: [useToken(isLast)] };
}

async function exchange(
  { connection }: SecureStream,
  { memory, stepDeadlineMs }: StreamOptions,
  context: Sasl2Context,
  { name, mechanism, extra }: Step,
): Promise<XmlElement> {
  const { userAgentId } = await memory.read();
  const inline = [...extra, ...sessionRequests(context)];
  const request = authenticateRequest({ mechanism: name, initialResponse: mechanism.initialResponse, userAgentId, inline });
  connection.write(serialize(request));
  return await finishExchange(connection, mechanism, ns.sasl2, stepDeadlineMs);
}

/** Empty when the session has to be made step by step afterwards. */
function sessionRequests({ inline, plan }: Sasl2Context): readonly XmlElement[] {
  const bind2 = readBind2Offer(inline);
  if (plan === null || bind2?.canManageStream !== true) return [];
  const bind = bindRequest(bind2, plan.isActive);
  if (plan.resumable === null) return [bind];
  const canResume = inline?.child('sm', ns.streamManagement) !== undefined;
  return canResume ? [resumeRequest(plan.resumable), bind] : [];
}

/** The session that came with success; without one, the features are waited for, because the next steps need them. */
async function readSession(
  { connection }: SecureStream,
  options: StreamOptions,
  context: Sasl2Context,
  success: XmlElement,
): Promise<Pick<Authenticated, 'features' | 'session'>> {
  if (sessionRequests(context).length === 0) {
    if (context.plan === null) return { features: null, session: null };
    return { features: await readFeatures(connection, options.stepDeadlineMs), session: null };
  }
  const resumed = success.child('resumed', ns.streamManagement);
  if (resumed !== undefined) {
    const jid = fullJid(authorizationIdentifier(success));
    return { features: null, session: { kind: 'resumed', jid, acknowledged: stanzaCounter(resumed) ?? Number.NaN } };
  }
  const { jid, resumptionId } = readBound(success, connection.host);
  const failed = success.child('failed', ns.streamManagement);
  const session: EstablishedSession = {
    kind: 'fresh',
    jid,
    canManageStream: resumptionId !== undefined,
    resumptionId: resumptionId ?? null,
    acknowledgedBefore: failed === undefined ? null : stanzaCounter(failed),
    hasCarbons: readBind2Offer(context.inline)?.hasCarbons === true,
  };
  return { features: null, session };
}

async function keepToken({ memory }: StreamOptions, success: XmlElement, mechanism: FastMechanism): Promise<void> {
  const token = readToken(success, mechanism);
  if (token !== null) await memory.update({ token });
}
