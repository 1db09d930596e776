import type { EngineFrame, RpcError, RpcInput, RpcMethod } from '#rpc';
import { checkInput, isRpcMethod } from '#rpc/schemas';
import type { Log } from '../log/log.ts';
import type { ClientTransport } from './client-transport.ts';
import type { EventHub } from './event-hub.ts';
import type { RpcHandlers } from './handlers.ts';
import { createRpcClient, type RpcClient } from './rpc-client.ts';
import { toRpcError } from './to-rpc-error.ts';

export interface RpcServer {
  /** Serves one page until its transport closes. */
  readonly serve: (transport: ClientTransport) => void;
  /** Checks and runs one call; never throws. */
  readonly call: (
    method: string,
    input: unknown,
    client: RpcClient,
  ) => Promise<{ readonly output: unknown } | { readonly error: RpcError }>;
}

/** A page that asks faster than it is answered is told to wait. */
const mostPendingCalls = 256;
/** Handlers slower than this are logged, by name. */
const slowMs = 40;

const refusal = (code: string, message: string, isRetryable = false): { readonly error: RpcError } => ({
  error: { code, message, isRetryable },
});

/** The engine's door: every input is checked here, every error is made presentable here. */
export const createRpcServer = (handlers: RpcHandlers, events: EventHub, log: Log): RpcServer => {
  const run = async <Method extends RpcMethod>(
    method: Method,
    input: RpcInput<Method>,
    client: RpcClient,
  ): Promise<{ readonly output: unknown }> => {
    const startedAtMs = performance.now();
    const output = handlers[method](input, client);
    const syncMs = performance.now() - startedAtMs;
    if (syncMs > slowMs) log.warn('slow call', { method, durationMs: Math.round(syncMs) });
    return { output: await output };
  };

  const call: RpcServer['call'] = async (method, input, client) => {
    if (!isRpcMethod(method)) return refusal('invalid-input', 'no such method');
    try {
      const check = checkInput(method, input);
      if (!check.isValid) return refusal('invalid-input', check.reason);
      return await run(method, check.input, client);
    } catch (error) {
      return { error: toRpcError(error, (unexpected) => log.error('call failed', { method, error: unexpected })) };
    }
  };

  const serve = (transport: ClientTransport): void => {
    let pendingCalls = 0;
    let isClosed = false;
    const { client, close } = createRpcClient();
    const post = (frame: EngineFrame): void => {
      if (!isClosed) transport.post(frame);
    };
    const detach = events.attach({
      post: (event, payload) => post({ event, payload }),
      isCongested: () => transport.isCongested?.() ?? false,
    });
    transport.onClose(() => {
      isClosed = true;
      detach();
      close();
    });
    transport.onFrame(async (frame) => {
      const request = readFrame(frame);
      if (request === null) return;
      if (pendingCalls >= mostPendingCalls) {
        post({ id: request.id, ...refusal('too-many-calls', 'too many calls at once', true) });
        return;
      }
      pendingCalls += 1;
      const answer = await call(request.method, request.input, client);
      pendingCalls -= 1;
      post({ id: request.id, ...answer });
    });
  };

  return { serve, call };
};

/** A frame without a usable id cannot even be answered and is dropped. */
const readFrame = (frame: unknown): { readonly id: number; readonly method: string; readonly input: unknown } | null => {
  if (typeof frame !== 'object' || frame === null) return null;
  const id: unknown = Reflect.get(frame, 'id');
  const method: unknown = Reflect.get(frame, 'method');
  const input: unknown = Reflect.get(frame, 'input');
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) return null;
  return { id, method: typeof method === 'string' ? method : '', input };
};
