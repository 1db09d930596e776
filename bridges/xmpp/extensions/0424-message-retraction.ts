/**
 * XEP-0424 Message Retraction, version 0.4.2 — https://xmpp.org/extensions/xep-0424.html, the older 0.2 form on reading,
 * and the room's side of XEP-0425 Moderated Message Retraction, versions 0.3 and 0.2. Left out: tombstones.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
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

/** With a sentence for clients that cannot retract. */
export const retraction = (id: string): readonly XmlElement[] => [
  element('retract', { xmlns: ns.retraction, id }),
  fallback(ns.retraction),
  element('body', {}, 'This person attempted to retract a previous message, but it is unsupported by your client.'),
];
