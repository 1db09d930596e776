/**
 * XEP-0334 Message Processing Hints, version 0.4.0 — https://xmpp.org/extensions/xep-0334.html
 * Writing: what has no body and matters later asks to be kept, what is over in a moment asks not to be. Hints speak to
 * servers; what they let through to us is shown and kept like anything else. Left out: `no-permanent-store`.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export const hint = (name: 'store' | 'no-store' | 'no-copy'): XmlElement => element(name, { xmlns: ns.hints });
