/**
 * XEP-0466 Ephemeral Messages, version 0.1.0 — https://xmpp.org/extensions/xep-0466.html
 * A timer that came is honoured, from when the message was read; ours stands in each message it is for. Left out: timers
 * for a whole conversation, negotiation without a body.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';

export const ephemeralNamespace = 'urn:xmpp:ephemeral:0';
/** Ten years: longer says nothing. */
const longestSeconds = 315_360_000;

export const ephemeral = (lifetimeMs: number): XmlElement =>
  element('ephemeral', { xmlns: ephemeralNamespace, timer: String(Math.min(Math.max(Math.round(lifetimeMs / 1_000), 1), longestSeconds)) });

/** How long a message may stay once it was read; undefined: for good. */
export function readLifetimeMs(message: XmlElement): number | undefined {
  const timer = message.child('ephemeral', ephemeralNamespace)?.attribute('timer') ?? '';
  if (!/^\d{1,10}$/.test(timer) || Number(timer) > longestSeconds) return undefined;
  return Math.max(Number(timer), 1) * 1_000;
}
