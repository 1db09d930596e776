/**
 * XEP-0433 Extended Channel Search, version 0.1.0 — https://xmpp.org/extensions/xep-0433.html, and what it grew from, as
 * Prosody's mod_muc_search speaks it (https://xmlns.zombofant.net/muclumbus/search/1.0).
 * Left out: sorting; forms with fields of a service's own.
 */
import type { RoomListing } from '#bridge';
import { bareJid } from '../jid.ts';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';
import { simpleForm } from './0004-data-forms.ts';
import { hasMore, readBounds, resultSet } from './0059-result-sets.ts';

/** A way to ask: the older one is a change in its form, and no service announces it. */
export interface ChannelSearch {
  readonly type: 'get' | 'set';
  readonly namespace: string;
  readonly formType: string;
}

export const channelSearch: ChannelSearch = { type: 'get', namespace: ns.channelSearch, formType: 'urn:xmpp:channel-search:0:search-params' };
export const olderChannelSearch: ChannelSearch = {
  type: 'set',
  namespace: ns.channelSearchOld,
  formType: `${ns.channelSearchOld}#params`,
};

const channelPageSize = 50;
const mostFound = 200;
const longestName = 500;
const longestDescription = 2_000;
const everywhere = { sinname: '1', sindescription: '1', sinaddr: '1' };

/** `after`: what the page before ended with. */
export const channelQuery = ({ namespace, formType }: ChannelSearch, text: string, after: string | null = null): XmlElement =>
  element(
    'search',
    { xmlns: namespace },
    resultSet(channelPageSize, after === null ? undefined : { after }),
    simpleForm(formType, { q: text, ...everywhere }),
  );

/** What to ask for behind this page; null: it was the last one, or all. */
export function nextChannels(answer: XmlElement, { namespace }: ChannelSearch): string | null {
  const result = answer.child('result', namespace);
  const bounds = result === undefined ? null : readBounds(result);
  const shown = result?.childrenNamed('item').length ?? 0;
  return bounds !== null && hasMore(bounds, shown, channelPageSize) ? bounds.last : null;
}

/** Rooms of an answer; what is no address of a room is left out. */
export function readChannels(answer: XmlElement, { namespace }: ChannelSearch): readonly RoomListing[] {
  const items = answer.child('result', namespace)?.childrenNamed('item') ?? [];
  return items.slice(0, mostFound).flatMap((item): RoomListing[] => {
    const address = bareJid(item.attribute('address'));
    if (address === null || !address.includes('@')) return [];
    const people = Number(item.childText('nusers') ?? 'none');
    return [
      {
        address,
        name: item.childText('name')?.trim().slice(0, longestName) || null,
        description: item.childText('description')?.trim().slice(0, longestDescription) || null,
        memberCount: Number.isSafeInteger(people) && people >= 0 ? people : null,
        isPasswordProtected: false,
        isMembersOnly: item.child('is-open') === undefined,
      },
    ];
  });
}
