import type { MessagePortMain } from 'electron';
import type { EngineToHost, HostInput, HostMethod, HostOutput, RpcError } from '#rpc';
import { log } from '../log.ts';
import { createDeferred } from './deferred.ts';
import type { EngineCalls } from './engine-calls.ts';
import { EngineFault } from './engine-fault.ts';
import type { EngineLink, LaunchEngine } from './engine-link.ts';
import { PagePorts } from './page-ports.ts';
import { PendingCalls } from './pending-calls.ts';
import { createRestartDelays } from './restart-delays.ts';

/** What the engine tells the shell without being asked. */
export type EngineNews = Extract<EngineToHost, { readonly type: 'notify' | 'alert' | 'alerts' | 'unread' | 'settings' }>;

export interface EngineProcessOptions {
  readonly launch: LaunchEngine;
  /** Asked once a start; the engine process comes up meanwhile. */
  readonly start: () => Promise<HostInput<'host.start'>>;
  readonly onNews: (news: EngineNews) => void;
  /** Makes a page of the engine's into a PDF. */
  readonly print: (html: string) => Promise<Buffer>;
  /** The engine cannot go on; it is not started again. */
  readonly onFatal: (error: RpcError) => void;
  readonly delays?: ReturnType<typeof createRestartDelays> | undefined;
}

/** One life of the engine, from launch to exit. */
interface Life {
  readonly link: EngineLink;
  readonly calls: PendingCalls;
  readonly ports: PagePorts;
  readonly ready: Promise<unknown>;
}

const newsTypes: ReadonlySet<string> = new Set<EngineNews['type']>(['notify', 'alert', 'alerts', 'unread', 'settings']);
const isNews = (message: EngineToHost): message is EngineNews => newsTypes.has(message.type);

const stopTimeoutMs = 5_000;
const closing = () => new EngineFault({ code: 'engine-stopped', message: 'the app is closing' });

/** Keeps one engine running: starts it, starts it again after a crash, connects pages to it, stops it in order. */
export class EngineProcess implements EngineCalls {
  readonly #options: EngineProcessOptions;
  readonly #delays: ReturnType<typeof createRestartDelays>;
  #life: Life | null = null;
  /** Resolves with the next life while there is none. */
  #coming = createDeferred<Life>();
  #isStopping = false;
  #exited: (() => void) | null = null;

  constructor(options: EngineProcessOptions) {
    this.#options = options;
    this.#delays = options.delays ?? createRestartDelays();
  }

  start(): void {
    const link = this.#options.launch({
      onMessage: (message) => this.#receive(message),
      onExit: (code) => this.#exit(code),
    });
    this.#delays.started();
    const calls = new PendingCalls(link);
    const ready = this.#options.start().then((input) => calls.call('host.start', input));
    // Whoever waits for `ready` sees the failure; here it only must not count as unhandled.
    ready.catch((error: unknown) => log('the engine did not start', error));
    this.#life = { link, calls, ports: new PagePorts(link), ready };
    this.#coming.resolve(this.#life);
  }

  async call<Method extends HostMethod>(method: Method, input: HostInput<Method>): Promise<HostOutput<Method>> {
    const life = await this.#ready();
    return await life.calls.call(method, input);
  }

  /** Gives a page's port to the engine, as soon as there is one. */
  async connectPage(port: MessagePortMain): Promise<void> {
    const life = await this.#ready();
    life.ports.open(port);
  }

  /** Lets the engine finish what it writes; after five seconds it is ended. */
  async stop(): Promise<void> {
    if (this.#isStopping) return;
    this.#isStopping = true;
    this.#coming.reject(closing());
    const life = this.#life;
    if (life === null) return;
    const exited = new Promise<void>((resolve) => (this.#exited = resolve));
    const timer = setTimeout(() => life.link.kill(), stopTimeoutMs);
    life.calls.call('host.stop', {}).then(
      () => life.link.kill(),
      () => undefined,
    );
    await exited;
    clearTimeout(timer);
  }

  /** The life that answers. One that ends while it starts is not the last word: the next one is waited for. */
  async #ready(): Promise<Life> {
    while (!this.#isStopping) {
      const life = this.#life ?? (await this.#coming.promise);
      try {
        await life.ready;
        return life;
      } catch (error) {
        if (this.#life === life) throw error;
      }
    }
    throw closing();
  }

  #receive(message: EngineToHost): void {
    if (this.#life?.calls.take(message) || this.#life?.ports.take(message)) return;
    if (message.type === 'fatal') {
      this.#isStopping = true;
      this.#options.onFatal(message.error);
    } else if (message.type === 'print') {
      void this.#print(message.id, message.html);
    } else if (isNews(message)) {
      this.#options.onNews(message);
    }
  }

  async #print(id: number, html: string): Promise<void> {
    const link = this.#life?.link;
    let pdf: string | null = null;
    try {
      pdf = (await this.#options.print(html)).toString('base64');
    } catch (error) {
      log('a page could not be printed', error);
    }
    // A new engine does not know what the one before it asked for.
    if (link !== undefined && this.#life?.link === link) link.post({ type: 'printed', id, pdf });
  }

  #exit(code: number | null): void {
    const life = this.#life;
    this.#life = null;
    life?.calls.close();
    life?.ports.close();
    this.#exited?.();
    if (this.#isStopping) return;
    this.#coming = createDeferred();
    const delayMs = this.#delays.next();
    log(`the engine ended with ${code ?? 'a signal'}; starting it again in ${delayMs} ms`);
    setTimeout(() => {
      if (!this.#isStopping) this.start();
    }, delayMs);
  }
}
