/** XEP-0191 Blocking Command, version 1.3 — https://xmpp.org/extensions/xep-0191.html. Left out: its error for blocked sends. */
import { bareJid, fullJid } from '../jid.ts';
import { element, type XmlElement } from '../stream/xml/element.ts';

export const blockingNamespace = 'urn:xmpp:blocking';
const mostAddresses = 20_000;

export const blockListQuery = (): XmlElement => element('blocklist', { xmlns: blockingNamespace });

export const blockQuery = (address: string, report: XmlElement | null): XmlElement =>
  element('block', { xmlns: blockingNamespace }, element('item', { jid: address }, report));

export const unblockQuery = (address: string): XmlElement =>
  element('unblock', { xmlns: blockingNamespace }, element('item', { jid: address }));

/** Null: the answer holds no list. */
export function readBlockList(result: XmlElement): readonly string[] | null {
  const list = result.child('blocklist', blockingNamespace);
  return list === undefined ? null : addressesIn(list);
}

export interface BlockPush {
  readonly isBlocked: boolean;
  /** Empty with `isBlocked` false: everybody is unblocked. */
  readonly addresses: readonly string[];
}

/** What another device of ours did; `forged` when it is not our own server who says so. Null: something else. */
export function readBlockPush(iq: XmlElement, ownBareJid: string): BlockPush | 'forged' | null {
  if (iq.attribute('type') !== 'set') return null;
  const change = iq.child('block', blockingNamespace) ?? iq.child('unblock', blockingNamespace);
  if (change === undefined) return null;
  const from = iq.attribute('from');
  const isOurs = from === undefined || (!from.includes('/') && bareJid(from) === ownBareJid);
  return isOurs ? { isBlocked: change.name === 'block', addresses: addressesIn(change) } : 'forged';
}

const addressesIn = (list: XmlElement): string[] => [
  ...new Set(
    list
      .childrenNamed('item')
      .slice(0, mostAddresses)
      .flatMap((item) => fullJid(item.attribute('jid')) ?? []),
  ),
];
