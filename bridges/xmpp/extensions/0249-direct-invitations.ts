/** XEP-0249 Direct MUC Invitations, version 1.2 — https://xmpp.org/extensions/xep-0249.html. Left out: continued chats. */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { bareJid } from '../jid.ts';
import { ns } from '../namespaces.ts';

/** Somebody asks us into a room, directly or through the room. */
export type RoomInvitation = {
  readonly room: string;
  /** Bare address, or the full one of somebody in that room; null: the room does not say. */
  readonly by: string | null;
  readonly reason: string;
  readonly password: string | null;
  /** Through the room, which wants to hear of a refusal. */
  readonly isMediated: boolean;
  /** What the room is called, once it said so. */
  readonly title?: string;
};

export const longestReason = 2_000;
const longestPassword = 1_000;

/** The password of an invitation, unless it is absurd. */
export const usablePassword = (password: string | undefined): string | null =>
  password === undefined || password === '' || password.length > longestPassword ? null : password;

/** Null: the message is no direct invitation. */
export function readDirectInvitation(message: XmlElement): RoomInvitation | null {
  const invite = message.child('x', ns.directInvite);
  const room = bareJid(invite?.attribute('jid'));
  if (invite === undefined || room === null || !room.includes('@')) return null;
  return {
    room,
    by: bareJid(message.attribute('from')),
    reason: (invite.attribute('reason') ?? '').slice(0, longestReason),
    password: usablePassword(invite.attribute('password')),
    isMediated: false,
  };
}

export const directInvitation = (room: string, to: string, id: string, reason: string, password: string | null): XmlElement =>
  element(
    'message',
    { to, id },
    element('x', { xmlns: ns.directInvite, jid: room, reason: reason === '' ? undefined : reason, password: password ?? undefined }),
  );
