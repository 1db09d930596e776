/** XEP-0333 Displayed Markers, version 1.0.0 — https://xmpp.org/extensions/xep-0333.html, and the older `received`, `acknowledged`. */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { usableId } from './0359-stable-ids.ts';
import { ns } from '../namespaces.ts';

export interface Marker {
  readonly kind: 'delivered' | 'read';
  readonly id: string;
}

export const markable = (): XmlElement => element('markable', { xmlns: ns.markers });

export const isMarkable = (message: XmlElement): boolean => message.child('markable', ns.markers) !== undefined;

export const displayed = (id: string): XmlElement => element('displayed', { xmlns: ns.markers, id });

export function readMarker(message: XmlElement): Marker | null {
  const read = message.child('displayed', ns.markers) ?? message.child('acknowledged', ns.markers);
  const id = usableId((read ?? message.child('received', ns.markers))?.attribute('id'));
  if (id === null) return null;
  return { kind: read === undefined ? 'delivered' : 'read', id };
}
