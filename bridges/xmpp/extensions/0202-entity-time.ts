/**
 * XEP-0202 Entity Time, version 2.0 — https://xmpp.org/extensions/xep-0202.html
 * Asking a server what time it is. Left out: telling ours, which would tell where we are.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { parseStamp } from './0203-delayed-delivery.ts';

const entityTime = 'urn:xmpp:time';

export const timeQuery = (): XmlElement => element('time', { xmlns: entityTime });

/** The other side's clock; null when it does not say. */
export function readTimeMs(result: XmlElement): number | null {
  const stamp = result.child('time', entityTime)?.childText('utc')?.trim();
  return parseStamp(stamp, Number.MAX_SAFE_INTEGER);
}
