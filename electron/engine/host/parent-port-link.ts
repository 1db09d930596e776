import type { HostToEngine } from '#rpc';
import type { HostLink, PagePort } from './host-link.ts';

/** `process.parentPort` of a utility process (Electron docs, utilityProcess), as far as it is used here. */
export interface ParentPort {
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown; readonly ports: readonly PagePort[] }) => void): void;
}

/** Null outside a utility process. */
export const findParentPort = (): ParentPort | null => {
  const port: unknown = Reflect.get(process, 'parentPort');
  return typeof port === 'object' && port !== null ? (port as ParentPort) : null;
};

/** Frames are cloned; the system ends a utility process together with its host. */
export const createParentPortLink = (parentPort: ParentPort): HostLink => ({
  post: (message) => parentPort.postMessage(message),
  onMessage: (listener) =>
    parentPort.on('message', ({ data, ports }) => listener(data as HostToEngine, ports[0] ?? null)),
  onClose: () => {},
  // Messages of a port leave with the next turn of the loop.
  flush: () => new Promise((resolve) => setTimeout(resolve, 0)),
});
