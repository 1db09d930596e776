/** XEP-0428 Fallback Indication, version 0.2.2 — https://xmpp.org/extensions/xep-0428.html. Left out: fallback of subjects. */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

/** Says that the whole body, or a part of it in code points, stands in for a feature the reader may not know. */
export function fallback(forNamespace: string, range?: { start: number; end: number }): XmlElement {
  const body =
    range === undefined ? null : element('body', { start: String(range.start), end: String(range.end) });
  return element('fallback', { xmlns: ns.fallback, for: forNamespace }, body);
}

/** The body split into what stands in for `forNamespace` and what the sender wrote. Positions count code points. */
export function splitFallback(
  message: XmlElement,
  body: string,
  forNamespace: string,
): { readonly written: string; readonly standIn: string } {
  const marker = message
    .childrenNamed('fallback', ns.fallback)
    .find((candidate) => candidate.attribute('for') === forNamespace);
  if (marker === undefined) return { written: body, standIn: '' };
  const range = marker.child('body');
  const start = position(range?.attribute('start'));
  const end = position(range?.attribute('end'));
  if (range === undefined || start === null || end === null) return { written: '', standIn: body };
  const points = [...body];
  if (end < start || end > points.length) return { written: body, standIn: '' };
  return { written: [...points.slice(0, start), ...points.slice(end)].join(''), standIn: points.slice(start, end).join('') };
}

const position = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : null;
