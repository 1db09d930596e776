import { Agent } from 'node:https';
import type { Duplex } from 'node:stream';
import { connect as connectTls, type ConnectionOptions } from 'node:tls';
import type { AddressLookup } from '../dns/resolver.ts';
import { openThrough } from './proxy.ts';
import type { Proxy } from './proxy-kinds.ts';

type Created = (error: Error | null, socket: Duplex) => void;
type TunnelOptions = ConnectionOptions & { readonly host?: string; readonly port?: number | string };

const deadlineMs = 20_000;

/** Takes https and WebSockets through a proxy: TLS ends at the server, as without one. */
export class TunnelAgent extends Agent {
  readonly #proxy: Proxy;
  readonly #lookUp: AddressLookup;

  constructor(proxy: Proxy, lookUp: AddressLookup) {
    super({ keepAlive: false });
    this.#proxy = proxy;
    this.#lookUp = lookUp;
  }

  /** Called by Node for every request; the callback gets the encrypted socket. */
  override createConnection(options: TunnelOptions, created: Created): undefined {
    const host = options.host ?? '';
    openThrough(this.#proxy, host, Number(options.port ?? 443), this.#lookUp, AbortSignal.timeout(deadlineMs)).then(
      (socket) => created(null, connectTls({ ...options, socket })),
      (error: unknown) => created(error instanceof Error ? error : new Error(String(error)), null as unknown as Duplex),
    );
    return undefined;
  }
}
