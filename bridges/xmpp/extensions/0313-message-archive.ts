/**
 * XEP-0313 Message Archive Management, version 1.1.2 — https://xmpp.org/extensions/xep-0313.html
 * with XEP-0059 Result Set Management, version 1.0. Left out: preferences, flipped pages.
 */
import { randomUUID } from 'node:crypto';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { bareJid } from '../jid.ts';
import { parseStamp } from './0203-delayed-delivery.ts';
import { usableId } from './0359-stable-ids.ts';
import { ns } from '../namespaces.ts';

/** Servers answer a page of 250 about as fast as one of 20, and most allow no more. */
export const archivePageSize = 250;

/** How many times what was asked for may come before the rest is left out. */
const mostPerAsked = 4;

export interface ArchiveQuery {
  /** Whose archive: a room, or absent for our own. */
  readonly archive?: string | undefined;
  readonly with?: string | undefined;
  readonly startMs?: number | undefined;
  readonly endMs?: number | undefined;
  /** Exactly one of these two; an empty `before` means the newest page. */
  readonly after?: string | undefined;
  readonly before?: string | undefined;
  readonly pageSize: number;
}

export interface ArchivedMessage {
  readonly id: string;
  readonly message: XmlElement;
  readonly stampMs: number | null;
}

export interface ArchivePage {
  /** Oldest first. */
  readonly messages: readonly ArchivedMessage[];
  readonly firstId: string | null;
  readonly lastId: string | null;
  readonly isComplete: boolean;
}

interface RunningQuery {
  readonly archive: string;
  readonly pageSize: number;
  readonly messages: ArchivedMessage[];
  onLastSeen: ((lastId: string) => void) | null;
}

/** How far back the beginning of the end of a page can be, in bytes. */
const endBytes = 2_048;
const endOfPage = /<fin\b([^<>]*)>.{0,1500}?<last>([\w.:+/=~@-]{1,256})<\/last>/s;

type Request = (payload: XmlElement, to: string | undefined) => Promise<XmlElement>;

/** Asks archives and collects the results that the server sends in between. */
export class ArchiveReader {
  readonly #ownBareJid: string;
  readonly #request: Request;
  readonly #running = new Map<string, RunningQuery>();
  /** The last bytes that were looked at; an end may come in two pieces. */
  #lookedAt = '';

  constructor(ownBareJid: string, request: Request) {
    this.#ownBareJid = ownBareJid;
    this.#request = request;
  }

  /**
   * One page.
   * @param onLastSeen told at most once, when the page seems to have arrived with more behind it, before it was parsed. A
   *   guess: only `lastId` of the page says what it really ends with.
   * @throws StanzaError `item-not-found` when the archive does not know the id any more.
   */
  async read(query: ArchiveQuery, onLastSeen: ((lastId: string) => void) | null = null): Promise<ArchivePage> {
    const queryId = randomUUID();
    const running: RunningQuery = { archive: query.archive ?? this.#ownBareJid, pageSize: query.pageSize, messages: [], onLastSeen };
    this.#running.set(queryId, running);
    try {
      const result = await this.#request(queryElement(query, queryId), query.archive);
      return toPage(result, running.messages);
    } finally {
      this.#running.delete(queryId);
    }
  }

  /**
   * Looks for the end of a page in bytes that are still to be parsed, so that the server can make the next page while we
   * read this one: it would else sit idle for as long as that takes.
   */
  lookAhead(bytes: Buffer): void {
    const waiting = [...this.#running.values()].filter(({ onLastSeen }) => onLastSeen !== null);
    const [query] = waiting;
    if (query === undefined || waiting.length > 1) {
      this.#lookedAt = '';
      return;
    }
    const text = this.#lookedAt + bytes.toString('latin1');
    this.#lookedAt = text.slice(-endBytes);
    const at = text.lastIndexOf('<fin');
    const [, attributes = '', lastId] = at < 0 ? [] : (endOfPage.exec(text.slice(at)) ?? []);
    if (lastId === undefined) return;
    this.#lookedAt = '';
    const { onLastSeen } = query;
    query.onLastSeen = null;
    if (!/complete=["'](?:true|1)["']/.test(attributes)) onLastSeen?.(lastId);
  }

  /**
   * Takes a stanza that is a result of a running query. `forged`: it claims to be one, but nobody asked, or it comes
   * from somebody else than the archive (CVE-2019-16237 and its family).
   */
  claim(stanza: XmlElement): 'taken' | 'forged' | 'other' {
    const result = stanza.child('result', ns.archive);
    if (result === undefined) return 'other';
    const running = this.#running.get(result.attribute('queryid') ?? '');
    const from = stanza.attribute('from');
    const archive = from === undefined ? this.#ownBareJid : from.includes('/') ? null : bareJid(from);
    if (running === undefined || archive !== running.archive) return 'forged';
    const forwarded = result.child('forwarded', ns.forward);
    const message = forwarded?.child('message', ns.client);
    const id = usableId(result.attribute('id'));
    // A room's server may be anybody's: one that sends without end is not listened to.
    const isTooMuch = running.messages.length >= running.pageSize * mostPerAsked;
    if (message === undefined || id === null || isTooMuch) return 'taken';
    const stamp = forwarded?.child('delay', ns.delay)?.attribute('stamp');
    running.messages.push({ id, message, stampMs: parseStamp(stamp, Date.now()) });
    return 'taken';
  }
}

function queryElement(query: ArchiveQuery, queryId: string): XmlElement {
  const field = (name: string, value: string | undefined): XmlElement | null =>
    value === undefined ? null : element('field', { var: name }, element('value', {}, value));
  const time = (atMs: number | undefined): string | undefined =>
    atMs === undefined ? undefined : new Date(atMs).toISOString();
  return element(
    'query',
    { xmlns: ns.archive, queryid: queryId },
    element(
      'x',
      { xmlns: ns.dataForms, type: 'submit' },
      element('field', { var: 'FORM_TYPE', type: 'hidden' }, element('value', {}, ns.archive)),
      field('with', query.with),
      field('start', time(query.startMs)),
      field('end', time(query.endMs)),
    ),
    element(
      'set',
      { xmlns: ns.resultSet },
      element('max', {}, String(query.pageSize)),
      query.after === undefined ? null : element('after', {}, query.after),
      query.before === undefined ? null : element('before', {}, query.before),
    ),
  );
}

function toPage(result: XmlElement, messages: readonly ArchivedMessage[]): ArchivePage {
  const fin = result.child('fin', ns.archive);
  const set = fin?.child('set', ns.resultSet);
  return {
    messages,
    firstId: set?.childText('first') ?? null,
    lastId: set?.childText('last') ?? null,
    isComplete: ['true', '1'].includes(fin?.attribute('complete') ?? '') || messages.length === 0,
  };
}
