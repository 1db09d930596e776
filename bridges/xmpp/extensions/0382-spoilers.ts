/** XEP-0382 Spoiler messages, version 0.2.0 — https://xmpp.org/extensions/xep-0382.html. Left out: hints in several languages. */
import { element, type XmlElement } from '../stream/xml/element.ts';

export const spoilerNamespace = 'urn:xmpp:spoiler:0';
const longestHint = 200;

/** Hides the message it is in until it is asked for. */
export const spoiler = (hint: string): XmlElement => element('spoiler', { xmlns: spoilerNamespace }, hint.trim().slice(0, longestHint));

/** The hint of a message that hides until it is asked for, possibly empty; undefined: it does not hide. */
export const readSpoiler = (message: XmlElement): string | undefined =>
  message.child('spoiler', spoilerNamespace)?.text().trim().slice(0, longestHint);
