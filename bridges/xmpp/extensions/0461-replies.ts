/** XEP-0461 Message Replies, version 0.2.0 — https://xmpp.org/extensions/xep-0461.html */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { fallback, splitFallback } from './0428-fallback.ts';
import { usableId } from './0359-stable-ids.ts';
import { ns } from '../namespaces.ts';

export interface Reply {
  readonly id: string;
  /** Address of the author of the original, as the sender claims. */
  readonly to: string | null;
}

export function readReply(message: XmlElement): Reply | null {
  const reply = message.child('reply', ns.reply);
  const id = usableId(reply?.attribute('id'));
  return id === null ? null : { id, to: reply?.attribute('to') ?? null };
}

/** The quotation that stands in the body for clients that know no replies, without its `>`. */
export function readQuotation(message: XmlElement, body: string): string | undefined {
  const { standIn } = splitFallback(message, body, ns.reply);
  const excerpt = standIn.replace(/^> ?/gm, '').trim();
  return excerpt === '' ? undefined : excerpt;
}

/** Body and elements of a reply; the quotation in front is for clients that know no replies. */
export function reply(
  id: string,
  to: string | undefined,
  excerpt: string | undefined,
  text: string,
): { body: string; elements: XmlElement[] } {
  const mark = element('reply', { xmlns: ns.reply, id, to });
  if (excerpt === undefined || excerpt === '') return { body: text, elements: [mark] };
  const quotation = `${excerpt.replace(/^/gm, '> ')}\n`;
  const range = { start: 0, end: [...quotation].length };
  return { body: quotation + text, elements: [mark, fallback(ns.reply, range)] };
}
