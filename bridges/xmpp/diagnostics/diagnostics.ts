import { BridgeError, type ConsoleLine, type DiagnosticsAbility, type ReportSection } from '#bridge';
import type { AccountLink } from '../account-link.ts';
import type { StreamEngine } from '../stream/stream-engine.ts';
import { askServer } from './ask-server.ts';
import { makeReport } from './connection-report.ts';
import { readRaw } from './read-raw.ts';
import type { WireLog } from './wire-log.ts';

type Link = Pick<AccountLink, 'domain' | 'ownBareJid'>;
type Engine = Pick<StreamEngine, 'connectionFacts' | 'isOnline' | 'jid' | 'request' | 'send'>;

/** The looking glass of one account: how it is connected, and what goes over the wire. */
export class Diagnostics implements DiagnosticsAbility {
  readonly #link: Link;
  readonly #engine: Engine;
  readonly #wire: WireLog;

  constructor(link: Link, engine: Engine, wire: WireLog) {
    this.#link = link;
    this.#engine = engine;
    this.#wire = wire;
  }

  async report(signal: AbortSignal): Promise<readonly ReportSection[]> {
    const { domain, ownBareJid } = this.#link;
    const asked = this.#engine.isOnline ? askServer((iq) => this.#engine.request(iq), domain, ownBareJid) : null;
    const answers = asked === null ? null : await untilAborted(asked, signal);
    const { connectionFacts: facts, jid } = this.#engine;
    return makeReport({ facts, answers, domain, jid, nowMs: Date.now() });
  }

  watch(listener: (lines: readonly ConsoleLine[]) => void): () => void {
    return this.#wire.watch(listener);
  }

  async sendRaw(text: string): Promise<void> {
    const stanzas = readRaw(text, this.#link.ownBareJid);
    for (const stanza of stanzas) if (!this.#engine.send(stanza)) throw new BridgeError('offline');
  }
}

const untilAborted = <Value>(work: Promise<Value>, signal: AbortSignal): Promise<Value> =>
  new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new BridgeError('cancelled'));
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
