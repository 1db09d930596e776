import type { Agent } from 'node:https';
import { BridgeError, type BridgeAccount, type Json } from '#bridge';
import { asciiDomain, formatBare, parseJid } from './jid.ts';
import type { StreamOptions } from './stream/credentials.ts';
import { proxyKinds, type Proxy, type ProxyKind } from './stream/dial/proxy-kinds.ts';
import { findEndpoints } from './stream/dns/find-endpoints.ts';
import { systemLookUp, systemResolver, type SrvResolver } from './stream/dns/resolver.ts';
import { isMechanismName, type MechanismName } from './stream/sasl/choose-mechanism.ts';
import type { StreamTimings } from './stream/stream-engine.ts';
import { fetchDocument } from './stream/web/fetch-document.ts';
import type { WireTap } from './stream/wire-tap.ts';
import { findOtherWays, noOtherWays, rememberWays, type HostMetaFetcher } from './stream/web/find-other-ways.ts';

/** What the surroundings may replace; never settings of an account. */
export interface XmppEnvironment {
  /** PEM authorities to trust instead of the system's. */
  readonly ca?: string | readonly string[] | undefined;
  readonly resolver?: SrvResolver | undefined;
  readonly fetchHostMeta?: HostMetaFetcher | undefined;
  readonly timings?: Partial<StreamTimings> | undefined;
  readonly stepDeadlineMs?: number | undefined;
  readonly firstSyncLimit?: number | undefined;
  /** Hears what goes over the wire of every account. */
  readonly tap?: WireTap | undefined;
}

/** The proxy of one account. */
export interface ProxySettings {
  readonly kind: ProxyKind;
  readonly host: string;
  readonly port: number;
  readonly username: string;
}

/** Settings of one account, as `login` wrote them. */
export interface XmppSettings {
  readonly proxy?: ProxySettings | undefined;
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly weakestMechanism?: MechanismName | undefined;
  readonly isPlainAllowed: boolean;
}

/** How long a server may stay silent at one step of signing in. */
const stepDeadlineMs = 7_000;

export function readSettings(settings: BridgeAccount['settings']): XmppSettings {
  const { host, port, weakestMechanism, isPlainAllowed } = settings;
  return {
    host: typeof host === 'string' && host !== '' ? host : undefined,
    port: typeof port === 'number' ? port : undefined,
    weakestMechanism: isMechanismName(weakestMechanism) ? weakestMechanism : undefined,
    isPlainAllowed: isPlainAllowed === true,
    proxy: readProxy(settings),
  };
}

/** Flat, and under the names of the login form's fields: so a form can be filled with them again. */
function readProxy({ proxyKind, proxyHost, proxyPort, proxyUser }: BridgeAccount['settings']): ProxySettings | undefined {
  const kind = proxyKinds.find((known) => known === proxyKind);
  if (kind === undefined || typeof proxyHost !== 'string' || typeof proxyPort !== 'number') return undefined;
  return { kind, host: proxyHost, port: proxyPort, username: typeof proxyUser === 'string' ? proxyUser : '' };
}

export function writeSettings(settings: XmppSettings): Record<string, Json> {
  const { host, port, weakestMechanism, isPlainAllowed, proxy } = settings;
  return {
    ...(proxy === undefined
      ? {}
      : { proxyKind: proxy.kind, proxyHost: proxy.host, proxyPort: proxy.port, proxyUser: proxy.username }),
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(weakestMechanism === undefined ? {} : { weakestMechanism }),
    ...(isPlainAllowed ? { isPlainAllowed } : {}),
  };
}

/** What an account signs in with. */
export interface Credentials extends Pick<StreamOptions, 'findPassword' | 'memory'> {
  findProxyPassword(): Promise<string>;
}

/** @throws BridgeError `wrong-address` when it is no address of a person on an XMPP server. */
export function streamOptions(
  address: string,
  credentials: Credentials,
  settings: XmppSettings,
  environment: XmppEnvironment,
): StreamOptions {
  const jid = parseJid(address.trim().replace(/^xmpp:/i, ''));
  const domain = jid === null ? null : asciiDomain(jid.domain);
  if (jid === null || jid.local === '' || domain === null) {
    throw new BridgeError('wrong-address', { detail: 'an XMPP address looks like name@server' });
  }
  const { host, port, weakestMechanism, isPlainAllowed } = settings;
  const { findPassword, memory } = credentials;
  const { ca, resolver = systemResolver } = environment;
  const { lookUp = systemLookUp } = resolver;
  const proxy = proxyOf(settings, credentials);
  const findAgent = async (): Promise<Agent | undefined> => {
    if (proxy === null) return undefined;
    const { TunnelAgent } = await import('./stream/dial/tunnel-agent.ts');
    return new TunnelAgent(proxy, lookUp);
  };
  const fetchHostMeta: HostMetaFetcher =
    environment.fetchHostMeta ?? (async (url, signal) => await fetchDocument(url, { ca, signal, agent: await findAgent() }));
  const isSetByHand = host !== undefined || port !== undefined;
  return {
    jid: formatBare(jid),
    username: jid.local,
    domain: jid.domain,
    findPassword,
    memory,
    tls: { domain, ca },
    isPlainAllowed,
    weakestMechanism,
    // Behind a proxy nobody here is asked for names, and a proxy knows no SRV.
    findEndpoints: () => findEndpoints({ domain, host, port }, proxy === null ? resolver : silentResolver),
    // Whoever names a host means that one and no other.
    findOtherWays: isSetByHand
      ? () => Promise.resolve(noOtherWays)
      : rememberWays((signal) => findOtherWays(domain, fetchHostMeta, signal)),
    lookUp,
    proxy,
    findAgent,
    stepDeadlineMs: environment.stepDeadlineMs ?? stepDeadlineMs,
    tap: environment.tap,
  };
}

const silentResolver: SrvResolver = { resolveSrv: () => Promise.resolve([]) };

function proxyOf({ proxy }: XmppSettings, { findProxyPassword }: Credentials): Proxy | null {
  return proxy === undefined ? null : { ...proxy, findPassword: findProxyPassword };
}
