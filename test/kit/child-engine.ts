import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { EngineToHost, HostInput, HostMethod, HostOutput, HostToEngine, RpcError, RpcInput, RpcMethod, RpcOutput } from '#rpc';

/** An engine process, with this test as its host and its one page. */
export interface ChildEngine {
  readonly pid: number;
  readonly heard: EngineToHost[];
  host<Method extends HostMethod>(method: Method, input: HostInput<Method>): Promise<HostOutput<Method>>;
  call<Method extends RpcMethod>(method: Method, input: RpcInput<Method>): Promise<RpcOutput<Method>>;
  /** SIGKILL; resolves when it is gone. */
  kill(): Promise<void>;
  closeStdin(): void;
  readonly exited: Promise<number | null>;
  readonly stderr: () => string;
  readonly args: readonly string[];
}

export class EngineGone extends Error {}

/** Starts `script` under this Node and speaks to it over its pipes. */
export const spawnEngine = (script: string, args: readonly string[] = []): ChildEngine => {
  const child = spawn(process.execPath, [script, ...args], { stdio: ['pipe', 'pipe', 'pipe'] });
  const heard: EngineToHost[] = [];
  const waiting = new Map<string, { resolve: (value: never) => void; reject: (error: Error) => void }>();
  let stderr = '';
  let nextId = 1;
  let isGone = false;
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.on('error', () => {});
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  void exited.then(() => {
    isGone = true;
    for (const { reject } of waiting.values()) reject(new EngineGone('the engine is gone'));
    waiting.clear();
  });

  const settle = (key: string, answer: { readonly output: unknown } | { readonly error: RpcError }): void => {
    const waiter = waiting.get(key);
    waiting.delete(key);
    if ('error' in answer) waiter?.reject(Object.assign(new Error(answer.error.code), answer.error));
    else waiter?.resolve(answer.output as never);
  };
  createInterface({ input: child.stdout }).on('line', (line) => {
    const message = JSON.parse(line) as EngineToHost;
    if (message.type === 'host-answer') settle(`h${message.id}`, { output: message.output });
    else if (message.type === 'host-error') settle(`h${message.id}`, { error: message.error });
    else if (message.type === 'engine-frame' && 'id' in message.frame) settle(`c${message.frame.id}`, message.frame);
    else heard.push(message);
  });
  const post = (message: HostToEngine): void => void child.stdin.write(`${JSON.stringify(message)}\n`);
  const ask = (key: string, message: HostToEngine): Promise<never> =>
    new Promise((resolve, reject) => {
      if (isGone) return reject(new EngineGone('the engine is gone'));
      waiting.set(key, { resolve, reject });
      post(message);
    });

  return {
    pid: child.pid ?? 0,
    heard,
    host: async (method, input) => {
      const id = nextId++;
      const output = await ask(`h${id}`, { type: 'host-call', id, method, input });
      if (method === 'host.start') post({ type: 'client-opened', client: 1 });
      return output;
    },
    call: (method, input) => {
      const id = nextId++;
      return ask(`c${id}`, { type: 'client-frame', client: 1, frame: { id, method, input } });
    },
    kill: async () => {
      child.kill('SIGKILL');
      await exited;
    },
    closeStdin: () => child.stdin.end(),
    exited,
    stderr: () => stderr,
    args: child.spawnargs,
  };
};
