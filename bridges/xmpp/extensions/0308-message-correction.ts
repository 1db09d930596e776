/** XEP-0308 Last Message Correction, version 1.2.1 — https://xmpp.org/extensions/xep-0308.html */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { usableId } from './0359-stable-ids.ts';
import { ns } from '../namespaces.ts';

/** The id of the message that this one replaces. Who may replace it is decided by its author, not by the id. */
export const readCorrection = (message: XmlElement): string | null =>
  usableId(message.child('replace', ns.correction)?.attribute('id'));

export const correction = (id: string): XmlElement => element('replace', { xmlns: ns.correction, id });
