import { randomBytes } from 'node:crypto';
import { onTestFinished } from 'vitest';
import type { BridgeDefinition } from '#bridge';
import {
  fromColumns,
  type AccountRow,
  type ConversationRow,
  type EngineFrame,
  type MessageRow,
  type RpcError,
  type RpcEvent,
  type RpcEvents,
  type RpcInput,
  type RpcMethod,
  type RpcOutput,
} from '#rpc';
import type { Engine } from '../../electron/engine/engine.ts';
import { createEngine } from '../../electron/engine/index.ts';
import { tempFolder } from './temp-folder.ts';
import { until } from './until.ts';

export interface HeardEvent {
  readonly event: RpcEvent;
  readonly payload: unknown;
}

/** A page connected to an engine inside the test. */
export interface EngineClient {
  readonly engine: Engine;
  readonly profileDir: string;
  readonly vaultKey: Uint8Array | null;
  readonly events: HeardEvent[];
  /** @throws the RpcError when the engine refuses */
  call<Method extends RpcMethod>(method: Method, input: RpcInput<Method>): Promise<RpcOutput<Method>>;
  /** Any method, any input: what a hostile page may do. */
  raw(method: string, input: unknown): Promise<{ readonly output?: unknown; readonly error?: RpcError }>;
  of<Event extends RpcEvent>(event: Event): RpcEvents[Event][];
  accounts(): Promise<readonly AccountRow[]>;
  conversations(): Promise<ConversationRow[]>;
  messages(conversation: ConversationRow): Promise<MessageRow[]>;
  stop(): Promise<void>;
}

export interface EngineClientOptions {
  readonly bridges?: readonly BridgeDefinition[];
  readonly profileDir?: string;
  readonly vaultKey?: Uint8Array | null;
  readonly now?: () => number;
}

/** Starts an engine on a profile of this test's own and connects a page to it. */
export const startEngine = async (options: EngineClientOptions = {}): Promise<EngineClient> => {
  const profileDir = options.profileDir ?? tempFolder('profile');
  const vaultKey = options.vaultKey === undefined ? randomBytes(32) : options.vaultKey;
  const { bridges = [], now } = options;
  const engine = await createEngine({ profileDir, appVersion: '0.0.0', host: 'electron', vaultKey, bridges, now });
  const events: HeardEvent[] = [];
  const waiting = new Map<number, (frame: EngineFrame) => void>();
  let deliver: (frame: unknown) => void = () => {};
  let nextId = 1;
  let isStopped = false;
  engine.handleClient({
    post: (frame) => {
      if ('event' in frame) events.push({ event: frame.event, payload: frame.payload });
      else waiting.get(frame.id)?.(frame);
    },
    onFrame: (listener) => {
      deliver = listener;
    },
    onClose: () => {},
  });
  const stop = async (): Promise<void> => {
    if (isStopped) return;
    isStopped = true;
    await engine.stop();
  };
  onTestFinished(stop);

  const raw: EngineClient['raw'] = (method, input) =>
    new Promise((resolve) => {
      const id = nextId++;
      waiting.set(id, (frame) => resolve(frame as { output?: unknown; error?: RpcError }));
      deliver({ id, method, input });
    });
  const call: EngineClient['call'] = async (method, input) => {
    const { output, error } = await raw(method, input);
    if (error) throw Object.assign(new Error(`${method}: ${error.code} ${error.message}`), error);
    return output as RpcOutput<typeof method>;
  };
  return {
    engine,
    profileDir,
    vaultKey,
    events,
    call,
    raw,
    of: (event) => events.filter((one) => one.event === event).map((one) => one.payload as RpcEvents[typeof event]),
    accounts: async () => (await call('app.start', {})).accounts,
    conversations: async () => fromColumns((await call('conversations.list', { filter: {}, after: null, limit: 500 })).rows),
    messages: async ({ id }) =>
      fromColumns((await call('messages.page', { conversationId: id, anchor: { kind: 'newest' }, limit: 500 })).rows),
    stop,
  };
};

/** Adds an account of the fake network and waits until it is online. */
export const addFakeAccount = async (client: EngineClient, address = 'me@fake', password = 'secret'): Promise<AccountRow> => {
  const added = await client.call('accounts.add', {
    bridgeId: 'fake' as AccountRow['bridgeId'],
    flowId: 'password',
    values: { address, password },
  });
  await until(async () => (await client.accounts()).find(({ id }) => id === added.id)?.state === 'online', { label: 'online' });
  return added;
};
