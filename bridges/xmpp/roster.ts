import type { BridgeEvent, ContactBond } from '#bridge';
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
  /** Absent: none. */
  readonly groups?: readonly string[];
  /** We asked to see their presence and they did not decide. */
  readonly isAsked?: boolean;
};

/** What is kept of the list between runs. */
export interface SavedRoster {
  readonly roster: readonly Contact[] | null;
  readonly rosterVersion: string | null;
}

/** A few hundred contacts. */
const mostSavedLength = 64 * 1024;
const longestName = 200;
const mostGroups = 50;
const mostContacts = 20_000;
const longestVersion = 1_024;

const subscriptions: ReadonlySet<string> = new Set(['none', 'to', 'from', 'both']);
const bonds: Readonly<Record<Subscription, ContactBond>> = { none: 'none', to: 'we-see', from: 'sees-us', both: 'mutual' };

/**
 * The contact list that the server keeps (RFC 6121 section 2), with versioning (section 2.6): what an earlier run knew
 * stays true when the server answers with nothing.
 */
export class Roster {
  readonly #contacts = new Map<string, Contact>();
  /** What contacts call themselves. */
  readonly #nicknames = new Map<string, string>();
  #isLoaded = false;
  #snapshot: readonly Contact[] | null | undefined;
  #version: string | null;

  /** What an earlier run knew. It holds only as long as that run's session, which brings every change. */
  constructor(saved: readonly Contact[] | null = null, version: string | null = null) {
    this.#isLoaded = saved !== null;
    this.#version = saved === null ? null : version;
    for (const contact of saved ?? []) this.#contacts.set(contact.jid, contact);
  }

  /** False until the server told it, or an earlier run had it told. */
  get isLoaded(): boolean {
    return this.#isLoaded;
  }

  /** The version that we have; null: none, the whole list has to come. */
  get version(): string | null {
    return this.#isLoaded ? this.#version : null;
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

  get saved(): SavedRoster {
    const roster = this.snapshot;
    return { roster, rosterVersion: roster === null ? null : this.#version };
  }

  /** Everybody in it. */
  get addresses(): readonly string[] {
    return [...this.#contacts.keys()];
  }

  contact(jid: string): Contact | undefined {
    return this.#contacts.get(jid);
  }

  /** Whether this person may know when we are there and what we read. */
  seesPresence(jid: string): boolean {
    return ['from', 'both'].includes(this.#contacts.get(jid)?.subscription ?? 'none');
  }

  /** Takes the whole list; an empty answer says that ours is the newest. @returns the people in it. */
  load(result: XmlElement): BridgeEvent[] {
    const query = result.child('query', ns.roster);
    if (query === undefined) return [];
    this.#snapshot = undefined;
    this.#contacts.clear();
    this.#isLoaded = true;
    this.#noteVersion(query);
    const people = query.childrenNamed('item').slice(0, mostContacts).flatMap((item) => this.#take(item) ?? []);
    const contacts = [...this.#contacts.values()].map(toContact);
    return [...people, { type: 'contacts.replaced', contacts }];
  }

  /** Takes one change. The caller made sure that it is our own server who tells it. */
  push(query: XmlElement): BridgeEvent[] {
    const [item] = query.childrenNamed('item');
    const jid = bareJid(item?.attribute('jid'));
    if (item === undefined || jid === null) return [];
    this.#noteVersion(query);
    const events = this.#take(item);
    if (events === null) return [];
    const contact = this.#contacts.get(jid);
    if (contact === undefined) return [...events, { type: 'contact.deleted', personId: personOf(jid) }];
    return [...events, { type: 'contact.upserted', contact: toContact(contact) }];
  }

  #noteVersion(query: XmlElement): void {
    const version = query.attribute('ver');
    this.#version = version === undefined || version.length > longestVersion ? null : version;
  }

  #take(item: XmlElement): BridgeEvent[] | null {
    const jid = bareJid(item.attribute('jid'));
    if (jid === null) return null;
    this.#snapshot = undefined;
    const subscription = item.attribute('subscription') ?? 'none';
    if (subscription === 'remove') {
      this.#contacts.delete(jid);
      return [{ type: 'presence', personId: personOf(jid), presence: 'unknown' }];
    }
    if (this.#contacts.size >= mostContacts && !this.#contacts.has(jid)) return null;
    const name = item.attribute('name')?.slice(0, longestName) ?? '';
    const groups = item.childrenNamed('group').slice(0, mostGroups).map((group) => group.text().slice(0, longestName));
    this.#contacts.set(jid, {
      jid,
      name: name === '' ? null : name,
      subscription: subscriptions.has(subscription) ? (subscription as Subscription) : 'none',
      ...(groups.length === 0 ? {} : { groups: [...new Set(groups)].filter((group) => group !== '') }),
      ...(item.attribute('ask') === 'subscribe' ? { isAsked: true } : {}),
    });
    return [this.person(jid)];
  }

  /** Null: none any more. @returns whether it changes how the person is shown */
  noteNickname(jid: string, nickname: string | null): boolean {
    const before = this.#nicknames.get(jid) ?? null;
    if (this.#nicknames.size >= mostContacts) this.#nicknames.clear();
    if (nickname === null) this.#nicknames.delete(jid);
    else this.#nicknames.set(jid, nickname);
    return before !== nickname && (this.#contacts.get(jid)?.name ?? null) === null;
  }

  person(jid: string, claimedName: string | null = null): BridgeEvent {
    const displayName = this.#contacts.get(jid)?.name ?? this.#nicknames.get(jid) ?? claimedName;
    return { type: 'person.upserted', person: { remoteId: personOf(jid), displayName, handle: jid } };
  }
}

const toContact = ({ jid, name, groups = [], subscription, isAsked = false }: Contact) => ({
  personId: personOf(jid),
  name,
  groups,
  bond: isAsked && subscription === 'none' ? ('asked' as const) : bonds[subscription],
});

/** `version`: the one we have; empty: none yet, and the server knows versions. */
export const rosterQuery = (version?: string): XmlElement => element('query', { xmlns: ns.roster, ver: version });

/** Adds or changes an entry: name and groups are replaced as a whole (RFC 6121 section 2.4). */
export const saveContactQuery = (jid: string, name: string | null, groups: readonly string[]): XmlElement =>
  element(
    'query',
    { xmlns: ns.roster },
    element('item', { jid, name: name ?? undefined }, ...groups.map((group) => element('group', {}, group))),
  );

/** Ends the subscriptions both ways too. */
export const removeContactQuery = (jid: string): XmlElement =>
  element('query', { xmlns: ns.roster }, element('item', { jid, subscription: 'remove' }));

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
