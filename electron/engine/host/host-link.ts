import type { EngineToHost, HostToEngine } from '#rpc';

/** A page's own port, handed over by a utility process. */
export interface PagePort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): void;
  on(event: 'close', listener: () => void): void;
  start(): void;
}

/** The way to the process that hosts the engine: a utility process's port, or stdin and stdout. */
export interface HostLink {
  readonly post: (message: EngineToHost) => void;
  readonly onMessage: (listener: (message: HostToEngine, port: PagePort | null) => void) => void;
  /** The host is gone: there is nobody left to work for. */
  readonly onClose: (listener: () => void) => void;
  /** Resolves when everything posted was handed to the system. */
  readonly flush: () => Promise<void>;
}
