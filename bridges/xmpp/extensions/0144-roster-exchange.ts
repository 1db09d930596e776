/**
 * XEP-0144 Roster Item Exchange, version 1.1.1 — https://xmpp.org/extensions/xep-0144.html
 * Read from gateways only. Left out: lists that people and group services send, sending any.
 */
import { bareJid } from '../jid.ts';
import { ns } from '../namespaces.ts';
import type { XmlElement } from '../stream/xml/element.ts';

export interface OfferedContact {
  readonly action: 'add' | 'modify' | 'delete';
  readonly jid: string;
  readonly name: string | null;
  readonly groups: readonly string[];
}

const mostItems = 500;
const mostGroups = 10;
const longestName = 200;
const actions: ReadonlySet<string> = new Set<OfferedContact['action']>(['add', 'modify', 'delete']);

/** What a message or request asks to be done to the contact list; null: nothing of that kind. */
export function readOfferedContacts(stanza: XmlElement): readonly OfferedContact[] | null {
  const exchange = stanza.child('x', ns.rosterExchange);
  return exchange === undefined ? null : exchange.childrenNamed('item').slice(0, mostItems).flatMap(readItem);
}

function readItem(item: XmlElement): OfferedContact[] {
  const jid = bareJid(item.attribute('jid'));
  const action = item.attribute('action') ?? 'add';
  if (jid === null || !actions.has(action)) return [];
  const name = item.attribute('name')?.slice(0, longestName) ?? '';
  const groups = item.childrenNamed('group').slice(0, mostGroups).map((group) => group.text().slice(0, longestName));
  return [{ action: action as OfferedContact['action'], jid, name: name === '' ? null : name, groups: groups.filter((group) => group !== '') }];
}
