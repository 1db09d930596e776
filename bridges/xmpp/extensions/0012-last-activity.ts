/**
 * XEP-0012 Last Activity, version 2.0 — https://xmpp.org/extensions/xep-0012.html
 * with XEP-0256 Last Activity in Presence, version 1.1, for reading. Left out: answering how long we are idle (0319 says
 * it to those who may know).
 */
import { element, type XmlElement } from '../stream/xml/element.ts';

const namespace = 'jabber:iq:last';
/** Ten years. */
const mostSeconds = 10 * 365 * 24 * 3_600;
const longestStatus = 500;

export const lastActivityQuery = (): XmlElement => element('query', { xmlns: namespace });

/** Seconds since they were last there, and what they said when they went; null: not told. */
export function readLastActivity(parent: XmlElement): { readonly seconds: number; readonly statusText: string } | null {
  const query = parent.child('query', namespace);
  const text = query?.attribute('seconds') ?? '';
  if (query === undefined || !/^\d{1,10}$/.test(text)) return null;
  const seconds = Number(text);
  return seconds > mostSeconds ? null : { seconds, statusText: query.text().trim().slice(0, longestStatus) };
}
