import { readHostMeta2 } from '../../extensions/0487-host-meta-2.ts';
import type { Endpoint } from '../dns/find-endpoints.ts';
import { webSocketsInJson, webSocketsInXml } from './host-meta.ts';

/** Fetches a document over verified https; tests bring their own. */
export type HostMetaFetcher = (url: string, signal: AbortSignal) => Promise<string>;

const deadlineMs = 5_000;
/** Whoever lists more has no use for the others either. */
const mostAddresses = 3;

/** Ways to a server that DNS does not name. */
export interface OtherWays {
  readonly endpoints: readonly Endpoint[];
  readonly webSockets: readonly URL[];
  /** How long to believe it; 0: ask again. */
  readonly ttlMs: number;
}

export const noOtherWays: OtherWays = { endpoints: [], webSockets: [], ttlMs: 0 };

/**
 * Where a domain offers XMPP by direct TLS (XEP-0487) and over WebSocket (XEP-0156): its host-meta, as JSON and as XML.
 * That came over https from the domain itself, so an address in it may lead to any host, as long as that one is
 * encrypted as well. Nothing when the domain has no host-meta, does not answer in time, or offers only what is not
 * encrypted.
 */
export async function findOtherWays(domain: string, fetch: HostMetaFetcher, signal: AbortSignal): Promise<OtherWays> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  const read = async <Found>(path: string, parse: (document: string) => Found): Promise<Found | null> => {
    try {
      return parse(await Promise.race([fetch(`https://${domain}/.well-known/${path}`, deadline), aborted(deadline)]));
    } catch {
      return null;
    }
  };
  const [json, xml] = await Promise.all([
    read('host-meta.json', (document) => ({
      second: readHostMeta2(document, Math.random),
      first: webSocketsInJson(document),
    })),
    read('host-meta', webSocketsInXml),
  ]);
  const { endpoints = [], webSockets = [], ttlMs = 0 } = json?.second ?? {};
  const addresses = new Set([...webSockets, ...(json?.first ?? []), ...(xml ?? [])]);
  const urls = [...addresses].filter((address) => URL.canParse(address)).map((address) => new URL(address));
  return { endpoints, webSockets: urls.filter(isAcceptable).slice(0, mostAddresses), ttlMs };
}

/** Asks again only when what was found is out of date. */
export function rememberWays(find: (signal: AbortSignal) => Promise<OtherWays>): (signal: AbortSignal) => Promise<OtherWays> {
  let found = noOtherWays;
  let isFreshUntilMs = Number.NEGATIVE_INFINITY;
  return async (signal) => {
    if (performance.now() < isFreshUntilMs) return found;
    found = await find(signal);
    isFreshUntilMs = performance.now() + found.ttlMs;
    return found;
  };
}

const isAcceptable = ({ protocol, username, password, hash }: URL): boolean =>
  protocol === 'wss:' && username === '' && password === '' && hash === '';

/** Rejects when the time is over: a name look-up cannot be interrupted, but it need not be waited for. */
const aborted = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const fail = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'));
    if (signal.aborted) fail();
    else signal.addEventListener('abort', fail, { once: true });
  });
