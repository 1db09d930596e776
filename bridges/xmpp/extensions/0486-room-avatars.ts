/**
 * XEP-0486 MUC Avatars, version 0.1.0 — https://xmpp.org/extensions/xep-0486.html. Left out: several pictures of one
 * room (the first is taken). Presence of the room itself, as older servers send it, is read in `room-details`.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';

const vcardTemp = 'vcard-temp';
/** The same field before it was registered. */
const hashFields = ['muc#roominfo_avatarhash', '{http://modules.prosody.im/mod_vcard_muc}avatar#sha1'] as const;

/** The SHA-1 of the room's picture; null: it has none. */
export function readAvatarHash(fields: ReadonlyMap<string, string>): string | null {
  for (const name of hashFields) {
    const hash = fields.get(name)?.trim().toLowerCase() ?? '';
    if (/^[0-9a-f]{40}$/.test(hash)) return hash;
  }
  return null;
}

/** Whether the room takes a picture at all. */
export const hasAvatars = (features: ReadonlySet<string>): boolean => features.has(vcardTemp);

export const publishAvatar = (image: { readonly mime: string; readonly bytes: Uint8Array } | null): XmlElement =>
  element(
    'vCard',
    { xmlns: vcardTemp },
    image &&
      element('PHOTO', {}, element('TYPE', {}, image.mime), element('BINVAL', {}, Buffer.from(image.bytes).toString('base64'))),
  );
