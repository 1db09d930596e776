/**
 * XEP-0424 Message Retraction, version 0.4.2 — https://xmpp.org/extensions/xep-0424.html, the older 0.2 form on reading,
 * and the room's side of XEP-0425 Moderated Message Retraction, versions 0.3 and 0.2. Left out: the reason of a
 * moderator.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { parseStamp } from './0203-delayed-delivery.ts';
import { fallback } from './0428-fallback.ts';
import { usableId } from './0359-stable-ids.ts';
import { ns } from '../namespaces.ts';

export interface Retraction {
  readonly id: string;
  /** A moderator took it away; only the room itself may say so. */
  readonly isModerated: boolean;
}

export function readRetraction(message: XmlElement): Retraction | null {
  const retract = message.child('retract', ns.retraction);
  if (retract !== undefined) {
    return toRetraction(retract.attribute('id'), retract.child('moderated', ns.moderation) !== undefined);
  }
  const fastened = message.child('apply-to', ns.fasten);
  if (fastened === undefined) return null;
  const moderated = fastened.child('moderated', ns.moderationOld);
  const oldRetract = (moderated ?? fastened).child('retract', ns.retractionOld);
  return oldRetract === undefined ? null : toRetraction(fastened.attribute('id'), moderated !== undefined);
}

function toRetraction(id: string | undefined, isModerated: boolean): Retraction | null {
  const usable = usableId(id);
  return usable === null ? null : { id: usable, isModerated };
}

/**
 * When the message was taken back of which an archive kept only the place (a tombstone); null: it is none. `stampMs` of
 * a stamp that makes no sense is undefined.
 */
export function readTombstone(message: XmlElement, nowMs: number): { readonly stampMs: number | undefined } | null {
  const moderated = message.child('moderated', ns.moderationOld);
  const retracted =
    message.child('retracted', ns.retraction) ??
    message.child('retracted', ns.retractionOld) ??
    moderated?.child('retracted', ns.retractionOld);
  if (retracted === undefined) return null;
  return { stampMs: parseStamp(retracted.attribute('stamp'), nowMs) ?? undefined };
}

/** With a sentence for clients that cannot retract. */
export const retraction = (id: string): readonly XmlElement[] => [
  element('retract', { xmlns: ns.retraction, id }),
  fallback(ns.retraction),
  element('body', {}, 'This person attempted to retract a previous message, but it is unsupported by your client.'),
];
