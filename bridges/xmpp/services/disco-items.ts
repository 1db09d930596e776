import type { ServiceItem } from '#model';
import { bareJid, parseJid } from '../jid.ts';
import { ns } from '../namespaces.ts';
import type { XmlElement } from '../stream/xml/element.ts';

const mostItems = 500;
const longestName = 300;

/** What is listed at an address (XEP-0030), with nodes and names; what is no address is left out. */
export function itemsIn(answer: XmlElement): ServiceItem[] {
  const items = answer.child('query', ns.discoItems)?.childrenNamed('item').slice(0, mostItems) ?? [];
  return items.flatMap((item) => {
    const jid = item.attribute('jid') ?? '';
    const address = jid.includes('/') ? (parseJid(jid) === null ? null : jid) : bareJid(jid);
    if (address === null) return [];
    const name = item.attribute('name')?.slice(0, longestName) ?? '';
    return [{ address, node: item.attribute('node')?.slice(0, 3_000) ?? null, name: name === '' ? null : name }];
  });
}
