/** XEP-0317 Hats, version 0.3.1 — https://xmpp.org/extensions/xep-0317.html. Left out: giving and taking hats, colours. */
import type { XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

const mostHats = 10;
const longestTitle = 100;

/** The titles that stand in a presence. They are those of the room only where it says that it gives any. */
export const readHats = (presence: XmlElement): readonly string[] =>
  (presence.child('hats', ns.hats)?.childrenNamed('hat') ?? [])
    .slice(0, mostHats)
    .flatMap((hat) => (hat.attribute('title') ?? '').trim().slice(0, longestTitle) || []);
