import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocketServer, type WebSocket } from 'ws';
import { maxFrameBytes, type EngineFrame } from '#rpc';
import type { ClientTransport } from '../rpc/client-transport.ts';
import { keepAlive, pageTransport } from './page-socket.ts';

/** Close code for a tab that may not have, or no longer has, the one connection. */
export const replacedCode = 4001;
/** A reloaded page connects before the old one's goodbye arrives: this long it is waited for. */
const goodbyeMs = 400;

/**
 * Lets one page in. A second one is told that another is open (close code 4001), unless it asks to take over
 * with `?take=1`: then the first one hears `session.replaced` and is closed with the same code.
 */
export class PageDoor {
  readonly #server = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    clientTracking: false,
  });
  readonly #onPage: (transport: ClientTransport) => void;
  #current: WebSocket | null = null;
  #isClosed = false;

  constructor(onPage: (transport: ClientTransport) => void) {
    this.#onPage = onPage;
  }

  /** Takes over a request whose host, origin and session were checked already. */
  async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, wantsToTake: boolean): Promise<void> {
    if (!wantsToTake) await this.#goodbyeOfCurrent();
    this.#server.handleUpgrade(request, socket, head, (page) => this.#welcome(page, wantsToTake));
  }

  close(): void {
    this.#isClosed = true;
    this.#current?.close(1001, 'the application ends');
    this.#server.close();
  }

  #welcome(page: WebSocket, wantsToTake: boolean): void {
    // A frame that is too large or malformed ends the connection; nothing else is to be done about it.
    page.on('error', () => page.terminate());
    if (this.#isClosed || (this.#current !== null && !wantsToTake)) {
      page.close(replacedCode, 'another tab is open');
      return;
    }
    if (this.#current !== null) this.#dismiss(this.#current);
    this.#current = page;
    page.once('close', () => {
      if (this.#current === page) this.#current = null;
    });
    keepAlive(page);
    this.#onPage(pageTransport(page));
  }

  #dismiss(page: WebSocket): void {
    const frame: EngineFrame = { event: 'session.replaced', payload: {} };
    page.send(JSON.stringify(frame));
    page.close(replacedCode, 'replaced by another tab');
  }

  async #goodbyeOfCurrent(): Promise<void> {
    const current = this.#current;
    if (current === null) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, goodbyeMs);
      current.once('close', () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}
