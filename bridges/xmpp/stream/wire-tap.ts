import type { XmlElement } from './xml/element.ts';

/** Hears every element that goes over the wire. It decides by itself whether anybody wants to know. */
export interface WireTap {
  received(element: XmlElement): void;
  /** One top-level element, or the header of a stream. */
  sent(xml: string): void;
}
