import { BridgeError, type BridgeAccount, type Json } from '#bridge';
import { asciiDomain, formatBare, parseJid } from './jid.ts';
import type { StreamOptions } from './stream/credentials.ts';
import { findEndpoints } from './stream/dns/find-endpoints.ts';
import { systemResolver, type SrvResolver } from './stream/dns/resolver.ts';
import { isMechanismName, type MechanismName } from './stream/sasl/choose-mechanism.ts';
import type { StreamTimings } from './stream/stream-engine.ts';
import { fetchDocument } from './stream/web/fetch-document.ts';
import type { WireTap } from './stream/wire-tap.ts';
import { findWebSockets, type HostMetaFetcher } from './stream/web/find-web-sockets.ts';

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

/** Settings of one account, as `login` wrote them. */
export interface XmppSettings {
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
  };
}

export function writeSettings(settings: XmppSettings): Record<string, Json> {
  const { host, port, weakestMechanism, isPlainAllowed } = settings;
  return {
    ...(host === undefined ? {} : { host }),
    ...(port === undefined ? {} : { port }),
    ...(weakestMechanism === undefined ? {} : { weakestMechanism }),
    ...(isPlainAllowed ? { isPlainAllowed } : {}),
  };
}

/** @throws BridgeError `wrong-address` when it is no address of a person on an XMPP server. */
export function streamOptions(
  address: string,
  credentials: Pick<StreamOptions, 'findPassword' | 'memory'>,
  settings: XmppSettings,
  environment: XmppEnvironment,
): StreamOptions {
  const jid = parseJid(address.trim().replace(/^xmpp:/i, ''));
  const domain = jid === null ? null : asciiDomain(jid.domain);
  if (jid === null || jid.local === '' || domain === null) {
    throw new BridgeError('wrong-address', { detail: 'an XMPP address looks like name@server' });
  }
  const { host, port, weakestMechanism, isPlainAllowed } = settings;
  const { ca, resolver = systemResolver } = environment;
  const fetchHostMeta = environment.fetchHostMeta ?? ((url, signal) => fetchDocument(url, { ca, signal }));
  const isSetByHand = host !== undefined || port !== undefined;
  return {
    jid: formatBare(jid),
    username: jid.local,
    domain: jid.domain,
    ...credentials,
    tls: { domain, ca },
    isPlainAllowed,
    weakestMechanism,
    findEndpoints: () => findEndpoints({ domain, host, port }, resolver),
    // Whoever names a host means that one and no other.
    findWebSockets: (signal) => (isSetByHand ? Promise.resolve([]) : findWebSockets(domain, fetchHostMeta, signal)),
    stepDeadlineMs: environment.stepDeadlineMs ?? stepDeadlineMs,
    tap: environment.tap,
  };
}
