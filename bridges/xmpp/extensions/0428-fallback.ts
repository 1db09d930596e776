/** XEP-0428 Fallback Indication, version 0.2.2 — https://xmpp.org/extensions/xep-0428.html. Left out: fallback of subjects. */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

/** Says that the whole body, or a part of it in code points, stands in for a feature the reader may not know. */
export function fallback(forNamespace: string, range?: { start: number; end: number }): XmlElement {
  const body =
    range === undefined ? null : element('body', { start: String(range.start), end: String(range.end) });
  return element('fallback', { xmlns: ns.fallback, for: forNamespace }, body);
}

interface Range {
  readonly start: number;
  readonly end: number;
}

const mostMarks = 20;
const mostRanges = 20;

/** The parts of a body, in code points, that stand in for `forNamespace`. What makes no sense counts as written. */
export function fallbackRanges(message: XmlElement, length: number, forNamespace: string): readonly Range[] {
  return message
    .childrenNamed('fallback', ns.fallback)
    .slice(0, mostMarks)
    .filter((mark) => mark.attribute('for') === forNamespace)
    .flatMap((mark) => {
      if (mark.elements().length === 0) return [{ start: 0, end: length }];
      return mark.childrenNamed('body').slice(0, mostRanges).flatMap((body) => rangeOf(body, length) ?? []);
    });
}

function rangeOf(body: XmlElement, length: number): Range | null {
  const [from, to] = [body.attribute('start'), body.attribute('end')];
  if (from === undefined && to === undefined) return { start: 0, end: length };
  const [start, end] = [position(from), position(to)];
  return start === null || end === null || end < start || end > length ? null : { start, end };
}

/** The body split into what stands in for `forNamespace` and what the sender wrote. Positions count code points. */
export function splitFallback(
  message: XmlElement,
  body: string,
  ...forNamespaces: readonly string[]
): { readonly written: string; readonly standIn: string } {
  if (message.child('fallback', ns.fallback) === undefined) return { written: body, standIn: '' };
  const points = [...body];
  const isStandIn = new Uint8Array(points.length);
  for (const namespace of forNamespaces) {
    for (const { start, end } of fallbackRanges(message, points.length, namespace)) isStandIn.fill(1, start, end);
  }
  return {
    written: points.filter((_, index) => isStandIn[index] === 0).join(''),
    standIn: points.filter((_, index) => isStandIn[index] === 1).join(''),
  };
}

const position = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,7}$/.test(text) ? Number(text) : null;
