import { connect, createServer } from 'node:net';
import type { Server, Socket } from 'node:net';

export type Direction = 'up' | 'down';

export interface ChaosProxyOptions {
  targetPort: number;
  targetHost?: string | undefined;
  /** Port of ours; free-picked unless told. */
  port?: number | undefined;
}

/** A matcher sees the latest bytes of one direction, including what came before in the same connection. */
export type ByteMatcher = string | RegExp | ((seen: Buffer) => boolean);

interface Cut {
  direction: Direction;
  isMatch(seen: Buffer): boolean;
  /** Whether the bytes that matched still reach the other side before the cut. */
  isForwarded: boolean;
  onCut(): void;
}

interface Pair {
  client: Socket;
  server: Socket;
  /** The end of what was seen, for matchers that span chunks. */
  recent: Record<Direction, Buffer>;
  /** Deliveries of one direction happen one after the other. */
  queue: Record<Direction, Promise<void>>;
}

const recentBytes = 64 * 1024;

/**
 * A TCP proxy on 127.0.0.1 that does to a connection what bad networks do. "up" is client → server.
 *
 * Faults hold for the connections of now and later until they are taken back with {@link ChaosProxy.heal}.
 */
export class ChaosProxy {
  /** Connections accepted so far, refused ones included. */
  connectionCount = 0;
  /** Delay in milliseconds added to every chunk, each way. */
  latencyMs = 0;
  /** Bytes per piece that are forwarded; 1 makes every byte a packet of its own. 0 forwards as received. */
  chunkBytes = 0;
  /** New connections are reset at once. */
  isRefusing = false;
  /** Bytes vanish silently in that direction; the connection stays open. */
  readonly isDropping: Record<Direction, boolean> = { up: false, down: false };

  readonly #target: { port: number; host: string };
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  readonly #captured: Record<Direction, Buffer[]> = { up: [], down: [] };
  #cuts: Cut[] = [];
  #port = 0;

  private constructor(target: { port: number; host: string }) {
    this.#target = target;
    this.#server = createServer((client) => this.#accept(client));
  }

  /** Starts a proxy before a port; stop it with {@link close}. */
  static async start({ targetPort, targetHost = '127.0.0.1', port = 0 }: ChaosProxyOptions): Promise<ChaosProxy> {
    const proxy = new ChaosProxy({ port: targetPort, host: targetHost });
    await new Promise<void>((resolve, reject) => {
      proxy.#server.once('error', reject);
      proxy.#server.listen(port, '127.0.0.1', resolve);
    });
    const address = proxy.#server.address();
    if (address === null || typeof address === 'string') throw new Error('the chaos proxy has no port');
    proxy.#port = address.port;
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  get openConnectionCount(): number {
    return this.#pairs.size;
  }

  /** Resets (RST) both sides of every connection, as a dying router does. */
  reset(): void {
    for (const pair of [...this.#pairs]) this.#resetPair(pair);
  }

  /** Silence both ways without closing anything: the hardest case, only timeouts notice it. */
  blackhole(): void {
    this.isDropping.up = true;
    this.isDropping.down = true;
  }

  /** Takes every fault back. Bytes that were dropped stay lost, so the connections they belonged to stay broken. */
  heal(): void {
    this.isDropping.up = false;
    this.isDropping.down = false;
    this.isRefusing = false;
    this.latencyMs = 0;
    this.chunkBytes = 0;
    this.#cuts = [];
  }

  /**
   * Resets the connection in which the matcher first holds, once. By default the matching bytes arrive before the cut:
   * "the server did it, the client never heard". With `isForwarded: false` they are lost.
   * On encrypted streams only a function that counts or times can match.
   *
   * @returns a promise that is kept when the cut has happened
   */
  cutAfter(matcher: ByteMatcher, options: { direction?: Direction | undefined; isForwarded?: boolean | undefined } = {}): Promise<void> {
    const { direction = 'up', isForwarded = true } = options;
    return new Promise((resolve) => {
      this.#cuts.push({ direction, isMatch: toPredicate(matcher), isForwarded, onCut: resolve });
    });
  }

  /** Everything that was received in a direction, of all connections in order; to assert that no clear text went out. */
  captured(direction: Direction): Buffer {
    return Buffer.concat(this.#captured[direction]);
  }

  byteCount(direction: Direction): number {
    return this.#captured[direction].reduce((sum, chunk) => sum + chunk.length, 0);
  }

  /** Resets what is open and stops listening. */
  async close(): Promise<void> {
    const hasClosed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.reset();
    await hasClosed;
  }

  #accept(client: Socket): void {
    this.connectionCount += 1;
    client.on('error', ignore);
    if (this.isRefusing) return void client.resetAndDestroy();
    const server = connect(this.#target.port, this.#target.host);
    server.on('error', ignore);
    client.setNoDelay(true);
    server.setNoDelay(true);
    const pair: Pair = {
      ...{ client, server },
      recent: { up: Buffer.alloc(0), down: Buffer.alloc(0) },
      queue: { up: Promise.resolve(), down: Promise.resolve() },
    };
    this.#pairs.add(pair);
    client.on('data', (chunk: Buffer) => this.#receive(pair, 'up', chunk));
    server.on('data', (chunk: Buffer) => this.#receive(pair, 'down', chunk));
    client.on('close', () => this.#closeOther(pair, 'up'));
    server.on('close', () => this.#closeOther(pair, 'down'));
  }

  #receive(pair: Pair, direction: Direction, chunk: Buffer): void {
    this.#captured[direction].push(chunk);
    pair.recent[direction] = Buffer.concat([pair.recent[direction], chunk]).subarray(-recentBytes);
    const seen = pair.recent[direction];
    const cut = this.#cuts.find((candidate) => candidate.direction === direction && candidate.isMatch(seen));
    if (cut) this.#cuts = this.#cuts.filter((other) => other !== cut);
    const delivered = pair.queue[direction].then(() => this.#deliver(pair, direction, cut?.isForwarded === false ? undefined : chunk));
    pair.queue[direction] = delivered.then(() => {
      if (!cut) return;
      this.#resetPair(pair);
      cut.onCut();
    });
  }

  /** Forwards a chunk with the faults of this moment. */
  async #deliver(pair: Pair, direction: Direction, chunk: Buffer | undefined): Promise<void> {
    if (this.latencyMs > 0) await pause(this.latencyMs);
    if (chunk === undefined || this.isDropping[direction]) return;
    const destination = direction === 'up' ? pair.server : pair.client;
    for (const piece of this.#split(chunk)) {
      if (destination.destroyed) return;
      await new Promise<void>((resolve) => destination.write(piece, () => resolve()));
      // Without a turn of the event loop the receiver could read several pieces as one.
      if (this.chunkBytes > 0) await new Promise<void>((resolve) => setImmediate(resolve));
    }
  }

  *#split(chunk: Buffer): Generator<Buffer> {
    const size = this.chunkBytes > 0 ? this.chunkBytes : chunk.length;
    for (let start = 0; start < chunk.length; start += size) yield chunk.subarray(start, start + size);
  }

  /** A side closed: the other one hears of it after everything on the way, unless that direction is dropped. */
  #closeOther(pair: Pair, direction: Direction): void {
    if (this.isDropping[direction]) return;
    void pair.queue[direction].then(() => {
      this.#pairs.delete(pair);
      pair.client.destroy();
      pair.server.destroy();
    });
  }

  #resetPair(pair: Pair): void {
    this.#pairs.delete(pair);
    pair.client.resetAndDestroy();
    pair.server.resetAndDestroy();
  }
}

function toPredicate(matcher: ByteMatcher): (seen: Buffer) => boolean {
  if (typeof matcher === 'function') return matcher;
  if (typeof matcher === 'string') return (seen) => seen.includes(matcher);
  return (seen) => matcher.test(seen.toString('latin1'));
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

function ignore(): void {
  // A broken connection is this proxy's daily bread.
}
