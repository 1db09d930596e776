import { mkdirSync } from 'node:fs';
import {
  BridgeError,
  toFault,
  type BridgeAccount,
  type BridgeDefinition,
  type BridgeEvent,
  type BridgeFault,
  type BridgeHost,
  type BridgeSession,
  type Json,
  type SecretStore,
} from '#bridge';
import { createBackoff, type Backoff } from '#kit';
import type { AccountState } from '#rpc';
import type { Log } from '../log/log.ts';

export interface AccountRunnerOptions {
  readonly definition: BridgeDefinition;
  readonly account: BridgeAccount;
  readonly secrets: SecretStore;
  readonly dataDir: string;
  readonly log: Log;
  readonly now: () => number;
  readonly readState: () => Json | null;
  /** Stores events and resolves after the commit. */
  readonly ingest: (events: readonly BridgeEvent[], savedState: Json | undefined) => Promise<void>;
  readonly onState: (state: AccountState, fault: BridgeFault | null) => void;
  readonly backoff?: Backoff | undefined;
}

const leastRestartMs = 5_000;
const mostRestartMs = 5 * 60_000;
/** A bridge that does not come to an end is left behind. */
const stopTimeoutMs = 3_000;

/**
 * Runs the session of one account. Whatever a bridge throws ends up as a fault of this account and a new try
 * later, never as an error of the engine.
 */
export class AccountRunner {
  readonly #options: AccountRunnerOptions;
  readonly #backoff: Backoff;
  #session: BridgeSession | null = null;
  #abort = new AbortController();
  #restartTimer: NodeJS.Timeout | null = null;

  constructor(options: AccountRunnerOptions) {
    this.#options = options;
    this.#backoff = options.backoff ?? createBackoff({ leastMs: leastRestartMs, mostMs: mostRestartMs });
  }

  get session(): BridgeSession | null {
    return this.#session;
  }

  /** Opens the session and lets it connect; returns at once. */
  start(): void {
    if (this.#session !== null || this.#restartTimer !== null) return;
    this.#abort = new AbortController();
    try {
      const session = this.#options.definition.open(this.#options.account, this.#options.readState(), this.#hostFor(this.#abort));
      this.#session = session;
      this.#options.onState('connecting', null);
      session.start().catch((error: unknown) => this.#crashed(session, error));
    } catch (error) {
      this.#crashed(null, error);
    }
  }

  /** Ends the session for good; no event of it is stored afterwards. */
  async stop(): Promise<void> {
    this.#clearRestart();
    const session = this.#session;
    this.#session = null;
    if (session !== null) await this.#end(session);
    this.#abort.abort();
  }

  reconnect(): void {
    if (this.#restartTimer !== null) {
      this.#clearRestart();
      this.start();
      return;
    }
    try {
      this.#session?.reconnect();
    } catch (error) {
      this.#crashed(this.#session, error);
    }
  }

  /** A host without a session, for signing out. */
  hostForLogout(signal: AbortSignal): BridgeHost {
    return { ...this.#hostFor(new AbortController()), emit: async () => {}, signal };
  }

  #hostFor(abort: AbortController): BridgeHost {
    const { ingest, secrets, dataDir, log } = this.#options;
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    return {
      emit: async (events, savedState) => {
        if (abort.signal.aborted) throw new BridgeError('cancelled', { detail: 'the account was stopped' });
        await ingest(events, savedState);
        if (!abort.signal.aborted) this.#noteStates(events);
      },
      secrets,
      log: { debug: log.debug, info: log.info, warn: log.warn },
      signal: abort.signal,
      dataDir,
    };
  }

  #noteStates(events: readonly BridgeEvent[]): void {
    for (const event of events) {
      if (event.type !== 'state') continue;
      if (event.connection === 'online') this.#backoff.reset();
      this.#options.onState(event.connection, event.fault ?? null);
    }
  }

  #crashed(session: BridgeSession | null, error: unknown): void {
    if (session !== this.#session) return;
    this.#options.log.error('bridge failed', { error });
    this.#session = null;
    this.#abort.abort();
    if (session !== null) void this.#end(session);
    const retryInMs = this.#backoff.next();
    this.#options.onState('offline', { ...toFault(error), retryAtMs: this.#options.now() + Math.round(retryInMs) });
    this.#restartTimer = setTimeout(() => {
      this.#restartTimer = null;
      this.start();
    }, retryInMs);
    this.#restartTimer.unref();
  }

  async #end(session: BridgeSession): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const timeout = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, stopTimeoutMs);
    });
    // Called inside the chain: a bridge may also throw before it returns a promise.
    const stopped = Promise.resolve().then(() => session.stop());
    await Promise.race([stopped.catch((error: unknown) => this.#options.log.warn('stop failed', { error })), timeout]);
    clearTimeout(timer);
  }

  #clearRestart(): void {
    if (this.#restartTimer !== null) clearTimeout(this.#restartTimer);
    this.#restartTimer = null;
  }
}
