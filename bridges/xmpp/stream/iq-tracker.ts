import { randomUUID } from 'node:crypto';
import { BridgeError } from '#bridge';
import { bareJid, fullJid } from '../jid.ts';
import { StanzaError } from './stanza-error.ts';
import type { XmlElement } from './xml/element.ts';
import { element } from './xml/element.ts';

export interface IqRequest {
  readonly type: 'get' | 'set';
  /** Absent: our own account. */
  readonly to?: string | undefined;
  readonly payload: XmlElement;
  readonly deadlineMs?: number | undefined;
}

interface PendingIq {
  readonly to: string | null;
  resolve(result: XmlElement): void;
  reject(error: BridgeError): void;
  readonly timer: NodeJS.Timeout;
}

const usualDeadlineMs = 30_000;

/**
 * Requests waiting for their answers (RFC 6120 section 8.2.3). Ids cannot be guessed, and an answer counts only when
 * it comes from whom was asked: anybody may send a stanza with any id.
 */
export class IqTracker {
  readonly #pending = new Map<string, PendingIq>();

  /** Sends through `write` and waits. @throws StanzaError for an error answer, BridgeError when none comes. */
  request(request: IqRequest, write: (stanza: XmlElement) => void): Promise<XmlElement> {
    const id = randomUUID();
    const { type, to, payload, deadlineMs = usualDeadlineMs } = request;
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        this.#pending.delete(id);
        reject(new BridgeError('server-unreachable', { server: to, detail: 'no answer in time' }));
      }, deadlineMs);
      this.#pending.set(id, { to: to ?? null, resolve, reject, timer });
      write(element('iq', { type, id, to }, payload));
    });
  }

  /** @returns false when the stanza answers nothing we asked, or comes from somebody else. */
  settle(stanza: XmlElement, ownJid: string): boolean {
    const id = stanza.attribute('id') ?? '';
    const pending = this.#pending.get(id);
    if (pending === undefined || !isExpectedSender(stanza.attribute('from'), pending.to, ownJid)) return false;
    this.#pending.delete(id);
    clearTimeout(pending.timer);
    if (stanza.attribute('type') === 'result') pending.resolve(stanza);
    else pending.reject(StanzaError.from(stanza));
    return true;
  }

  /** The session that would have brought the answers is gone. */
  rejectAll(): void {
    for (const pending of this.#pending.values()) {
      clearTimeout(pending.timer);
      pending.reject(new BridgeError('offline'));
    }
    this.#pending.clear();
  }
}

/** RFC 6120 section 8.1.2.1: an answer of our own account may come without `from`, or from our bare address. */
function isExpectedSender(from: string | undefined, askedTo: string | null, ownJid: string): boolean {
  const ownBare = bareJid(ownJid);
  const sender = from === undefined ? ownBare : fullJid(from);
  if (sender === null) return false;
  if (askedTo !== null && fullJid(askedTo) !== ownBare) return sender === fullJid(askedTo);
  const ownDomain = ownBare?.slice(ownBare.indexOf('@') + 1);
  return sender === ownBare || sender === ownJid || (askedTo === null && sender === ownDomain);
}
