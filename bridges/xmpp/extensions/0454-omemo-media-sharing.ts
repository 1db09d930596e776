/**
 * XEP-0454 OMEMO Media Sharing, version 0.1.0 — https://xmpp.org/extensions/xep-0454.html
 * Reading only: `aesgcm://host/path#` with initialisation vector (12 bytes; 16 of older clients) and key (32 bytes) in
 * hex behind it, and a thumbnail in the second line. Left out: writing, which needs OMEMO.
 */
import { cleanDataUri } from './0264-thumbnails.ts';
import { isHttps, type SharedSource } from './0447-stateless-file-sharing.ts';

const scheme = 'aesgcm://';
const keyDigits = 64;

export interface EncryptedLink {
  readonly source: SharedSource;
  readonly thumbnail: string | undefined;
}

/** A message text that is such an address and nothing else; null for any other text. */
export function readEncryptedLink(text: string): EncryptedLink | null {
  if (!text.startsWith(scheme)) return null;
  const [link = '', second = '', ...more] = text.trimEnd().split('\n');
  const [address = '', secret = ''] = link.split('#');
  const url = `https://${address.slice(scheme.length)}`;
  const digits = secret.length - keyDigits;
  const isKey = /^[0-9a-f]+$/i.test(secret) && (digits === 24 || digits === 32);
  if (!isKey || !isHttps(url) || more.length > 0 || (second !== '' && !second.startsWith('data:'))) return null;
  return {
    source: { url, key: { ivHex: secret.slice(0, digits).toLowerCase(), keyHex: secret.slice(digits).toLowerCase() } },
    thumbnail: cleanDataUri(second),
  };
}
