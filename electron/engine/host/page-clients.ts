import type { ClientFrame } from '#rpc';
import type { ClientTransport } from '../rpc/client-transport.ts';
import type { HostLink, PagePort } from './host-link.ts';

/** A page that talks through its own port. */
export const portTransport = (port: PagePort): ClientTransport => ({
  post: (frame) => port.postMessage(frame),
  onFrame: (listener) => {
    port.on('message', ({ data }) => listener(data));
    port.start();
  },
  onClose: (listener) => port.on('close', listener),
});

interface PipedPage {
  frame: (frame: unknown) => void;
  close: () => void;
}

/** Pages whose frames come and go through the host, each with its number. */
export class PipedPages {
  readonly #link: HostLink;
  readonly #pages = new Map<number, PipedPage>();

  constructor(link: HostLink) {
    this.#link = link;
  }

  open(client: number): ClientTransport {
    this.close(client);
    const page: PipedPage = { frame: () => {}, close: () => {} };
    this.#pages.set(client, page);
    return {
      post: (frame) => this.#link.post({ type: 'engine-frame', client, frame }),
      onFrame: (listener) => {
        page.frame = listener;
      },
      onClose: (listener) => {
        page.close = listener;
      },
    };
  }

  frame(client: number, frame: ClientFrame): void {
    this.#pages.get(client)?.frame(frame);
  }

  close(client: number): void {
    this.#pages.get(client)?.close();
    this.#pages.delete(client);
  }
}
