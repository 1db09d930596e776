/** XEP-0421 Occupant Identifiers, version 1.0.1 — https://xmpp.org/extensions/xep-0421.html */
import type { XmlElement } from '../stream/xml/element.ts';
import { usableId } from './0359-stable-ids.ts';
import { ns } from '../namespaces.ts';

/** Whom the room vouches for, whatever the nickname. Only trusted in what the room itself sent. */
export const readOccupantId = (stanza: XmlElement): string | null =>
  usableId(stanza.child('occupant-id', ns.occupantId)?.attribute('id'));
