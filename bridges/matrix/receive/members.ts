/** `m.room.member` → people and participants. */
import type { RemotePerson } from '#model';
import { asName, asString, type RoomEvent } from '../event-shape.ts';
import { networkOfPerson } from '../bridged/room-bridge.ts';
import { conversationOf, isUserId, parseMediaAddress, personOf } from '../ids.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import { avatarOf } from './avatar.ts';
import type { Outcome } from './outcome.ts';
import { readPowerLevels, roleOf } from './power.ts';

/** `avatar`: the address of their picture; absent: nothing known about one. */
export const describePerson = (userId: string, displayName: string | null, selfId: string, avatar?: string | null): RemotePerson => ({
  remoteId: personOf(userId),
  displayName,
  handle: userId,
  ...(userId === selfId ? { isSelf: true } : {}),
  ...(avatar === undefined ? {} : { avatar: avatarOf(avatar) }),
});

/** Keeps the name somebody gave themselves, and tells the engine when it is news. */
export const notePerson = (
  store: MatrixStore,
  outcome: Outcome,
  selfId: string,
  person: { readonly userId: string; readonly displayName: string | null; readonly avatar?: string | null; readonly atMs: number },
): void => {
  const { userId, displayName, atMs } = person;
  const known = store.people.avatar(userId);
  const avatar = person.avatar === undefined ? known : person.avatar;
  if (!store.people.rename(userId, displayName, avatar, atMs)) return;
  // Most people have no picture, and nothing is said about none that never was.
  const told = avatar === null && known === null ? undefined : avatar;
  outcome.people.push({ type: 'person.upserted', person: { ...describePerson(userId, displayName, selfId, told), ...networkOfPerson(store, userId, selfId) } });
};

/** Somebody who appears without a member event (a lazy or sloppy server) still needs a row. */
export const noteSender = (store: MatrixStore, outcome: Outcome, selfId: string, userId: string): void => {
  if (!store.people.isKnown(userId)) notePerson(store, outcome, selfId, { userId, displayName: null, atMs: 0 });
};

const presentMemberships: ReadonlySet<unknown> = new Set(['join', 'invite']);

/** Applies one member event that is current state. */
export const applyMember = (
  store: MatrixStore,
  outcome: Outcome,
  selfId: string,
  roomId: string,
  event: RoomEvent,
): void => {
  const userId = event.stateKey;
  if (!isUserId(userId)) return;
  const membership = event.content['membership'];
  // A name in somebody else's words (an invitation) is only a first guess.
  const isOwnWord = event.sender === userId;
  if (presentMemberships.has(membership)) {
    const displayName = asName(event.content['displayname']);
    const avatar = asString(event.content['avatar_url']);
    const isPicture = parseMediaAddress(avatar) !== null;
    notePerson(store, outcome, selfId, {
      userId,
      displayName,
      ...(isOwnWord ? { avatar: isPicture && avatar !== undefined ? avatar : null, atMs: event.sentAtMs } : { atMs: 0 }),
    });
    const levels = readPowerLevels(store.rooms.state(roomId, 'm.room.power_levels'), store.rooms.stateEvent(roomId, 'm.room.create'));
    // Who arrives is news, although they were expected.
    const role = membership === 'invite' ? 'invited' : roleOf(levels.of(userId));
    if (!store.people.join(roomId, userId, role)) return;
    outcome.people.push({
      type: 'participant.upserted',
      conversationId: conversationOf(roomId),
      personId: personOf(userId),
      ...(role === null ? {} : { role }),
    });
    return;
  }
  if (!store.people.leave(roomId, userId)) return;
  outcome.people.push({ type: 'participant.deleted', conversationId: conversationOf(roomId), personId: personOf(userId) });
};
