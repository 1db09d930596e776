/** XEP-0377 Spam Reporting, version 0.3.1 — https://xmpp.org/extensions/xep-0377.html. Left out: naming single messages. */
import type { ReportReason } from '#bridge';
import { element, type XmlElement } from '../stream/xml/element.ts';

export const reportingNamespace = 'urn:xmpp:reporting:1';

/** Goes into the item of a block (XEP-0191). */
export const report = (reason: ReportReason, text: string): XmlElement =>
  element('report', { xmlns: reportingNamespace, reason: `urn:xmpp:reporting:${reason}` }, text !== '' && element('text', {}, text));
