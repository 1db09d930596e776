/** XEP-0319 Last User Interaction in Presence, version 1.0.3 — https://xmpp.org/extensions/xep-0319.html */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { parseStamp } from './0203-delayed-delivery.ts';

export const idleNamespace = 'urn:xmpp:idle:1';

/** Since when the person has not touched the device; null: not told. */
export const readIdleSince = (presence: XmlElement, nowMs: number): number | null =>
  parseStamp(presence.child('idle', idleNamespace)?.attribute('since'), nowMs);

export const idleSince = (sinceMs: number): XmlElement =>
  element('idle', { xmlns: idleNamespace, since: new Date(sinceMs).toISOString().replace(/\.\d{3}Z$/, 'Z') });
