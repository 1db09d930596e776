/**
 * XEP-0372 References, version 0.6.1 — https://xmpp.org/extensions/xep-0372.html, mentions only, and
 * XEP-0513 Explicit Mentions, version 0.1.0 — https://xmpp.org/extensions/xep-0513.html: of us or of the whole room.
 * Left out: groups by role, affiliation, hat or space; a room's rules about who may mention whom.
 */
import type { XmlElement } from '../stream/xml/element.ts';
import { element } from '../stream/xml/element.ts';
import { bareJid } from '../jid.ts';

export const referenceNamespace = 'urn:xmpp:reference:0';
const mentions = 'urn:xmpp:mentions:0';
const mostRead = 50;

export interface Mentioned {
  readonly ownBareJid: string;
  readonly room: string;
  readonly nick: string;
  readonly occupantId: string | null;
}

/** Whether a message of a room names us: by an element that says so, or by our nickname as a word of its own. */
export function readMention(message: XmlElement, text: string, us: Mentioned): boolean {
  const isReferred = message
    .childrenNamed('reference', referenceNamespace)
    .slice(0, mostRead)
    .some((one) => one.attribute('type') === 'mention' && isUs(one.attribute('uri') ?? '', us));
  return isReferred || isExplicit(message, us) || hasWord(text, us.nick);
}

/** Says where in the text (in code points) somebody is named. */
export const mention = (uri: string, begin: number, end: number): XmlElement =>
  element('reference', { xmlns: referenceNamespace, type: 'mention', begin: String(begin), end: String(end), uri });

function isUs(uri: string, { ownBareJid, room, nick }: Mentioned): boolean {
  if (!/^xmpp:/i.test(uri) || uri.length > 2_100) return false;
  const address = decoded((uri.slice('xmpp:'.length).split('?')[0] ?? '').trim());
  const slash = address.indexOf('/');
  const resource = slash < 0 ? '' : address.slice(slash + 1);
  const bare = bareJid(slash < 0 ? address : address.slice(0, slash));
  return bare === ownBareJid || (bare === room && resource === nick && nick !== '');
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function isExplicit(message: XmlElement, { ownBareJid, occupantId }: Mentioned): boolean {
  return message
    .childrenNamed('mention', mentions)
    .slice(0, mostRead)
    .some((one) => {
      if (one.child('noping') !== undefined) return false;
      const group = one.attribute('mentions');
      if (group !== undefined) return group === `${mentions}#channel` && one.attribute('uri') === undefined;
      const id = one.attribute('occupantid');
      return id === undefined ? bareJid(one.attribute('jid')) === ownBareJid : id === occupantId;
    });
}

const longestSearched = 10_000;
const isWordCharacter = (character: string | undefined): boolean => character !== undefined && /[\p{L}\p{N}_]/u.test(character);

/** Without a pattern made of the nickname: that one is anybody's to choose. */
function hasWord(text: string, word: string): boolean {
  if (word.length < 2) return false;
  const searched = text.slice(0, longestSearched).toLowerCase();
  const wanted = word.toLowerCase();
  for (let at = searched.indexOf(wanted); at >= 0; at = searched.indexOf(wanted, at + 1)) {
    if (!isWordCharacter(searched[at - 1]) && !isWordCharacter(searched[at + wanted.length])) return true;
  }
  return false;
}
