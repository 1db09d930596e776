/**
 * XEP-0045 Multi-User Chat, version 1.35.1 — https://xmpp.org/extensions/xep-0045.html: being in a room.
 * What owners, admins and moderators do is in 0045-room-administration.ts, asking for the voice in 0045-voice-requests.ts.
 * Left out: continuing a chat of two as a room.
 */
import type { RoomRank } from '#bridge';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { bareJid, fullJid, parseJid } from '../jid.ts';
import { longestReason, readDirectInvitation, usablePassword, type RoomInvitation } from './0249-direct-invitations.ts';
import { noHats, readHats, type Hat } from './0317-hats.ts';
import { readOccupantId } from './0421-occupant-id.ts';
import { ns } from '../namespaces.ts';

interface Entrance {
  /** By which our own presence is known when it comes back. */
  readonly id: string;
  /** 0: its archive will be asked instead of the room's own replay. */
  readonly historyStanzas: number;
  readonly password?: string | null | undefined;
}

export const joinPresence = (room: string, nick: string, { id, historyStanzas, password = null }: Entrance): XmlElement =>
  element(
    'presence',
    { to: `${room}/${nick}`, id },
    element(
      'x',
      { xmlns: ns.muc },
      password === null ? null : element('password', {}, password),
      element('history', { maxstanzas: String(historyStanzas) }),
    ),
    ...noHats(),
  );

/** Our presence under another nickname: the room then renames us. */
export const renamePresence = (room: string, nick: string): XmlElement => element('presence', { to: `${room}/${nick}` });

export const leavePresence = (room: string, nick: string): XmlElement =>
  element('presence', { to: `${room}/${nick}`, type: 'unavailable' });

export type RoomRole = 'moderator' | 'participant' | 'visitor' | 'none';

/** Why somebody left, when it was not by themselves. `shutdown` and `error` say nothing about the person. */
export type Departure = 'kicked' | 'banned' | 'destroyed' | 'removed' | 'shutdown' | 'error';

export interface OccupantPresence {
  readonly room: string;
  readonly nick: string;
  readonly isAvailable: boolean;
  readonly isSelf: boolean;
  readonly occupantId: string | null;
  readonly rank: RoomRank;
  readonly role: RoomRole;
  /** Only where the room lets us see it. */
  readonly realJid: string | null;
  /** As they stand there: whether they mean anything is for the room to say. */
  readonly hats: readonly Hat[];
  readonly newNick: string | null;
  readonly isNewRoom: boolean;
  readonly departure: Departure | null;
  readonly reason: string;
  /** Nickname or address of who did it. */
  readonly actor: string | null;
  /** Of a destroyed room: where to meet instead. */
  readonly alternative: string | null;
}

const ranks: Readonly<Record<string, RoomRank>> = { owner: 'owner', admin: 'admin', member: 'member', outcast: 'banned' };
const roles: ReadonlySet<string> = new Set<RoomRole>(['moderator', 'participant', 'visitor']);
const departures: readonly (readonly [code: string, departure: Departure])[] = [
  ['301', 'banned'],
  ['333', 'error'],
  ['307', 'kicked'],
  ['332', 'shutdown'],
  ['321', 'removed'],
  ['322', 'removed'],
];

export const readRank = (affiliation: string | undefined): RoomRank =>
  affiliation !== undefined && Object.hasOwn(ranks, affiliation) ? (ranks[affiliation] ?? 'none') : 'none';

export function readOccupantPresence(stanza: XmlElement): OccupantPresence | null {
  const from = parseJid(stanza.attribute('from') ?? '');
  const room = bareJid(stanza.attribute('from'));
  const type = stanza.attribute('type');
  if (from === null || room === null || from.resource === '') return null;
  if (type !== undefined && type !== 'unavailable') return null;
  const user = stanza.child('x', ns.mucUser);
  const codes = readStatusCodes(stanza);
  const item = user?.child('item');
  const actor = item?.child('actor');
  const destroyed = user?.child('destroy');
  const role = item?.attribute('role');
  return {
    room,
    nick: from.resource,
    isAvailable: type === undefined,
    isSelf: codes.has('110'),
    occupantId: readOccupantId(stanza),
    rank: readRank(item?.attribute('affiliation')),
    role: role !== undefined && roles.has(role) ? (role as RoomRole) : 'none',
    realJid: bareJid(item?.attribute('jid')),
    hats: readHats(stanza),
    newNick: codes.has('303') ? (item?.attribute('nick') ?? null) : null,
    isNewRoom: codes.has('201'),
    departure: destroyed !== undefined ? 'destroyed' : (departures.find(([code]) => codes.has(code))?.[1] ?? null),
    reason: ((destroyed ?? item)?.childText('reason') ?? '').slice(0, longestReason),
    actor: actor?.attribute('nick') ?? bareJid(actor?.attribute('jid')),
    alternative: bareJid(destroyed?.attribute('jid')),
  };
}

/** What the room says about a stanza, as numbers (XEP-0045 section 15.6). */
export const readStatusCodes = (stanza: XmlElement): ReadonlySet<string> =>
  new Set((stanza.child('x', ns.mucUser)?.childrenNamed('status') ?? []).flatMap((status) => status.attribute('code') ?? []));

/** The room changed how it is set up: ask it again what it is like. */
export const isConfigurationChange = (message: XmlElement): boolean => {
  const codes = readStatusCodes(message);
  return ['104', '170', '171', '172', '173', '174'].some((code) => codes.has(code));
};

/** The room that somebody invites us to, directly or through the room. Null: no invitation. */
export function readInvitation(message: XmlElement): RoomInvitation | null {
  const user = message.child('x', ns.mucUser);
  const mediated = user?.child('invite');
  const room = bareJid(message.attribute('from'));
  if (user === undefined || mediated === undefined || room === null) return readDirectInvitation(message);
  return {
    room,
    by: inviterOf(room, mediated.attribute('from')),
    reason: (mediated.childText('reason') ?? '').slice(0, longestReason),
    password: usablePassword(user.childText('password')),
    isMediated: true,
  };
}

/** A room that hides addresses names an occupant. */
const inviterOf = (room: string, from: string | undefined): string | null => {
  const bare = bareJid(from);
  return bare === room ? fullJid(from) : bare;
};

/** Through the room, which makes the invited person a member where it has to. */
export const mediatedInvitation = (room: string, to: string, id: string, reason: string): XmlElement =>
  element(
    'message',
    { to: room, id },
    element('x', { xmlns: ns.mucUser }, element('invite', { to }, reason === '' ? null : element('reason', {}, reason))),
  );

export const declineInvitation = (room: string, by: string, id: string): XmlElement =>
  element('message', { to: room, id }, element('x', { xmlns: ns.mucUser }, element('decline', { to: by })));

export const subjectMessage = (room: string, id: string, subject: string): XmlElement =>
  element('message', { to: room, type: 'groupchat', id }, element('subject', {}, subject));
