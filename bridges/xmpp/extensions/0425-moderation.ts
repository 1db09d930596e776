/**
 * XEP-0425 Moderated Message Retraction, version 0.3.0 — https://xmpp.org/extensions/xep-0425.html, and its version 0.2
 * for rooms that know only that: asking the room. What the room says of it is read in 0424-message-retraction.ts.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export type ModerationVersion = 'current' | 'old';

/** Null: the room does not moderate. */
export function moderationOf(features: ReadonlySet<string>): ModerationVersion | null {
  if (features.has(ns.moderation)) return 'current';
  return features.has(ns.moderationOld) ? 'old' : null;
}

export function moderate(stanzaId: string, reason: string, version: ModerationVersion): XmlElement {
  const why = reason === '' ? null : element('reason', {}, reason);
  if (version === 'current') {
    return element('moderate', { xmlns: ns.moderation, id: stanzaId }, element('retract', { xmlns: ns.retraction }), why);
  }
  return element(
    'apply-to',
    { xmlns: ns.fasten, id: stanzaId },
    element('moderate', { xmlns: ns.moderationOld }, element('retract', { xmlns: ns.retractionOld }), why),
  );
}
