import type { BridgeEvent } from '#bridge';
import { readNickname } from './extensions/0172-user-nickname.ts';
import type { InboxOptions } from './inbox-options.ts';
import { bareJid } from './jid.ts';
import type { Introduction } from './requests.ts';
import { welcome } from './services/gateways.ts';
import { element, type XmlElement } from './stream/xml/element.ts';

const longestWords = 500;

export type PresenceContext = Pick<InboxOptions, 'ownBareJid' | 'roster' | 'presence' | 'rooms' | 'requests' | 'isLetIn'> & {
  introduce(jid: string): BridgeEvent[];
};

/** Presence in a room, of a contact, or of somebody who asks to see ours; what is answered goes to `replies`. */
export function receivePresence(stanza: XmlElement, replies: XmlElement[], context: PresenceContext): BridgeEvent[] {
  const { roster, presence, rooms, requests, ownBareJid } = context;
  const inRoom = rooms.receivePresence(stanza);
  if (inRoom !== null) return inRoom;
  const sender = bareJid(stanza.attribute('from'));
  if (sender === null || sender === ownBareJid) return [];
  if (stanza.attribute('type') !== 'subscribe') return presence.receive(stanza);
  if (roster.seesPresence(sender) || requests.isPreapproved(sender) || roster.contact(sender)?.isAsked === true) {
    // They may see us already and only lost track of it, or we asked them first.
    replies.push(element('presence', { to: sender, type: 'subscribed' }));
    return [];
  }
  if (context.isLetIn(sender)) {
    replies.push(...welcome(sender));
    return [];
  }
  requests.add(sender, 'asks', introductionIn(stanza, stanza.childText('status')));
  return context.introduce(sender);
}

const introductionIn = (stanza: XmlElement, words: string | undefined): Introduction => ({
  name: readNickname(stanza),
  words: words?.trim().slice(0, longestWords) || null,
});
