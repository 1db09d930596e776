import { readMarker } from '../core/marker.ts';
import type { Marker } from '../core/marker.ts';
import { htmlOfText, textOfHtml } from '../text/html-note.ts';

/** GLPI's texts are HTML, also where they are sent over the API. */
export const richText = (text: string): string => `<div>${htmlOfText(text)}</div>`;

/**
 * The marker that ends a text. GLPI 10 keeps its HTML with `<` as `&#60;` and tells it so, GLPI 11 as it was written: the
 * text is read once and, where that left markup, once more.
 */
export function markerIn(html: string): Marker | null {
  const once = textOfHtml(html).trimEnd();
  return readMarker(once) ?? readMarker(textOfHtml(once).trimEnd());
}
