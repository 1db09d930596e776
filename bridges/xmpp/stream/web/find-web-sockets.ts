import { webSocketsInJson, webSocketsInXml } from './host-meta.ts';

/** Fetches a document over verified https; tests bring their own. */
export type HostMetaFetcher = (url: string, signal: AbortSignal) => Promise<string>;

const deadlineMs = 5_000;
/** Whoever lists more has no use for the others either. */
const mostAddresses = 3;

/**
 * Where a domain offers XMPP over WebSocket (XEP-0156): its host-meta, as JSON and as XML. That came over https from
 * the domain itself, so an address in it may lead to any host, as long as that one is encrypted as well.
 * Empty when the domain has no host-meta, does not answer in time, or offers only what is not encrypted.
 */
export async function findWebSockets(
  domain: string,
  fetch: HostMetaFetcher,
  signal: AbortSignal,
): Promise<readonly URL[]> {
  const deadline = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  const read = async (path: string, addressesIn: (document: string) => readonly string[]): Promise<readonly string[]> => {
    try {
      return addressesIn(await Promise.race([fetch(`https://${domain}/.well-known/${path}`, deadline), aborted(deadline)]));
    } catch {
      return [];
    }
  };
  const found = await Promise.all([read('host-meta.json', webSocketsInJson), read('host-meta', webSocketsInXml)]);
  const addresses = new Set(found.flat().filter((address) => URL.canParse(address)));
  return [...addresses]
    .map((address) => new URL(address))
    .filter(isAcceptable)
    .slice(0, mostAddresses);
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
