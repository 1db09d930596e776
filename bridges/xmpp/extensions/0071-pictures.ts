/**
 * XEP-0071 XHTML-IM, version 1.5.4 — https://xmpp.org/extensions/xep-0071.html
 * Only the small pictures (stickers) that a message names by their hash (XEP-0231). Left out: everything else; markup of
 * others is not interpreted, the text says the same.
 */
import type { XmlElement } from '../stream/xml/element.ts';
import { cidOf } from './0231-bits-of-binary.ts';

const xhtml = 'http://www.w3.org/1999/xhtml';
const mostPictures = 5;
const mostElements = 200;

/** The hashes of the pictures, each once, in the order of the text. */
export function readPictures(message: XmlElement): readonly string[] {
  const body = message.child('html', 'http://jabber.org/protocol/xhtml-im')?.child('body', xhtml);
  if (body === undefined) return [];
  const waiting = [body];
  const found = new Set<string>();
  for (let seen = 0; seen < mostElements && found.size < mostPictures; seen += 1) {
    const next = waiting.shift();
    if (next === undefined) break;
    const cid = next.is('img', xhtml) ? cidOf(next.attribute('src') ?? '') : null;
    if (cid !== null) found.add(cid);
    waiting.unshift(...next.elements().slice(0, mostElements));
  }
  return [...found];
}
