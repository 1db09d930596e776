/**
 * XEP-0292 vCard4 Over XMPP, version 0.12.0 — https://xmpp.org/extensions/xep-0292.html
 * The PEP node only. Left out: parameters (home, work), photos (XEP-0084 has them), kinds beyond an individual.
 */
import type { RemoteProfile } from '#bridge';
import { cutLine, cutLines, cutText } from '../profile-text.ts';
import { element, type XmlElement } from '../stream/xml/element.ts';

export const vcard4Node = 'urn:xmpp:vcard4';
const namespace = 'urn:ietf:params:xml:ns:vcard-4.0';

/** Null: the item is no vCard. */
export function readVCard4(item: XmlElement): RemoteProfile | null {
  if (!item.is('vcard', namespace)) return null;
  const all = (name: string, kind = 'text'): string[] =>
    item.childrenNamed(name).flatMap((property) => property.childText(kind) ?? property.childText('text') ?? []);
  const [first] = item.childrenNamed('adr');
  const parts = ['street', 'locality', 'code', 'region', 'country'].map((part) => first?.childText(part)?.trim() ?? '');
  const name = item.child('n');
  const composed = [name?.childText('given'), name?.childText('surname')].filter((part) => part !== undefined).join(' ');
  return {
    fullName: cutLine(all('fn')[0]) ?? cutLine(composed),
    nickname: cutLine(all('nickname')[0]),
    organization: cutLine(all('org')[0]),
    role: cutLine(all('title')[0]) ?? cutLine(all('role')[0]),
    emails: cutLines(all('email')),
    phones: cutLines(all('tel', 'uri').map((phone) => phone.replace(/^tel:/i, ''))),
    urls: cutLines(all('url', 'uri')),
    address: cutLine(parts.filter((part) => part !== '').join(', ')),
    birthday: cutLine(all('bday', 'date')[0]),
    note: cutText(all('note')[0]),
  };
}

export function buildVCard4(profile: RemoteProfile): XmlElement {
  const text = (name: string, value: string | null): XmlElement | null =>
    value === null ? null : element(name, {}, element('text', {}, value));
  return element(
    'vcard',
    { xmlns: namespace },
    text('fn', profile.fullName ?? profile.nickname ?? ''),
    text('nickname', profile.nickname),
    text('org', profile.organization),
    text('title', profile.role),
    ...profile.emails.map((email) => text('email', email)),
    ...profile.phones.map((phone) => text('tel', phone)),
    ...profile.urls.map((url) => element('url', {}, element('uri', {}, url))),
    profile.address !== null && element('adr', {}, element('street', {}, profile.address)),
    profile.birthday !== null && element('bday', {}, element('date', {}, profile.birthday)),
    text('note', profile.note),
  );
}
