/**
 * XEP-0393 Message Styling, version 1.1.1 — https://xmpp.org/extensions/xep-0393.html
 * The text stays as it was written; the interface draws it (`style-text.ts`). Here is only the mark that forbids it.
 */
import type { XmlElement } from '../stream/xml/element.ts';

export const stylingNamespace = 'urn:xmpp:styling:0';

/** Whether the sender says that asterisks and the like are nothing but characters. */
export const isUnstyled = (message: XmlElement): boolean => message.child('unstyled', stylingNamespace) !== undefined;
