/**
 * XEP-0300 Use of Cryptographic Hash Functions, version 1.0.0 — https://xmpp.org/extensions/xep-0300.html
 * Left out: every function but SHA-256, which all clients that share files write; `<hash-used/>`.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';

const namespace = 'urn:xmpp:hashes:2';
const sha256Bytes = 32;

/** The SHA-256 among the hashes of a file, in hex; null when there is none that is usable. */
export function readSha256(file: XmlElement): string | null {
  const hash = file.childrenNamed('hash', namespace).find((one) => one.attribute('algo')?.toLowerCase() === 'sha-256');
  const bytes = Buffer.from(hash?.text().slice(0, 100) ?? '', 'base64');
  return bytes.length === sha256Bytes ? bytes.toString('hex') : null;
}

export const sha256Hash = (hex: string): XmlElement =>
  element('hash', { xmlns: namespace, algo: 'sha-256' }, Buffer.from(hex, 'hex').toString('base64'));
