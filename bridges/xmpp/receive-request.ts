import type { BridgeEvent } from '#bridge';
import { answerRequest, result } from './answer-requests.ts';
import type { InboxOptions } from './inbox-options.ts';
import { readRosterPush } from './roster.ts';
import { securityEvent } from './security-event.ts';
import type { XmlElement } from './stream/xml/element.ts';

/** A request that changes something, as events; what is answered goes to `replies`. */
export function receiveRequest(
  stanza: XmlElement,
  replies: XmlElement[],
  { ownBareJid, roster, extensions }: Pick<InboxOptions, 'ownBareJid' | 'roster' | 'extensions'>,
): BridgeEvent[] {
  const push = readRosterPush(stanza, ownBareJid);
  const handled = push === null ? extensions().receiveRequest(stanza) : null;
  if (handled !== null) {
    replies.push(handled.reply);
    return [...handled.events];
  }
  if (push === null || push === 'forged') {
    const answer = answerRequest(stanza, extensions().capabilities);
    if (answer !== null) replies.push(answer);
    if (push === null) return [];
    return [securityEvent('roster-push-spoof', `a roster push from ${stanza.attribute('from') ?? 'nobody'}`)];
  }
  replies.push(result(stanza));
  const events = roster.push(push);
  for (const event of events) if (event.type === 'contact.upserted') extensions().contactChanged(event.contact);
  return events;
}
