/**
 * XEP-0045 Multi-User Chat, version 1.35.1 — https://xmpp.org/extensions/xep-0045.html
 * with XEP-0421 Occupant Identifiers, version 1.0.0, and XEP-0249 Direct Invitations, version 1.2.
 * Left out: administration, voice requests, passwords, configuration beyond accepting the server's defaults.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { bareJid, parseJid } from '../jid.ts';
import { usableId } from './0359-stable-ids.ts';
import { ns } from '../namespaces.ts';

/** Joins without the room's own replay of history when its archive will be asked instead. */
export const joinPresence = (room: string, nick: string, historyStanzas: number): XmlElement =>
  element(
    'presence',
    { to: `${room}/${nick}` },
    element('x', { xmlns: ns.muc }, element('history', { maxstanzas: String(historyStanzas) })),
  );

export const leavePresence = (room: string, nick: string): XmlElement =>
  element('presence', { to: `${room}/${nick}`, type: 'unavailable' });

/** A new room is locked until its owner accepts the configuration; this accepts what the server proposes. */
export const acceptDefaults = (): XmlElement =>
  element('query', { xmlns: `${ns.muc}#owner` }, element('x', { xmlns: ns.dataForms, type: 'submit' }));

export interface OccupantPresence {
  readonly room: string;
  readonly nick: string;
  readonly isAvailable: boolean;
  readonly isSelf: boolean;
  readonly occupantId: string | null;
  readonly role: string | null;
  readonly newNick: string | null;
  readonly isNewRoom: boolean;
  /** Why somebody left, when it was not by themselves. */
  readonly departure: 'kicked' | 'banned' | 'destroyed' | 'removed' | null;
}

export function readOccupantPresence(stanza: XmlElement): OccupantPresence | null {
  const from = parseJid(stanza.attribute('from') ?? '');
  const room = bareJid(stanza.attribute('from'));
  const type = stanza.attribute('type');
  if (from === null || room === null || from.resource === '') return null;
  if (type !== undefined && type !== 'unavailable') return null;
  const user = stanza.child('x', ns.mucUser);
  const codes = new Set((user?.childrenNamed('status') ?? []).map((status) => status.attribute('code')));
  const item = user?.child('item');
  return {
    room,
    nick: from.resource,
    isAvailable: type === undefined,
    isSelf: codes.has('110'),
    occupantId: readOccupantId(stanza),
    role: item?.attribute('affiliation') ?? null,
    newNick: codes.has('303') ? (item?.attribute('nick') ?? null) : null,
    isNewRoom: codes.has('201'),
    departure:
      user?.child('destroy') !== undefined
        ? 'destroyed'
        : codes.has('301')
          ? 'banned'
          : codes.has('307')
            ? 'kicked'
            : codes.has('321') || codes.has('322') || codes.has('332')
              ? 'removed'
              : null,
  };
}

export const readOccupantId = (stanza: XmlElement): string | null =>
  usableId(stanza.child('occupant-id', ns.occupantId)?.attribute('id'));

/** The room that somebody invites us to, directly or through the room. */
export function readInvitation(message: XmlElement): { readonly room: string } | null {
  const direct = bareJid(message.child('x', ns.directInvite)?.attribute('jid'));
  if (direct !== null) return { room: direct };
  const mediated = message.child('x', ns.mucUser)?.child('invite');
  const room = bareJid(message.attribute('from'));
  return mediated === undefined || room === null ? null : { room };
}
