import { randomBytes } from 'node:crypto';
import type { BridgeDefinition } from '#bridge';
import type { EngineFrame, RpcError, RpcEvent, RpcEvents, RpcInput, RpcMethod, RpcOutput } from '#rpc';
import { createEngine } from '../../../electron/engine/index.ts';

export interface LocalEngine {
  /** Through the engine's door, as a page would. @throws Error with the engine's error code */
  call<Method extends RpcMethod>(method: Method, input: RpcInput<Method>): Promise<RpcOutput<Method>>;
  on<Event extends RpcEvent>(event: Event, listener: (payload: RpcEvents[Event]) => void): void;
  stop(): Promise<void>;
}

export interface LocalEngineOptions {
  readonly profileDir: string;
  readonly bridges?: readonly BridgeDefinition[];
  readonly vaultKey?: Uint8Array;
}

/** The whole engine in this process, with one page connected to it. */
export async function startLocalEngine({ profileDir, bridges = [], vaultKey = randomBytes(32) }: LocalEngineOptions): Promise<LocalEngine> {
  const engine = await createEngine({ profileDir, appVersion: '0.0.0', host: 'electron', vaultKey, bridges });
  const waiting = new Map<number, (frame: { readonly output?: unknown; readonly error?: RpcError }) => void>();
  const listeners: { readonly event: RpcEvent; readonly listener: (payload: unknown) => void }[] = [];
  let deliver: (frame: unknown) => void = () => {};
  let lastId = 0;

  const receive = (frame: EngineFrame): void => {
    if ('event' in frame) {
      for (const { event, listener } of listeners) if (event === frame.event) listener(frame.payload);
      return;
    }
    waiting.get(frame.id)?.(frame);
    waiting.delete(frame.id);
  };
  engine.handleClient({ post: receive, onFrame: (listener) => (deliver = listener), onClose: () => {} });

  return {
    call: async (method, input) => {
      const id = ++lastId;
      const answered = new Promise<{ readonly output?: unknown; readonly error?: RpcError }>((resolve) => waiting.set(id, resolve));
      deliver({ id, method, input });
      const { output, error } = await answered;
      if (error) throw new Error(`${method}: ${error.code} ${error.message}`);
      return output as RpcOutput<typeof method>;
    },
    on: (event, listener) => void listeners.push({ event, listener: listener as (payload: unknown) => void }),
    stop: () => engine.stop(),
  };
}
