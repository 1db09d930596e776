import type { RemotePersonId } from '#model';
import { personOf } from './ids.ts';
import type { Room } from './room-entry.ts';

/**
 * A gateway whose network knows only rooms (Matrix by slidge's matridge) brings a chat of two as one. Nothing on the wire
 * says so: it is closed, counts two members, shows who they are, and bears the other one's name. A channel, or a room that
 * somebody named, is none of that. @returns the other one; null: a room like others
 */
export function otherOfTwo({ isJoined, about, occupants }: Pick<Room, 'isJoined' | 'about' | 'occupants'>): RemotePersonId | null {
  const [other, ...more] = isJoined && occupants.count < 3 ? occupants.all : [];
  if (other === undefined || more.length > 0 || other.realJid === null) return null;
  const isOfTwo = about.isMembersOnly && about.memberCount === 2 && about.title !== null && fold(about.title) === fold(other.nick);
  return isOfTwo ? personOf(other.realJid) : null;
}

const fold = (name: string): string => name.normalize('NFKC').trim().toLocaleLowerCase();
