/**
 * XEP-0203 Delayed Delivery, version 2.0 — https://xmpp.org/extensions/xep-0203.html
 * with the time format of XEP-0082, version 1.1.1. Reading only.
 */
import type { XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

const dateTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;
/** Jabber began in 1999; anything before is a broken clock. */
const earliestMs = Date.UTC(1999, 0, 1);

/** Milliseconds since 1970, moved into a sane range; null when it is no time at all. */
export function parseStamp(stamp: string | undefined, nowMs: number): number | null {
  if (stamp === undefined || !dateTime.test(stamp)) return null;
  // A leap second is a valid stamp that Date does not know.
  const atMs = Date.parse(stamp.replace(/T(\d{2}:\d{2}):60/, 'T$1:59'));
  return Number.isNaN(atMs) ? null : Math.min(Math.max(atMs, earliestMs), nowMs);
}

/**
 * When a server kept the message back for us. Anybody can write any stamp into a message, so only those set by one of
 * `trusted` (our server, our account, the room) count.
 */
export function readDelay(stanza: XmlElement, trusted: readonly string[], nowMs: number): number | null {
  const delay = stanza.childrenNamed('delay', ns.delay).find((child) => trusted.includes(child.attribute('from') ?? ''));
  return delay === undefined ? null : parseStamp(delay.attribute('stamp'), nowMs);
}
