/**
 * XEP-0359 Unique and Stable Stanza IDs, version 0.7.0 — https://xmpp.org/extensions/xep-0359.html
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { bareJid } from '../jid.ts';
import { ns } from '../namespaces.ts';

const longestId = 512;

export const usableId = (id: string | undefined): string | null =>
  id !== undefined && id !== '' && id.length <= longestId ? id : null;

/** The id that the archive of `by` gave. Ids by anybody else are not to be trusted: a sender can write them. */
export function readStanzaId(message: XmlElement, by: string): string | null {
  const ids = message.childrenNamed('stanza-id', ns.stableIds).filter((id) => bareJid(id.attribute('by')) === by);
  // The archive strips forged ids of its own name, so two of them mean that it does not.
  return ids.length === 1 ? usableId(ids[0]?.attribute('id')) : null;
}

export const readOriginId = (message: XmlElement): string | null =>
  usableId(message.child('origin-id', ns.stableIds)?.attribute('id'));

export const originId = (id: string): XmlElement => element('origin-id', { xmlns: ns.stableIds, id });
