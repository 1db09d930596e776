import type { EngineToHost, HostInput, HostMethod, HostOutput } from '#rpc';
import type { EngineCalls } from './engine-calls.ts';
import { EngineFault } from './engine-fault.ts';
import type { EngineLink } from './engine-link.ts';

interface Waiting {
  readonly resolve: (output: never) => void;
  readonly reject: (error: EngineFault) => void;
}

const stopped = () => new EngineFault({ code: 'engine-stopped', message: 'the engine is not running' });

/** Numbers the host's calls over one link and matches the answers to them. */
export class PendingCalls implements EngineCalls {
  readonly #link: EngineLink;
  readonly #waiting = new Map<number, Waiting>();
  #nextId = 1;
  #isClosed = false;

  constructor(link: EngineLink) {
    this.#link = link;
  }

  call<Method extends HostMethod>(method: Method, input: HostInput<Method>): Promise<HostOutput<Method>> {
    if (this.#isClosed) return Promise.reject(stopped());
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.#link.post({ type: 'host-call', id, method, input });
    });
  }

  /** @returns whether the message was an answer to a call */
  take(message: EngineToHost): boolean {
    if (message.type !== 'host-answer' && message.type !== 'host-error') return false;
    const waiting = this.#waiting.get(message.id);
    this.#waiting.delete(message.id);
    if (message.type === 'host-answer') waiting?.resolve(message.output as never);
    else waiting?.reject(new EngineFault(message.error));
    return true;
  }

  /** The engine is gone: nobody will answer any more. */
  close(): void {
    this.#isClosed = true;
    for (const waiting of this.#waiting.values()) waiting.reject(stopped());
    this.#waiting.clear();
  }
}
