/** XEP-0172 User Nickname, version 1.1 — https://xmpp.org/extensions/xep-0172.html */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

const longestNickname = 200;

/** The name that somebody claims in a stanza or PEP item; null: none. Anybody may claim any name. */
export function readNickname(parent: XmlElement): string | null {
  const nick = parent.is('nick', ns.nickname) ? parent : parent.child('nick', ns.nickname);
  const text = nick?.text().trim().slice(0, longestNickname) ?? '';
  return text === '' ? null : text;
}

export const nicknameItem = (name: string): XmlElement => element('nick', { xmlns: ns.nickname }, name);
