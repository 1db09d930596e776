import type { BridgeEvent } from '#bridge';
import { personOf } from './ids.ts';
import { bareJid } from './jid.ts';
import { element, type XmlElement } from './stream/xml/element.ts';
import { ns } from './namespaces.ts';

export type Subscription = 'none' | 'to' | 'from' | 'both';

/** Plain JSON: it is saved. */
export type Contact = {
  readonly jid: string;
  readonly name: string | null;
  readonly subscription: Subscription;
};

/** A few hundred contacts. */
const mostSavedLength = 64 * 1024;

const subscriptions: ReadonlySet<string> = new Set(['none', 'to', 'from', 'both']);

/** The contact list that the server keeps (RFC 6121 section 2). Left out: groups, roster versioning. */
export class Roster {
  readonly #contacts = new Map<string, Contact>();
  #isLoaded = false;
  #snapshot: readonly Contact[] | null | undefined;

  /** What an earlier run knew. It holds only as long as that run's session, which brings every change. */
  constructor(saved: readonly Contact[] | null = null) {
    this.#isLoaded = saved !== null;
    for (const contact of saved ?? []) this.#contacts.set(contact.jid, contact);
  }

  /** False until the server told it, or an earlier run had it told. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** To be saved with every stanza, so null when that would cost more than asking the server again. */
  get snapshot(): readonly Contact[] | null {
    if (!this.#isLoaded) return null;
    if (this.#snapshot === undefined) {
      const contacts = [...this.#contacts.values()];
      this.#snapshot = JSON.stringify(contacts).length > mostSavedLength ? null : contacts;
    }
    return this.#snapshot;
  }

  contact(jid: string): Contact | undefined {
    return this.#contacts.get(jid);
  }

  /** Whether this person may know when we are there and what we read. */
  seesPresence(jid: string): boolean {
    return ['from', 'both'].includes(this.#contacts.get(jid)?.subscription ?? 'none');
  }

  /** Takes the whole list. @returns the people in it. */
  load(result: XmlElement): BridgeEvent[] {
    this.#snapshot = undefined;
    this.#contacts.clear();
    this.#isLoaded = true;
    return (result.child('query', ns.roster)?.childrenNamed('item') ?? []).flatMap((item) => this.#take(item));
  }

  /** Takes one change. The caller made sure that it is our own server who tells it. */
  push(query: XmlElement): BridgeEvent[] {
    return query.childrenNamed('item').slice(0, 1).flatMap((item) => this.#take(item));
  }

  #take(item: XmlElement): BridgeEvent[] {
    const jid = bareJid(item.attribute('jid'));
    if (jid === null) return [];
    this.#snapshot = undefined;
    const subscription = item.attribute('subscription') ?? 'none';
    if (subscription === 'remove') {
      this.#contacts.delete(jid);
      return [{ type: 'presence', personId: personOf(jid), presence: 'unknown' }];
    }
    const name = item.attribute('name')?.slice(0, 200) ?? '';
    this.#contacts.set(jid, {
      jid,
      name: name === '' ? null : name,
      subscription: subscriptions.has(subscription) ? (subscription as Subscription) : 'none',
    });
    return [this.person(jid)];
  }

  person(jid: string): BridgeEvent {
    const displayName = this.#contacts.get(jid)?.name ?? null;
    return { type: 'person.upserted', person: { remoteId: personOf(jid), displayName, handle: jid } };
  }
}

export const rosterQuery = (): XmlElement => element('query', { xmlns: ns.roster });

/**
 * The query of a roster push, `forged` when somebody else than our own account or server sent it: anybody can send
 * such a stanza (CVE-2015-8688 and its family). Null: no roster push.
 */
export function readRosterPush(stanza: XmlElement, ownBareJid: string): XmlElement | 'forged' | null {
  const query = stanza.child('query', ns.roster);
  if (stanza.name !== 'iq' || stanza.attribute('type') !== 'set' || query === undefined) return null;
  const from = stanza.attribute('from');
  if (from === undefined) return query;
  return !from.includes('/') && bareJid(from) === ownBareJid ? query : 'forged';
}
