import { lookup, resolveSrv } from 'node:dns/promises';

/** All addresses of a host name, in the order in which the system would try them. */
export type AddressLookup = (host: string) => Promise<readonly string[]>;

export interface SrvRecord {
  readonly name: string;
  readonly port: number;
  readonly priority: number;
  readonly weight: number;
}

/** Looks up SRV records; tests bring their own. */
export interface SrvResolver {
  /** Empty when the name has none. Rejects when DNS does not answer. */
  resolveSrv(name: string): Promise<readonly SrvRecord[]>;
  /** The system's own unless given. */
  readonly lookUp?: AddressLookup | undefined;
}

const emptyCodes = new Set(['ENOTFOUND', 'ENODATA', 'NXDOMAIN']);

/** A name without records is an answer like others, as `ask` of node:dns does not have it. */
export const srvResolver = (ask: typeof resolveSrv): SrvResolver => ({
  async resolveSrv(name) {
    try {
      return await ask(name);
    } catch (error) {
      if (error instanceof Error && 'code' in error && emptyCodes.has(String(error.code))) return [];
      throw error;
    }
  },
});

export const systemResolver: SrvResolver = srvResolver(resolveSrv);

export const systemLookUp: AddressLookup = async (host) =>
  (await lookup(host, { all: true, order: 'verbatim' })).map(({ address }) => address);
