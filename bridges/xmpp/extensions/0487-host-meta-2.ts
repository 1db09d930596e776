/**
 * XEP-0487 Host Meta 2, version 0.1.0 — https://xmpp.org/extensions/xep-0487.html
 * Read are the links for direct TLS and WebSocket, with their order, addresses, server names and pinned keys. Left out:
 * QUIC, server-to-server links, encrypted client hello (Node has neither), and the rule that SRV is skipped: the
 * document is asked for where SRV led nowhere, so that a web server that is slow or gone delays nobody. A pinned key
 * restricts what is trusted; it never stands in for a valid certificate.
 */
import { isIP } from 'node:net';
import type { Endpoint } from '../stream/dns/find-endpoints.ts';
import { orderSrvRecords } from '../stream/dns/order-srv-records.ts';

export interface HostMeta {
  /** In the order to try them. */
  readonly endpoints: readonly Endpoint[];
  readonly webSockets: readonly string[];
  /** How long this holds. */
  readonly ttlMs: number;
}

const directTls = 'urn:xmpp:alt-connections:tls';
const webSocket = 'urn:xmpp:alt-connections:websocket';
const mostLinks = 20;
const mostAddresses = 6;
const mostTtlMs = 24 * 60 * 60_000;

/** Null when the document follows XEP-0156 only. @throws SyntaxError when it is no JSON */
export function readHostMeta2(document: string, random: () => number): HostMeta | null {
  const root: unknown = JSON.parse(document);
  if (!isRecord(root) || !isRecord(root['xmpp'])) return null;
  const { ttl, 'public-key-pins-sha-256': pinList } = root['xmpp'];
  const pins = strings(pinList).slice(0, mostLinks);
  const links = (Array.isArray(root['links']) ? (root['links'] as unknown[]) : []).filter(isRecord).slice(0, mostLinks);
  const ordered = orderSrvRecords(
    links.map((link) => ({ link, name: '', port: 0, priority: whole(link['priority']), weight: whole(link['weight']) })),
    random,
  ).map(({ link }) => link);
  return {
    endpoints: ordered.flatMap((link) => (link['rel'] === directTls ? readDirect(link, pins) : [])),
    webSockets: ordered.flatMap((link) => (link['rel'] === webSocket && typeof link['href'] === 'string' ? link['href'] : [])),
    ttlMs: Math.min(whole(ttl) * 1_000, mostTtlMs),
  };
}

function readDirect(link: Record<string, unknown>, pins: readonly string[]): Endpoint[] {
  const { sni, port, ips } = link;
  const addresses = strings(ips).filter((address) => isIP(address) !== 0).slice(0, mostAddresses);
  const isPort = typeof port === 'number' && Number.isInteger(port) && port > 0 && port < 65_536;
  if (typeof sni !== 'string' || !/^[a-z0-9.-]{1,253}$/i.test(sni) || !isPort || addresses.length === 0) return [];
  return [{ host: sni, port, security: 'direct', addresses, trust: { serverName: sni, pins } }];
}

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? (value as unknown[]).filter((entry) => typeof entry === 'string') : [];

const whole = (value: unknown): number =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 65_536 * 65_536 ? value : 0;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
