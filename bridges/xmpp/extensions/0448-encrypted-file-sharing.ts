/**
 * XEP-0448 Encryption for stateless file sharing, version 0.2.1 — https://xmpp.org/extensions/xep-0448.html
 * Reading only, AES-256-GCM only. Left out: AES-128, CBC, the hash of the encrypted bytes (the tag says the same).
 */
import type { XmlElement } from '../stream/xml/element.ts';
import type { SharedSource } from './0447-stateless-file-sharing.ts';

const namespace = 'urn:xmpp:esfs:0';
const sharing = 'urn:xmpp:sfs:0';
const ciphers: ReadonlySet<string> = new Set(['urn:xmpp:ciphers:aes-256-gcm-nopadding:0']);
const keyBytes = 32;

/** Encrypted copies of a file that we can open. */
export function readEncryptedSources(list: XmlElement, readUrls: (sources: XmlElement) => string[]): SharedSource[] {
  return list
    .childrenNamed('encrypted', namespace)
    .slice(0, 5)
    .flatMap((encrypted) => {
      const key = Buffer.from(encrypted.childText('key')?.trim() ?? '', 'base64');
      const iv = Buffer.from(encrypted.childText('iv')?.trim() ?? '', 'base64');
      const sources = encrypted.child('sources', sharing);
      const isUsable = key.length === keyBytes && (iv.length === 12 || iv.length === 16);
      if (!isUsable || sources === undefined || !ciphers.has(encrypted.attribute('cipher') ?? '')) return [];
      return readUrls(sources).map((url) => ({ url, key: { keyHex: key.toString('hex'), ivHex: iv.toString('hex') } }));
    });
}
