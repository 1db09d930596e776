/** XEP-0469 Bookmark Pinning, version 0.1.0 — https://xmpp.org/extensions/xep-0469.html */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export const readPinned = (extensions: XmlElement): boolean => extensions.child('pinned', ns.pinning) !== undefined;

export const pinned = (): XmlElement => element('pinned', { xmlns: ns.pinning });
