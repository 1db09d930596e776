import { ref, type Ref } from 'vue';
import type { EngineFrame, RpcError, RpcEvent, RpcEvents, RpcInput, RpcMethod, RpcOutput, Shell, ShellPort } from '#rpc';

/** `lost`: trying again by itself. `replaced`: another tab took over; only a person's wish takes it back. */
export type LinkState = 'connecting' | 'ready' | 'lost' | 'replaced' | 'unreachable';

/** A refused call. `fault.code` picks the sentence that the person reads. */
export class EngineFailure extends Error {
  readonly fault: RpcError;

  constructor(fault: RpcError) {
    super(`${fault.code}: ${fault.message}`);
    this.name = 'EngineFailure';
    this.fault = fault;
  }
}

/** Any thrown value as the error a screen can show. */
export const toRpcError = (thrown: unknown): RpcError =>
  thrown instanceof EngineFailure
    ? thrown.fault
    : { code: 'internal', message: thrown instanceof Error ? thrown.message : String(thrown), isRetryable: false };

type Listener = (payload: never) => void;

interface PendingCall {
  readonly resolve: (output: never) => void;
  readonly reject: (reason: EngineFailure) => void;
}

export interface EngineClient {
  readonly link: Readonly<Ref<LinkState>>;
  /** Grows by one with every fresh connection: whoever shows data asks for it again. */
  readonly generation: Readonly<Ref<number>>;
  /** @throws EngineFailure with the engine's error, or `engine-stopped` when the connection went away. */
  call<Method extends RpcMethod>(method: Method, input: RpcInput<Method>): Promise<RpcOutput<Method>>;
  /**
   * Asks what a screen is about to ask: the first call with the same words takes this answer and saves its way. An
   * event or a lost connection in between makes it worthless, and the call asks for itself.
   */
  askAhead<Method extends RpcMethod>(method: Method, input: RpcInput<Method>): void;
  /** Listens until the returned function is called. */
  on<Event extends RpcEvent>(event: Event, listener: (payload: RpcEvents[Event]) => void): () => void;
  /** Connects, or takes the connection back from another tab. */
  connect(): Promise<void>;
}

/** Vue's reactive proxies cannot be cloned into a port; inputs are plain JSON by contract (`rpc.ts`). */
const toPlain = <Input>(input: Input): Input => JSON.parse(JSON.stringify(input)) as Input;

const firstRetryMs = 250;
const longestRetryMs = 8_000;

const stopped: RpcError = { code: 'engine-stopped', message: 'The connection to the engine closed.', isRetryable: true };

/**
 * One connection to the engine over whatever port the shell offers. When the engine restarts, calls in flight are
 * rejected (each is safe to repeat by contract) and a new connection is made with growing pauses.
 */
export const createEngineClient = (shell: Shell): EngineClient => {
  const link = ref<LinkState>('connecting');
  const generation = ref(0);
  const pending = new Map<number, PendingCall>();
  const asked = new Map<string, Promise<unknown>>();
  const listeners = new Map<RpcEvent, Set<Listener>>();
  let port: ShellPort | null = null;
  let opening: Promise<void> | null = null;
  let nextId = 1;
  let retryMs = firstRetryMs;

  const rejectPending = (): void => {
    asked.clear();
    const calls = [...pending.values()];
    pending.clear();
    for (const call of calls) call.reject(new EngineFailure(stopped));
  };

  const receive = (frame: unknown): void => {
    if (typeof frame !== 'object' || frame === null) return;
    const message = frame as EngineFrame;
    if ('event' in message) {
      asked.clear();
      const payload = message.payload as never;
      for (const listener of [...(listeners.get(message.event) ?? [])]) listener(payload);
      if (message.event === 'session.replaced') link.value = 'replaced';
      return;
    }
    const call = pending.get(message.id);
    if (!call) return;
    pending.delete(message.id);
    if ('error' in message) call.reject(new EngineFailure(message.error));
    else call.resolve(message.output as never);
  };

  const retryLater = (): void => {
    setTimeout(() => {
      if (port || link.value === 'replaced') return;
      void connect();
    }, retryMs);
    retryMs = Math.min(retryMs * 2, longestRetryMs);
  };

  const lose = (closedPort: ShellPort, reason: 'engine-stopped' | 'replaced' | 'unreachable'): void => {
    if (port !== closedPort) return;
    port = null;
    rejectPending();
    if (reason === 'replaced' || link.value === 'replaced') {
      link.value = 'replaced';
      return;
    }
    link.value = 'lost';
    retryLater();
  };

  const open = async (): Promise<void> => {
    try {
      const opened = await shell.connect();
      port = opened;
      opened.onFrame(receive);
      opened.onClose((reason) => lose(opened, reason));
      retryMs = firstRetryMs;
      link.value = 'ready';
      generation.value += 1;
    } catch {
      link.value = generation.value === 0 ? 'unreachable' : 'lost';
      retryLater();
    } finally {
      opening = null;
    }
  };

  const connect = (): Promise<void> => {
    if (port) return Promise.resolve();
    if (link.value === 'replaced' || link.value === 'unreachable') link.value = 'connecting';
    opening ??= open();
    return opening;
  };

  const ask = async <Method extends RpcMethod>(method: Method, input: RpcInput<Method>): Promise<RpcOutput<Method>> => {
    if (!port) await connect();
    const target = port;
    if (!target) throw new EngineFailure(stopped);
    const id = nextId++;
    return new Promise((resolve, reject) => {
      pending.set(id, { resolve, reject });
      target.post({ id, method, input: toPlain(input) });
    });
  };
  const keyOf = (method: RpcMethod, input: unknown): string => `${method} ${JSON.stringify(input)}`;

  return {
    link,
    generation,
    connect,
    call: (method, input) => {
      if (asked.size === 0) return ask(method, input);
      const key = keyOf(method, input);
      const answer = asked.get(key) as Promise<RpcOutput<typeof method>> | undefined;
      asked.delete(key);
      return answer ?? ask(method, input);
    },
    askAhead: (method, input) => {
      const key = keyOf(method, input);
      const answer = ask(method, input);
      answer.catch(() => asked.delete(key));
      asked.set(key, answer);
    },
    on: (event, listener) => {
      const known = listeners.get(event) ?? new Set<Listener>();
      listeners.set(event, known);
      known.add(listener as Listener);
      return () => void known.delete(listener as Listener);
    },
  };
};
