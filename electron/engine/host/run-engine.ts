import type { HostInput, HostMethod, HostToEngine, RpcError } from '#rpc';
import type { Engine } from '../engine.ts';
import { toRpcError } from '../rpc/to-rpc-error.ts';
import type { HostLink, PagePort } from './host-link.ts';
import { PipedPages, portTransport } from './page-clients.ts';
import { createPagePrinter } from './page-printer.ts';
import type { PrintPage } from '../crm/connector.ts';
import { tellHost } from './tell-host.ts';

type HostCall = Extract<HostToEngine, { readonly type: 'host-call' }>;

export interface RunOptions {
  readonly link: HostLink;
  readonly start: (input: HostInput<'host.start'>, print: PrintPage) => Promise<Engine>;
  /** Ends the process. */
  readonly exit: (code: number) => void;
  readonly onError: (error: unknown) => void;
}

/** Exit code when the engine cannot work with this profile; starting it again would not help. */
const fatalExitCode = 3;

/** Answers the host until it asks to stop or goes away. */
export const runEngine = ({ link, start, exit, onError }: RunOptions): void => {
  const pages = new PipedPages(link);
  const printer = createPagePrinter(link);
  let engine: Engine | null = null;

  const leave = async (code: number): Promise<void> => {
    const running = engine;
    engine = null;
    await running?.stop().catch(onError);
    await link.flush();
    exit(code);
  };

  const startOnce = async (call: HostCall): Promise<void> => {
    if (engine !== null) throw new Error('the engine runs already');
    try {
      engine = await start(call.input as HostInput<'host.start'>, printer.print);
    } catch (error) {
      const rpcError = toRpcError(error, onError);
      link.post({ type: 'fatal', error: rpcError });
      link.post({ type: 'host-error', id: call.id, error: rpcError });
      await leave(fatalExitCode);
      return;
    }
    tellHost(engine, link);
    link.post({ type: 'host-answer', id: call.id, output: { isReady: true } });
  };

  const answer = async (call: HostCall): Promise<void> => {
    const { id, method } = call;
    if (method === 'host.start') return startOnce(call);
    if (method === 'host.stop') {
      const running = engine;
      engine = null;
      await running?.stop();
      link.post({ type: 'host-answer', id, output: { isStopped: true } });
      return leave(0);
    }
    if (engine === null) throw new Error('the engine was not started');
    link.post({ type: 'host-answer', id, output: await askEngine(engine, method, call.input) });
  };

  const receive = (message: HostToEngine, port: PagePort | null): void => {
    switch (message.type) {
      case 'host-call':
        answer(message).catch((error: unknown) => {
          const rpcError: RpcError = toRpcError(error, onError);
          link.post({ type: 'host-error', id: message.id, error: rpcError });
        });
        break;
      case 'client-opened':
        engine?.handleClient(port === null ? pages.open(message.client) : portTransport(port));
        break;
      case 'client-frame':
        pages.frame(message.client, message.frame);
        break;
      case 'client-closed':
        pages.close(message.client);
        break;
      case 'printed':
        printer.take(message);
        break;
    }
  };

  link.onMessage(receive);
  link.onClose(() => void leave(0));
};

const askEngine = (
  engine: Engine,
  method: Exclude<HostMethod, 'host.start' | 'host.stop'>,
  input: HostInput<HostMethod>,
): Promise<unknown> => {
  // One of the methods, with the input that belongs to it: the host is ours and typed.
  const ask = engine.host[method] as (input: HostInput<HostMethod>) => Promise<unknown>;
  return ask(input);
};
