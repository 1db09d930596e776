/**
 * XEP-0490 Message Displayed Synchronization, version 0.1.1 — https://xmpp.org/extensions/xep-0490.html
 * Left out: server-assisted publishing (section 5).
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { bareJid } from '../jid.ts';
import { ns } from '../namespaces.ts';
import { usableId } from './0359-stable-ids.ts';
import type { PubsubItem } from './0060-publish-subscribe.ts';

export const displayedNode = 'urn:xmpp:mds:displayed:0';

/** How far we read in one conversation. */
export interface Displayed {
  /** The other person or the room. */
  readonly conversation: string;
  /** The archive that gave the id. */
  readonly by: string;
  readonly id: string;
}

/** Null: the item says nothing usable. */
export function readDisplayed({ id: item, payload }: PubsubItem): Displayed | null {
  const stanzaId = payload.is('displayed', displayedNode) ? payload.child('stanza-id', ns.stableIds) : undefined;
  const conversation = bareJid(item);
  const by = bareJid(stanzaId?.attribute('by'));
  const id = usableId(stanzaId?.attribute('id'));
  return conversation === null || by === null || id === null ? null : { conversation, by, id };
}

export const displayedItem = ({ conversation, by, id }: Displayed): { readonly id: string; readonly payload: XmlElement } => ({
  id: conversation,
  payload: element('displayed', { xmlns: displayedNode }, element('stanza-id', { xmlns: ns.stableIds, by, id })),
});
