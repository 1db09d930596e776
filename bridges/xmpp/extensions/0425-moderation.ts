/**
 * XEP-0425 Moderated Message Retraction, version 0.3.0 — https://xmpp.org/extensions/xep-0425.html, and its version 0.2
 * for rooms that know only that. That a message is gone is read in 0424-message-retraction.ts; here is asking for it, and why.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { parseJid } from '../jid.ts';
import { longestReason } from './0249-direct-invitations.ts';
import { ns } from '../namespaces.ts';

export type ModerationVersion = 'current' | 'old';

/** Null: the room does not moderate. */
export function moderationOf(features: ReadonlySet<string>): ModerationVersion | null {
  if (features.has(ns.moderation)) return 'current';
  return features.has(ns.moderationOld) ? 'old' : null;
}

/** Why a message was taken away, in the moderator's words, and by whom as the room shows them. Empty: not told. */
export function readModeration(message: XmlElement): { readonly reason: string; readonly by: string } {
  const retract = message.child('retract', ns.retraction);
  const old = message.child('apply-to', ns.fasten)?.child('moderated', ns.moderationOld);
  const moderated = retract?.child('moderated', ns.moderation) ?? old;
  const by = parseJid(moderated?.attribute('by') ?? '')?.resource ?? '';
  return { reason: ((retract ?? old)?.childText('reason') ?? '').trim().slice(0, longestReason), by };
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
