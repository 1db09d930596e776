/**
 * XEP-0280 Message Carbons, version 1.0.1 — https://xmpp.org/extensions/xep-0280.html
 * with XEP-0297 Stanza Forwarding, version 1.0. Left out: `<private/>` on what we send.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { bareJid } from '../jid.ts';
import { ns } from '../namespaces.ts';

export const enableCarbons = (): XmlElement => element('enable', { xmlns: ns.carbons });

/**
 * The message inside a carbon copy; null when the stanza is none, `forged` when it did not come from our own bare
 * address. Without that check anybody could put words into anybody's mouth (CVE-2017-5589 and its family).
 */
export function unwrapCarbon(stanza: XmlElement, ownBareJid: string): XmlElement | 'forged' | null {
  const carbon = stanza.childIn(ns.carbons);
  if (carbon === undefined || (carbon.name !== 'sent' && carbon.name !== 'received')) return null;
  const from = stanza.attribute('from');
  const isOurs = from !== undefined && !from.includes('/') && bareJid(from) === ownBareJid;
  if (!isOurs) return 'forged';
  const message = carbon.child('forwarded', ns.forward)?.child('message', ns.client);
  if (message === undefined) return 'forged';
  const author = bareJid(message.attribute('from'));
  // A copy of what we sent comes from us; a copy of what we received does not, except a note to ourselves.
  return carbon.name === 'sent' && author !== ownBareJid ? 'forged' : message;
}
