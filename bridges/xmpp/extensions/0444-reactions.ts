/** XEP-0444 Message Reactions, version 0.2.1 — https://xmpp.org/extensions/xep-0444.html. Left out: restrictions by disco form. */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { usableId } from './0359-stable-ids.ts';
import { ns } from '../namespaces.ts';

const mostEmojis = 20;
const longestEmoji = 40;

/** All reactions of one person to one message; an empty list takes them back. */
export interface Reactions {
  readonly id: string;
  readonly emojis: readonly string[];
}

export function readReactions(message: XmlElement): Reactions | null {
  const reactions = message.child('reactions', ns.reactions);
  const id = usableId(reactions?.attribute('id'));
  if (reactions === undefined || id === null) return null;
  const emojis = reactions.childrenNamed('reaction').map((reaction) => reaction.text().trim());
  const usable = emojis.filter((emoji) => emoji !== '' && emoji.length <= longestEmoji);
  return { id, emojis: [...new Set(usable)].slice(0, mostEmojis) };
}

export const reactions = (id: string, emojis: readonly string[]): XmlElement =>
  element('reactions', { xmlns: ns.reactions, id }, ...emojis.map((emoji) => element('reaction', {}, emoji)));
