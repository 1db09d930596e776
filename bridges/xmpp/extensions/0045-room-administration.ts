/**
 * XEP-0045 Multi-User Chat, version 1.35.1 — https://xmpp.org/extensions/xep-0045.html: what moderators, admins and
 * owners do (sections 8, 9 and 10). Left out: changing many people in one request.
 */
import type { RoomRank } from '#bridge';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { bareJid } from '../jid.ts';
import { readRank, type RoomRole } from './0045-multi-user-chat.ts';
import { longestReason } from './0249-direct-invitations.ts';
import { ns } from '../namespaces.ts';

const affiliations: Readonly<Record<RoomRank, string>> = {
  owner: 'owner',
  admin: 'admin',
  member: 'member',
  none: 'none',
  banned: 'outcast',
};
const mostMembers = 5_000;

const change = (item: Readonly<Record<string, string | undefined>>, reason: string): XmlElement =>
  element('query', { xmlns: ns.mucAdmin }, element('item', item, reason === '' ? null : element('reason', {}, reason)));

/** `none` kicks, `visitor` takes the voice. */
export const setRole = (nick: string, role: RoomRole, reason: string): XmlElement => change({ nick, role }, reason);

/** By address; by nickname only where the room hides the address from us. */
export const setRank = (who: { readonly jid: string } | { readonly nick: string }, rank: RoomRank, reason: string): XmlElement =>
  change({ ...who, affiliation: affiliations[rank] }, reason);

export const rankQuery = (rank: RoomRank): XmlElement =>
  element('query', { xmlns: ns.mucAdmin }, element('item', { affiliation: affiliations[rank] }));

export interface RankedAddress {
  readonly jid: string;
  readonly rank: RoomRank;
  readonly nick: string | null;
  readonly reason: string;
}

export const readRanks = (result: XmlElement): readonly RankedAddress[] =>
  (result.child('query', ns.mucAdmin)?.childrenNamed('item') ?? []).slice(0, mostMembers).flatMap((item) => {
    const jid = bareJid(item.attribute('jid'));
    if (jid === null) return [];
    const reason = (item.childText('reason') ?? '').slice(0, longestReason);
    return [{ jid, rank: readRank(item.attribute('affiliation')), nick: item.attribute('nick') ?? null, reason }];
  });

export const configurationQuery = (): XmlElement => element('query', { xmlns: ns.mucOwner });

export const submitConfiguration = (form: XmlElement): XmlElement => element('query', { xmlns: ns.mucOwner }, form);

/** A new room is locked until its owner accepts the configuration; this accepts what the server proposes. */
export const acceptDefaults = (): XmlElement => submitConfiguration(element('x', { xmlns: ns.dataForms, type: 'submit' }));

export const destroyRoom = (reason: string): XmlElement =>
  element('query', { xmlns: ns.mucOwner }, element('destroy', {}, reason === '' ? null : element('reason', {}, reason)));
