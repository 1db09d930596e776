/**
 * XEP-0380 Explicit Message Encryption, version 0.4.1 — https://xmpp.org/extensions/xep-0380.html
 * Reading only: we cannot decrypt yet, and say so instead of dropping the message.
 */
import type { XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

const names: Readonly<Record<string, string>> = {
  [ns.omemo]: 'OMEMO',
  'urn:xmpp:omemo:1': 'OMEMO',
  'urn:xmpp:omemo:0': 'OMEMO',
  [ns.omemoLegacy]: 'OMEMO',
  [ns.openpgp]: 'OpenPGP',
  [ns.pgp]: 'OpenPGP',
  'urn:xmpp:otr:0': 'OTR',
};

/** What OTR clients write into the text; its beginning is all that is looked at. */
const otrText = /^\?OTR(?::|v|\?|,)/;

/**
 * The name of the encryption of this message, empty when nobody gave it one; null for a readable one, and for one that
 * carries only keys. A name that we do not know is the sender's word.
 */
export function readEncryption(message: XmlElement): string | null {
  const encrypted = message.child('encrypted', ns.omemo) ?? message.child('encrypted', ns.omemoLegacy);
  if (encrypted !== undefined) return encrypted.child('payload') === undefined ? null : 'OMEMO';
  const hint = message.child('encryption', ns.encryption);
  if (hint !== undefined) {
    const namespace = hint.attribute('namespace') ?? '';
    const known = Object.hasOwn(names, namespace) ? names[namespace] : undefined;
    return known ?? hint.attribute('name')?.trim().slice(0, 60) ?? '';
  }
  if (otrText.test(message.childText('body')?.slice(0, 10) ?? '')) return 'OTR';
  const isPgp = message.child('openpgp', ns.openpgp) !== undefined || message.child('x', ns.pgp) !== undefined;
  return isPgp ? 'OpenPGP' : null;
}

/** A message without payload, which only carries keys to start or heal an encrypted session. */
export const isKeyTransport = (message: XmlElement): boolean =>
  [ns.omemo, ns.omemoLegacy].some((namespace) => {
    const encrypted = message.child('encrypted', namespace);
    return encrypted !== undefined && encrypted.child('payload') === undefined;
  });
