import type { HostInput, HostMethod, HostOutput, Settings } from '#rpc';
import type { ClientTransport } from './rpc/client-transport.ts';
import type { EventListener } from './rpc/event-hub.ts';

/** What the process that hosts the engine may ask; `host.start` and `host.stop` are its own business. */
export type EngineHost = {
  readonly [Method in Exclude<HostMethod, 'host.start' | 'host.stop'>]: (
    input: HostInput<Method>,
  ) => Promise<HostOutput<Method>>;
};

/** The running engine, as its process entry and the browser-mode server see it. */
export interface Engine {
  /** Serves a page until its transport closes. */
  readonly handleClient: (transport: ClientTransport) => void;
  readonly host: EngineHost;
  /** Every event as it happens: for notifications and the unread count of the tray. */
  readonly listen: (listener: EventListener) => () => void;
  /** What the host shows before anything changes. */
  readonly glance: () => { readonly settings: Settings; readonly totalUnread: number };
  /** Disconnects, lets running jobs come to an end, closes the store. */
  readonly stop: () => Promise<void>;
}
