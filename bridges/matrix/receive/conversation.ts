/** A room's state → the conversation the engine shows. */
import type { ConversationKind, RemoteConversation } from '#model';
import { asName, asRecord, asString, asText, type JsonRecord } from '../event-shape.ts';
import { conversationOf, isRoomAlias, isUserId, personOf } from '../ids.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import type { RoomRow } from '../store/rooms.ts';

const maxTopicLength = 2_000;

/** State content by type and key, from the room's state or, for an invitation, from what came with it. */
type ReadState = (type: string, stateKey?: string) => JsonRecord;

const stateReader = (store: MatrixStore, room: RoomRow): ReadState => {
  if (room.membership !== 'invited' && room.membership !== 'requested') {
    return (type, stateKey = '') => store.rooms.state(room.id, type, stateKey);
  }
  return (type, stateKey = '') => {
    const found = room.strippedState.map(asRecord).find((event) => event['type'] === type && event['state_key'] === stateKey);
    return asRecord(found?.['content']);
  };
};

/** Who invited us, from the stripped state of an invitation. */
export const inviterOf = (room: RoomRow, selfId: string): { userId: string; isDirect: boolean } | null => {
  const invite = room.strippedState
    .map(asRecord)
    .find((event) => event['type'] === 'm.room.member' && event['state_key'] === selfId);
  const userId = invite?.['sender'];
  if (!isUserId(userId)) return null;
  return { userId, isDirect: asRecord(invite?.['content'])['is_direct'] === true };
};

const titleOf = (read: ReadState): string | null => {
  const name = asName(read('m.room.name')['name']);
  if (name !== null) return name;
  const alias = read('m.room.canonical_alias')['alias'];
  return isRoomAlias(alias) ? alias : null;
};

const peerOf = (store: MatrixStore, room: RoomRow, selfId: string): string | null => {
  const peer = store.accountData.directRooms().get(room.id);
  if (peer !== undefined && peer !== selfId) return peer;
  if (room.membership !== 'invited') return null;
  const inviter = inviterOf(room, selfId);
  return inviter?.isDirect === true && inviter.userId !== selfId ? inviter.userId : null;
};

const kindOf = (read: ReadState, peer: string | null): ConversationKind => {
  if (peer !== null) return 'direct';
  return asString(read('m.room.join_rules')['join_rule']) === 'public' ? 'channel' : 'group';
};

/** Spaces are folders of rooms, not conversations. */
export const isSpace = (store: MatrixStore, room: RoomRow): boolean =>
  stateReader(store, room)('m.room.create')['type'] === 'm.space';

/**
 * The conversation as it is now. A direct one shows the other person, so it has no title of its own.
 * `peer` overrides nothing: it comes from `m.direct`, or from an invitation that says so.
 */
export const describeConversation = (store: MatrixStore, room: RoomRow, selfId: string): RemoteConversation => {
  const read = stateReader(store, room);
  const peer = peerOf(store, room, selfId);
  const isEncrypted = room.isEncrypted || 'algorithm' in read('m.room.encryption');
  return {
    remoteId: conversationOf(room.id),
    kind: kindOf(read, peer),
    title: peer === null ? titleOf(read) : null,
    // Empty rather than absent: a topic that was taken away must be able to say so.
    topic: asText(read('m.room.topic')['topic']).slice(0, maxTopicLength),
    security: isEncrypted ? 'encrypted' : 'plain',
    membership: room.membership,
    ...(peer === null ? {} : { peerId: personOf(peer) }),
    ...(room.unreadCount === null ? {} : { unreadCount: room.unreadCount }),
    ...(room.activeAtMs === null ? {} : { activeAtMs: room.activeAtMs }),
  };
};
