import { orderSrvRecords } from './order-srv-records.ts';
import type { SrvRecord, SrvResolver } from './resolver.ts';

/** A place to connect to. Whatever it is called, its certificate must name the account's domain. */
export interface Endpoint {
  readonly host: string;
  readonly port: number;
  /** `direct`: TLS from the first byte (XEP-0368). `starttls`: upgraded in the stream. */
  readonly security: 'direct' | 'starttls';
  /** Addresses that came along with it; no name is looked up then. */
  readonly addresses?: readonly string[] | undefined;
  /** What the domain's own https said about it (XEP-0487). */
  readonly trust?: EndpointTrust | undefined;
}

/** Whom an endpoint may prove to be besides the account's domain, and with which keys only. */
export interface EndpointTrust {
  readonly serverName: string;
  /** SHA-256 of public keys in base64; empty: any key of a valid certificate. */
  readonly pins: readonly string[];
}

export interface EndpointSource {
  /** In ASCII (punycode) form. */
  readonly domain: string;
  /** Set by hand; then DNS is not asked. */
  readonly host?: string | undefined;
  readonly port?: number | undefined;
}

const srvDeadlineMs = 3_000;
const directTlsPorts = new Set([443, 5223]);

/**
 * Endpoints of a domain in the order to try: SRV `_xmpps-client` and `_xmpp-client` mixed (XEP-0368), or the
 * fallback of RFC 6120 section 3.2.2. Empty: the domain says that it offers no XMPP.
 */
export async function findEndpoints(
  source: EndpointSource,
  resolver: SrvResolver,
  random: () => number = Math.random,
): Promise<readonly Endpoint[]> {
  if (source.host !== undefined || source.port !== undefined) {
    return manualEndpoints(source.host ?? source.domain, source.port);
  }
  const [direct, starttls] = await Promise.all([
    lookUp(resolver, `_xmpps-client._tcp.${source.domain}`),
    lookUp(resolver, `_xmpp-client._tcp.${source.domain}`),
  ]);
  const records = [
    ...direct.map((record) => ({ ...record, security: 'direct' as const })),
    ...starttls.map((record) => ({ ...record, security: 'starttls' as const })),
  ];
  if (records.length === 0) return manualEndpoints(source.domain, undefined);
  const usable = records.filter((record) => record.name !== '' && record.name !== '.');
  return orderSrvRecords(usable, random).map(({ name, port, security }) => ({ host: name, port, security }));
}

/** A port set by hand says nothing about how TLS starts there, so both ways are tried, the usual one first. */
function manualEndpoints(host: string, port: number | undefined): readonly Endpoint[] {
  if (port === undefined) {
    return [
      { host, port: 5222, security: 'starttls' },
      { host, port: 5223, security: 'direct' },
    ];
  }
  const direct: Endpoint = { host, port, security: 'direct' };
  const starttls: Endpoint = { host, port, security: 'starttls' };
  return directTlsPorts.has(port) ? [direct, starttls] : [starttls, direct];
}

/** A DNS that fails or stays silent must not keep us from the fallback. */
async function lookUp(resolver: SrvResolver, name: string): Promise<readonly SrvRecord[]> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<readonly SrvRecord[]>((resolve) => {
    timer = setTimeout(() => resolve([]), srvDeadlineMs);
  });
  try {
    return await Promise.race([resolver.resolveSrv(name), deadline]);
  } catch {
    return [];
  } finally {
    clearTimeout(timer);
  }
}
