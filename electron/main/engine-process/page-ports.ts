import type { MessagePortMain } from 'electron';
import type { ClientFrame, EngineToHost } from '#rpc';
import { maxFrameBytes } from '#rpc';
import type { EngineLink } from './engine-link.ts';

/**
 * The pages connected to one engine. Where the engine can take the port itself its frames do not pass here;
 * else they are passed on one by one.
 */
export class PagePorts {
  readonly #link: EngineLink;
  readonly #ports = new Map<number, MessagePortMain>();
  #nextClient = 1;

  constructor(link: EngineLink) {
    this.#link = link;
  }

  open(port: MessagePortMain): void {
    const client = this.#nextClient++;
    if (this.#link.takesPorts) {
      this.#link.post({ type: 'client-opened', client }, port);
      return;
    }
    this.#ports.set(client, port);
    this.#link.post({ type: 'client-opened', client });
    port.on('message', ({ data }) => this.#passOn(client, port, data));
    port.on('close', () => this.#closed(client));
    port.start();
  }

  /** @returns whether the message was for a page */
  take(message: EngineToHost): boolean {
    if (message.type !== 'engine-frame') return false;
    this.#ports.get(message.client)?.postMessage(message.frame);
    return true;
  }

  /** The engine is gone; the pages notice by their closed ports and connect again. */
  close(): void {
    for (const port of this.#ports.values()) port.close();
    this.#ports.clear();
  }

  #passOn(client: number, port: MessagePortMain, data: unknown): void {
    // What the frame says is checked by the engine; here only that it is a frame of bearable size.
    if (isFrame(data) && sizeOf(data) <= maxFrameBytes) {
      this.#link.post({ type: 'client-frame', client, frame: data });
      return;
    }
    port.close();
    this.#closed(client);
  }

  #closed(client: number): void {
    if (this.#ports.delete(client)) this.#link.post({ type: 'client-closed', client });
  }
}

const isFrame = (data: unknown): data is ClientFrame =>
  typeof data === 'object' && data !== null && 'id' in data && 'method' in data && typeof data.id === 'number' && typeof data.method === 'string';

/** As JSON, in UTF-16 units. What cannot be JSON (a cycle, a bigint) counts as too large. */
const sizeOf = (frame: ClientFrame): number => {
  try {
    return JSON.stringify(frame).length;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
};
