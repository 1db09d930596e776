import { isIP } from 'node:net';
import { BridgeError } from '#bridge';
import type { Endpoint } from '../dns/find-endpoints.ts';
import type { AddressLookup } from '../dns/resolver.ts';

/** One network address of an endpoint. */
export interface Target {
  readonly endpoint: Endpoint;
  /** A literal, or a name where somebody else resolves it. */
  readonly address: string;
}

const lookUpDeadlineMs = 3_000;
/** Whoever publishes more has no use for the others either. */
const mostTargets = 12;

/** The addresses behind endpoints, in their order; of each endpoint, IPv6 and IPv4 by turns (RFC 8305 section 4). */
export async function findTargets(
  endpoints: readonly Endpoint[],
  lookUp: AddressLookup,
  onFailure: (error: BridgeError) => void,
): Promise<readonly Target[]> {
  const found = await Promise.all(
    endpoints.slice(0, mostTargets).map(async (endpoint) => {
      const addresses = endpoint.addresses ?? (await addressesOf(endpoint.host, lookUp, onFailure));
      return byTurns(addresses).map((address) => ({ endpoint, address }));
    }),
  );
  return found.flat().slice(0, mostTargets);
}

async function addressesOf(
  host: string,
  lookUp: AddressLookup,
  onFailure: (error: BridgeError) => void,
): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [host];
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error('the name was not resolved in time')), lookUpDeadlineMs);
  });
  try {
    const addresses = await Promise.race([lookUp(host), deadline]);
    if (addresses.length > 0) return addresses;
    throw Object.assign(new Error('the name has no address'), { code: 'ENOTFOUND' });
  } catch (error) {
    const { code, message } = error instanceof Error ? (error as Error & { code?: string }) : { code: '', message: '' };
    onFailure(new BridgeError(code === 'ENOTFOUND' ? 'wrong-address' : 'server-unreachable', { server: host, detail: message }));
    return [];
  } finally {
    clearTimeout(timer);
  }
}

function byTurns(addresses: readonly string[]): string[] {
  const family = isIP(addresses[0] ?? '');
  const first = addresses.filter((address) => isIP(address) === family);
  const others = addresses.filter((address) => isIP(address) !== family);
  return first.flatMap((address, index) => [address, ...others.slice(index, index + 1)]).concat(others.slice(first.length));
}
