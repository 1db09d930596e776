/**
 * XEP-0059 Result Set Management, version 1.0 — https://xmpp.org/extensions/xep-0059.html, for lists that a person looks
 * through; the archive (0313) and nodes (0060) have what they need of it in their own files. Left out: pages by number.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

/** Where a page begins or ends: behind or before this item, as the other side named it. */
export type PagePlace = { readonly after: string } | { readonly before: string };

export interface PageBounds {
  readonly first: string | null;
  readonly last: string | null;
  /** How many there are before this page; null: not told. */
  readonly index: number | null;
  /** Of all pages; null: not told. */
  readonly count: number | null;
}

const longestName = 1_000;

export const resultSet = (max: number, place?: PagePlace): XmlElement =>
  element(
    'set',
    { xmlns: ns.resultSet },
    element('max', {}, String(max)),
    place === undefined ? null : 'after' in place ? element('after', {}, place.after) : element('before', {}, place.before),
  );

/** Null: the other side does not page. */
export function readBounds(parent: XmlElement): PageBounds | null {
  const set = parent.child('set', ns.resultSet);
  if (set === undefined) return null;
  const first = set.child('first');
  return { first: nameIn(first), last: nameIn(set.child('last')), index: numberIn(first?.attribute('index')), count: numberIn(set.childText('count')) };
}

/** Whether something follows a page of so many; where it is not told, a full page makes it likely. */
export const hasMore = ({ last, index, count }: PageBounds, shown: number, max: number): boolean =>
  last !== null && shown > 0 && (index === null || count === null ? shown >= max : index + shown < count);

function nameIn(child: XmlElement | undefined): string | null {
  const name = child?.text() ?? '';
  return name === '' || name.length > longestName ? null : name;
}

function numberIn(text: string | undefined): number | null {
  const number = text === undefined || text.trim() === '' ? Number.NaN : Number(text);
  return Number.isSafeInteger(number) && number >= 0 ? number : null;
}
