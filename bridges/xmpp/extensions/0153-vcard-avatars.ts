/**
 * XEP-0153 vCard-Based Avatars, version 1.1 — https://xmpp.org/extensions/xep-0153.html
 * with XEP-0398 User Avatar to vCard-Based Avatars Conversion, version 1.0.1 (the feature only).
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { isAvatarHash } from './0084-user-avatar.ts';

const namespace = 'vcard-temp:x:update';
/** Our server keeps both kinds of avatars alike. */
export const avatarConversion = 'urn:xmpp:pep-vcard-conversion:0';

/** The hash of the sender's picture; null: they have none; undefined: nothing said. */
export function readPhotoHash(presence: XmlElement): string | null | undefined {
  const photo = presence.child('x', namespace)?.child('photo');
  if (photo === undefined) return undefined;
  const hash = photo.text().trim().toLowerCase();
  if (hash === '') return null;
  return isAvatarHash(hash) ? hash : undefined;
}

/** `undefined`: we do not know yet whether we have a picture. */
export const photoUpdate = (hash: string | null | undefined): XmlElement =>
  element('x', { xmlns: namespace }, hash !== undefined && element('photo', {}, hash ?? ''));
