/**
 * XEP-0054 vcard-temp, version 1.3 — https://xmpp.org/extensions/xep-0054.html
 * Left out: kinds of addresses and numbers (home, work), geography, keys, sounds.
 */
import type { RemoteProfile } from '#bridge';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { cutLine, cutLines, cutText } from '../profile-text.ts';
import { decodeBase64 } from './0084-user-avatar.ts';

export const vcardNamespace = 'vcard-temp';

export const vcardQuery = (): XmlElement => element('vCard', { xmlns: vcardNamespace });

/** The card in an answer, or undefined when there is none. */
export const vcardIn = (answer: XmlElement): XmlElement | undefined => answer.child('vCard', vcardNamespace);

/** What a card says. */
export function readVCard(card: XmlElement): RemoteProfile {
  const name = card.child('N');
  const composed = [name?.childText('GIVEN'), name?.childText('FAMILY')].filter((part) => part !== undefined).join(' ');
  const organization = card.child('ORG');
  const address = card.child('ADR');
  const parts = ['STREET', 'LOCALITY', 'PCODE', 'REGION', 'CTRY'].map((part) => address?.childText(part)?.trim() ?? '');
  return {
    fullName: cutLine(card.childText('FN')) ?? cutLine(composed),
    nickname: cutLine(card.childText('NICKNAME')),
    organization: cutLine(organization?.childText('ORGNAME')),
    role: cutLine(card.childText('TITLE')) ?? cutLine(card.childText('ROLE')),
    emails: cutLines(card.childrenNamed('EMAIL').map((email) => email.childText('USERID') ?? email.text())),
    phones: cutLines(card.childrenNamed('TEL').map((phone) => phone.childText('NUMBER') ?? phone.text())),
    urls: cutLines(card.childrenNamed('URL').map((url) => url.text())),
    address: cutLine(parts.filter((part) => part !== '').join(', ')),
    birthday: cutLine(card.childText('BDAY')),
    note: cutText(card.childText('DESC') ?? card.childText('NOTE')),
  };
}

/** The picture in a card; null: none, or too large. */
export function readVCardPhoto(card: XmlElement, mostBytes: number): Buffer | null {
  const data = card.child('PHOTO')?.childText('BINVAL');
  return data === undefined ? null : decodeBase64(data, mostBytes);
}

/** A card with this profile. What else stood in `before` (a picture, keys) stays. */
export function buildVCard(profile: RemoteProfile, before: XmlElement | undefined): XmlElement {
  const ours = new Set(['FN', 'N', 'NICKNAME', 'ORG', 'TITLE', 'ROLE', 'EMAIL', 'TEL', 'URL', 'ADR', 'BDAY', 'DESC', 'NOTE']);
  const kept = before?.elements().filter(({ name }) => !ours.has(name)) ?? [];
  const line = (name: string, value: string | null): XmlElement | null => (value === null ? null : element(name, {}, value));
  return element(
    'vCard',
    { xmlns: vcardNamespace },
    line('FN', profile.fullName),
    line('NICKNAME', profile.nickname),
    profile.organization !== null && element('ORG', {}, element('ORGNAME', {}, profile.organization)),
    line('TITLE', profile.role),
    ...profile.emails.map((email) => element('EMAIL', {}, element('INTERNET', {}), element('USERID', {}, email))),
    ...profile.phones.map((phone) => element('TEL', {}, element('NUMBER', {}, phone))),
    ...profile.urls.map((url) => element('URL', {}, url)),
    profile.address !== null && element('ADR', {}, element('STREET', {}, profile.address)),
    line('BDAY', profile.birthday),
    line('DESC', profile.note),
    ...kept,
  );
}

/** The same card with another picture, or none. */
export function withPhoto(card: XmlElement | undefined, image: { readonly mime: string; readonly bytes: Uint8Array } | null): XmlElement {
  const kept = card?.elements().filter(({ name }) => name !== 'PHOTO') ?? [];
  const photo =
    image && element('PHOTO', {}, element('TYPE', {}, image.mime), element('BINVAL', {}, Buffer.from(image.bytes).toString('base64')));
  return element('vCard', { xmlns: vcardNamespace }, ...kept, photo);
}
