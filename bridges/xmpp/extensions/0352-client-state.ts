/**
 * XEP-0352 Client State Indication, version 1.0.0 — https://xmpp.org/extensions/xep-0352.html
 * The server assumes `active` in every new and every resumed session, so `inactive` is said again in each.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export const clientState = (isActive: boolean): XmlElement =>
  element(isActive ? 'active' : 'inactive', { xmlns: ns.clientState });
