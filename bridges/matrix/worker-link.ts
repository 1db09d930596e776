/**
 * The engine's end of one worker thread: calls and their answers, batches in order, and a new thread when the old
 * one died. Emits nothing after `stop` resolved.
 */
import { setFlagsFromString } from 'node:v8';
import { Worker } from 'node:worker_threads';
import { BridgeError, toFault, type BridgeHost } from '#bridge';
import { createBackoff } from '#kit';
import type { SavedProgress } from './account-settings.ts';
import { workerUrl } from './worker-url.ts';
import type { AccountCalls, CallName, FromWorker, RoomAbilities, ToWorker, WorkerConfig } from './worker/protocol.ts';
import type { Tokens } from './refresh.ts';

type CallResult<Name extends CallName> = Awaited<ReturnType<AccountCalls[Name]>>;

export interface WorkerLink {
  start(config: WorkerConfig): void;
  stop(): Promise<void>;
  reconnect(): void;
  /** Whether somebody looks at the app. */
  setActive(isActive: boolean): void;
  /** @throws BridgeError what the worker threw; `offline` while there is none. */
  call<Name extends CallName>(
    name: Name,
    args: Parameters<AccountCalls[Name]>,
    signal?: AbortSignal,
  ): Promise<CallResult<Name>>;
  room(roomId: string): RoomAbilities | undefined;
  maxFileBytes(): number | null;
}

interface Options {
  readonly host: BridgeHost;
  /** New tokens; resolves when they are sealed. */
  readonly saveTokens: (tokens: Tokens) => Promise<void>;
  /** What a thread that starts again must know anew. */
  readonly refreshConfig: (config: WorkerConfig, progress: SavedProgress | null) => Promise<WorkerConfig>;
}

const stopTimeoutMs = 5_000;

/**
 * V8 13.6 (Node 24) frees the glue between WebAssembly and JavaScript of one thread while another replaces it by a
 * quicker one, and the whole process dies (`Runtime_TierUpWasmToJSWrapper`, SIGSEGV). Two accounts at once are enough.
 * Never made quicker, it is never freed.
 */
setFlagsFromString('--wasm-wrapper-tiering-budget=2147483647');

export const createWorkerLink = ({ host, saveTokens, refreshConfig }: Options): WorkerLink => {
  const calls = new Map<number, PromiseWithResolvers<unknown>>();
  const rooms = new Map<string, RoomAbilities>();
  const backoff = createBackoff({ leastMs: 1_000, mostMs: 60_000 });
  const stopped = Promise.withResolvers<void>();
  let worker: Worker | null = null;
  let callCount = 0;
  let maxFileBytes: number | null = null;
  let isStopping = false;
  let restartTimer: NodeJS.Timeout | undefined;
  let progress: SavedProgress | null = null;
  /** Everything the worker says is emitted one after the other. */
  let emitting: Promise<void> = Promise.resolve();

  const tell = (message: ToWorker): void => worker?.postMessage(message);

  const inOrder = (work: () => Promise<void>): void => {
    emitting = emitting.then(async () => {
      if (!isStopping) await work();
    });
  };

  /** The engine's store refuses: nothing more may be taken from the server. */
  const failToEmit = async (error: unknown): Promise<void> => {
    host.log.warn('the engine could not store events', { error: toFault(error).detail });
    await worker?.terminate();
    await host.emit([{ type: 'state', connection: 'offline', fault: toFault(error) }]).catch(() => undefined);
  };

  const emitBatch = async (message: Extract<FromWorker, { kind: 'batch' }>): Promise<void> => {
    try {
      await host.emit(message.events, { ...message.progress });
    } catch (error) {
      await failToEmit(error);
      return;
    }
    progress = message.progress;
    backoff.reset();
    tell({ kind: 'stored', batchId: message.progress.batch });
  };

  const emitPassing = async (message: Extract<FromWorker, { kind: 'passing' | 'state' }>): Promise<void> => {
    if (message.kind === 'passing') await host.emit(message.events);
    else {
      const { connection, fault } = message;
      await host.emit([{ type: 'state', connection, ...(fault === undefined ? {} : { fault }) }]);
    }
  };

  const settle = (id: number, finish: (call: PromiseWithResolvers<unknown>) => void): void => {
    const call = calls.get(id);
    calls.delete(id);
    if (call !== undefined) finish(call);
  };

  const receive = (message: FromWorker): void => {
    switch (message.kind) {
      case 'batch':
        inOrder(() => emitBatch(message));
        break;
      case 'passing':
      case 'state':
        inOrder(() => emitPassing(message).catch(failToEmit));
        break;
      case 'rooms':
        for (const room of message.rooms) rooms.set(room.roomId, room);
        break;
      case 'limits':
        ({ maxFileBytes } = message);
        break;
      case 'result':
        settle(message.id, (call) => call.resolve(message.value));
        break;
      case 'failure':
        settle(message.id, (call) => call.reject(new BridgeError(message.fault.code, message.fault)));
        break;
      case 'save-tokens':
        void saveTokens(message.tokens).then(
          () => tell({ kind: 'tokens-saved', id: message.id, isSaved: true }),
          () => tell({ kind: 'tokens-saved', id: message.id, isSaved: false }),
        );
        break;
      case 'log':
        host.log[message.level](message.message, message.data);
        break;
      case 'stopped':
        stopped.resolve();
        break;
    }
  };

  const onExit = (config: WorkerConfig): void => {
    worker = null;
    for (const id of [...calls.keys()]) settle(id, (call) => call.reject(new BridgeError('offline')));
    stopped.resolve();
    if (isStopping) return;
    const waitMs = backoff.next();
    host.log.warn('the Matrix worker ended', { restartInMs: Math.round(waitMs) });
    restartTimer = setTimeout(() => void restart(config), waitMs);
  };

  const restart = async (config: WorkerConfig): Promise<void> => {
    const fresh = await refreshConfig(config, progress);
    if (!isStopping) spawn(fresh);
  };

  const spawn = (config: WorkerConfig): void => {
    const made = new Worker(workerUrl(), { name: 'matrix', execArgv: [], stdin: false });
    worker = made;
    made.on('message', receive);
    made.on('error', (error) => {
      host.log.warn('the Matrix worker crashed', { error: error instanceof Error ? error.message : String(error) });
      inOrder(() => host.emit([{ type: 'state', connection: 'offline', fault: { code: 'internal' } }]).catch(failToEmit));
    });
    made.on('exit', () => onExit(config));
    tell({ kind: 'start', config });
  };

  return {
    start(config) {
      ({ progress } = config);
      spawn(config);
    },
    async stop() {
      clearTimeout(restartTimer);
      const running = worker;
      // What is being stored now may finish; what waits behind it is said again after the next start.
      isStopping = true;
      await emitting.catch(() => undefined);
      if (running === null) return;
      tell({ kind: 'stop' });
      const timer = setTimeout(stopped.resolve, stopTimeoutMs);
      await stopped.promise;
      clearTimeout(timer);
      await running.terminate();
    },
    reconnect() {
      if (worker !== null) tell({ kind: 'reconnect' });
    },
    setActive: (isActive) => tell({ kind: 'active', isActive }),
    async call<Name extends CallName>(
      name: Name,
      args: Parameters<AccountCalls[Name]>,
      signal?: AbortSignal,
    ): Promise<CallResult<Name>> {
      if (worker === null || isStopping) throw new BridgeError('offline');
      if (signal?.aborted === true) throw new BridgeError('cancelled');
      callCount += 1;
      const id = callCount;
      const call = Promise.withResolvers<unknown>();
      calls.set(id, call);
      const cancel = (): void => tell({ kind: 'cancel', id });
      signal?.addEventListener('abort', cancel, { once: true });
      tell({ kind: 'call', id, name, args });
      try {
        // The worker answers a call of this name with the result of the function of this name.
        return (await call.promise) as CallResult<Name>;
      } finally {
        signal?.removeEventListener('abort', cancel);
      }
    },
    room: (roomId) => rooms.get(roomId),
    maxFileBytes: () => maxFileBytes,
  };
};
