/** Everybody of a room, as the server lists them. */
import { BridgeError, type RoomMember } from '#bridge';
import type { RoomRank } from '#model';
import { asArray, asName, asString, readRoomEvent, type RoomEvent } from '../../../event-shape.ts';
import { isUserId, personOf } from '../../../ids.ts';
import { applyMember } from '../../../receive/members.ts';
import { createOutcome, lastingEvents } from '../../../receive/outcome.ts';
import type { PowerLevels } from '../../../receive/power.ts';
import { levelsOf, rankOf } from '../../../receive/room-powers.ts';
import type { AccountContext } from '../../account-context.ts';

/** The interface shows no more. */
const mostMembers = 5_000;
const shown: ReadonlySet<unknown> = new Set(['join', 'invite']);

const describe = (event: RoomEvent, levels: PowerLevels, selfId: string): RoomMember => {
  const userId = String(event.stateKey);
  const membership = event.content['membership'];
  const isBanned = membership === 'ban';
  const rank: RoomRank = isBanned ? 'banned' : rankOf(levels.of(userId));
  const isPresent = membership === 'join';
  const reason = isBanned ? asName(event.content['reason']) : null;
  return {
    personId: isBanned ? null : personOf(userId),
    address: userId,
    name: asName(event.content['displayname']) ?? userId,
    rank,
    hasVoice: !isPresent || levels.of(userId) >= levels.toSend('m.room.message'),
    isModerator: rank === 'owner' || rank === 'admin',
    isPresent,
    isSelf: userId === selfId,
    titles: [],
    ...(reason === null ? {} : { reason }),
  };
};

/** Who is listed must be known to the engine too, or nothing could be done about them. */
const publishMembers = async (context: AccountContext, roomId: string, events: readonly RoomEvent[]): Promise<void> => {
  const { store, selfId } = context;
  const { whenStored } = store.transaction(() => {
    const outcome = createOutcome();
    for (const event of events) if (shown.has(event.content['membership'])) applyMember(store, outcome, selfId, roomId, event);
    const present = new Set(events.filter((event) => shown.has(event.content['membership'])).map((event) => event.stateKey));
    // Those who left in a part of the timeline that we never got.
    for (const userId of store.people.of(roomId)) {
      if (present.has(userId)) continue;
      applyMember(store, outcome, selfId, roomId, { ...nobody, stateKey: userId, content: { membership: 'leave' } });
    }
    return { whenStored: context.publish(lastingEvents(outcome)) };
  });
  await whenStored;
};

const nobody: RoomEvent = { eventId: '$', type: 'm.room.member', sender: '', sentAtMs: 0, stateKey: '', content: {}, unsigned: {}, redacts: undefined, proof: null };

/** @throws BridgeError `forbidden` when we are not in the room */
export const roomMembers = async (context: AccountContext, roomId: string, includeBanned: boolean): Promise<readonly RoomMember[]> => {
  if (context.store.rooms.get(roomId) === null) throw new BridgeError('not-found', { detail: 'unknown room' });
  const answer = await context.api.get(['rooms', roomId, 'members']);
  const events = asArray(answer['chunk'])
    .map((raw) => readRoomEvent(raw, Date.now()))
    .filter((event) => event !== null)
    .filter(({ type, stateKey }) => type === 'm.room.member' && isUserId(stateKey));
  const current = events.filter((event) => shown.has(asString(event.content['membership']))).slice(0, mostMembers);
  const banned = includeBanned ? events.filter((event) => event.content['membership'] === 'ban').slice(0, mostMembers - current.length) : [];
  await publishMembers(context, roomId, current);
  const levels = levelsOf(context.store, roomId);
  return [...current, ...banned].map((event) => describe(event, levels, context.selfId));
};
