/** Entry of the worker thread: passes messages between the session and the account. */
import { parentPort, type MessagePort } from 'node:worker_threads';
import { BridgeError, type BridgeFault } from '#bridge';
import { toBridgeError } from '../errors.ts';
import type { Tokens } from '../refresh.ts';
import { createAccount, type Account } from './account.ts';
import { accountCalls } from './answer-call.ts';
import type { FromWorker, ToWorker, WorkerConfig } from './protocol.ts';
import { silenceLogs } from './silence-logs.ts';

const requirePort = (): MessagePort => {
  if (parentPort === null) throw new Error('this file runs in a worker thread');
  return parentPort;
};
const port = requirePort();

const post = (message: FromWorker): void => port.postMessage(message);
const running = new Map<number, AbortController>();
const savings = new Map<number, PromiseWithResolvers<void>>();
let savingCount = 0;
let account: Account | null = null;

/** Ends this thread; the session starts another one after a while. */
const giveUp = (fault: BridgeFault): void => {
  post({ kind: 'state', connection: 'offline', fault });
  endThread();
};
const endThread = (): void => void setImmediate(() => process.exit(1));

/** Asks the session to keep new tokens; resolves when they are safe. */
const saveTokens = (tokens: Tokens): Promise<void> => {
  savingCount += 1;
  const saving = Promise.withResolvers<void>();
  savings.set(savingCount, saving);
  post({ kind: 'save-tokens', id: savingCount, tokens });
  return saving.promise;
};

const isBusy = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && String(error.code).startsWith('SQLITE_BUSY');

const start = async (config: WorkerConfig): Promise<void> => {
  try {
    account = createAccount({ config, post, saveTokens, onDiskFault: giveUp, onStartOver: endThread });
    await account.start();
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    giveUp({ code: isBusy(error) ? 'conflict' : 'internal', detail });
  }
};

const stop = (): void => {
  for (const controller of running.values()) controller.abort();
  account?.stop();
  account = null;
  post({ kind: 'stopped' });
};

const answer = async (message: Extract<ToWorker, { kind: 'call' }>): Promise<void> => {
  const { id, name, args } = message;
  const controller = new AbortController();
  running.set(id, controller);
  try {
    if (account === null) throw new BridgeError('offline');
    // The session's typed proxy made the call; name and arguments belong together.
    const call = accountCalls(account.context, controller.signal)[name] as (...values: readonly unknown[]) => Promise<unknown>;
    post({ kind: 'result', id, value: await call(...args) });
  } catch (error) {
    // Stopped in the middle of it: whatever broke, it can be tried again.
    const fault: BridgeFault =
      account === null ? { code: 'offline' } : toBridgeError(error, new URL(account.context.baseUrl).host, Date.now()).fault;
    post({ kind: 'failure', id, fault });
  } finally {
    running.delete(id);
  }
};

const receive = (message: ToWorker): void => {
  switch (message.kind) {
    case 'start':
      void start(message.config);
      break;
    case 'stop':
      stop();
      break;
    case 'reconnect':
      account?.reconnect();
      break;
    case 'active':
      account?.context.bridgeWatch.setActive(message.isActive);
      break;
    case 'stored':
      account?.stored(message.batchId);
      break;
    case 'call':
      void answer(message);
      break;
    case 'cancel':
      running.get(message.id)?.abort();
      break;
    case 'tokens-saved': {
      const saving = savings.get(message.id);
      savings.delete(message.id);
      if (message.isSaved) saving?.resolve();
      else saving?.reject(new BridgeError('internal', { detail: 'the new tokens could not be saved' }));
      break;
    }
  }
};

silenceLogs();
// The SDK lets promises fail where an event is odd; that must not end the account.
process.on('unhandledRejection', (reason) => {
  const detail = reason instanceof Error ? `${reason.name} ${reason.stack?.split('\n')[1]?.trim() ?? ''}` : typeof reason;
  post({ kind: 'log', level: 'warn', message: 'a promise failed unheard', data: { detail } });
});
port.on('message', receive);
