/** XEP-0184 Message Delivery Receipts, version 1.4.0 — https://xmpp.org/extensions/xep-0184.html */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { usableId } from './0359-stable-ids.ts';
import { ns } from '../namespaces.ts';

export const requestReceipt = (): XmlElement => element('request', { xmlns: ns.receipts });

/** The id to confirm, when the sender asked for it. */
export const readReceiptRequest = (message: XmlElement): string | null =>
  message.child('request', ns.receipts) === undefined ? null : usableId(message.attribute('id'));

/** The id of our message that was received. */
export const readReceipt = (message: XmlElement): string | null =>
  usableId(message.child('received', ns.receipts)?.attribute('id'));

export const receipt = (id: string): XmlElement => element('received', { xmlns: ns.receipts, id });
