import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { startEjabberd } from './ejabberd/start-ejabberd.ts';
import { startProsody } from './prosody/start-prosody.ts';
import { startRequestTracker } from './rt/start-request-tracker.ts';
import { startSynapse } from './synapse/start-synapse.ts';
import { startTryton } from './tryton/start-tryton.ts';

export type SharedServer = 'prosody' | 'prosody13' | 'ejabberd' | 'synapse' | 'olderSynapse' | 'tryton' | 'requestTracker';

/** How a test file reaches the host. */
export interface LabHostAddress {
  url: string;
  token: string;
}

interface Stoppable {
  stop(): Promise<void>;
}

const starters: Readonly<Record<SharedServer, () => Promise<Stoppable>>> = {
  prosody: () => startProsody({ version: '0.12' }),
  prosody13: () => startProsody({ version: '13' }),
  ejabberd: () => startEjabberd(),
  synapse: () => startSynapse({ msc4222: true }),
  olderSynapse: () => startSynapse({ msc4222: false }),
  tryton: () => startTryton(),
  requestTracker: startRequestTracker,
};

/**
 * Keeps servers that all test files of one run share. A server starts when the first file asks for it, and lives until
 * the run ends. Files ask over loopback http with a token; the answer is the server's plain data.
 */
export class LabHost {
  readonly #token = randomBytes(16).toString('hex');
  readonly #started = new Map<SharedServer, Promise<Stoppable>>();
  readonly #server: Server;
  #port = 0;

  private constructor() {
    this.#server = createServer((incoming, outgoing) => void this.#answer(incoming, outgoing));
  }

  static async start(): Promise<LabHost> {
    const host = new LabHost();
    await new Promise<void>((resolve) => host.#server.listen(0, '127.0.0.1', resolve));
    const address = host.#server.address();
    if (address !== null && typeof address !== 'string') host.#port = address.port;
    return host;
  }

  get address(): LabHostAddress {
    return { url: `http://127.0.0.1:${this.#port}`, token: this.#token };
  }

  /** Stops every server that was asked for. */
  async stop(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    const started = await Promise.allSettled(this.#started.values());
    await Promise.all(started.map((result) => (result.status === 'fulfilled' ? result.value.stop() : undefined)));
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const name = (incoming.url ?? '/').slice(1);
    if (incoming.headers.authorization !== `Bearer ${this.#token}`) return void outgoing.writeHead(403).end();
    if (!isSharedServer(name)) return void outgoing.writeHead(404).end();
    try {
      const server = await this.#ensure(name);
      outgoing.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(server));
    } catch (error) {
      outgoing.writeHead(500).end(error instanceof Error ? error.message : String(error));
    }
  }

  #ensure(name: SharedServer): Promise<Stoppable> {
    const started = this.#started.get(name) ?? starters[name]();
    this.#started.set(name, started);
    return started;
  }
}

function isSharedServer(name: string): name is SharedServer {
  return Object.hasOwn(starters, name);
}
