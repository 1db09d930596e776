/** A room's state → the conversation the engine shows. */
import type { ConversationKind, RemoteConversation } from '#model';
import { asName, asRecord, asString, asText, type JsonRecord } from '../event-shape.ts';
import { conversationOf, isRoomAlias, isUserId, personOf } from '../ids.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import type { RoomRow } from '../store/rooms.ts';
import { bridgeOfRoom, isBridgeBot, type RoomBridge } from '../bridged/room-bridge.ts';
import { avatarOf } from './avatar.ts';
import { preferencesOf } from './preferences.ts';

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

/** Who invited us and their words; only of an invitation. */
const invitationOf = (room: RoomRow, selfId: string): Pick<RemoteConversation, 'invitation'> => {
  if (room.membership !== 'invited') return {};
  const own = room.strippedState.map(asRecord).find((event) => event['type'] === 'm.room.member' && event['state_key'] === selfId);
  const inviter = inviterOf(room, selfId);
  const text = asText(asRecord(own?.['content'])['reason']).slice(0, maxTopicLength);
  return { invitation: { by: inviter === null ? null : personOf(inviter.userId), text: text === '' ? null : text } };
};

const titleOf = (read: ReadState): string | null => {
  const name = asName(read('m.room.name')['name']);
  if (name !== null) return name;
  const alias = read('m.room.canonical_alias')['alias'];
  return isRoomAlias(alias) ? alias : null;
};

/** Of a bridged room the bridge knows better: the room was made by its bot, and `m.direct` may name that. */
const peerOf = (store: MatrixStore, room: RoomRow, selfId: string, bridge: RoomBridge | null): string | null => {
  if (bridge !== null && bridge.peer !== null) return bridge.peer;
  const peer = store.accountData.directRooms().get(room.id);
  if (peer !== undefined && peer !== selfId && bridge?.bots.has(peer) !== true) return peer;
  if (room.membership !== 'invited') return null;
  const inviter = inviterOf(room, selfId);
  if (inviter !== null && isBridgeBot(store, inviter.userId, selfId)) return null;
  return inviter?.isDirect === true && inviter.userId !== selfId ? inviter.userId : null;
};

const kindOf = (read: ReadState, peer: string | null): ConversationKind => {
  if (peer !== null) return 'direct';
  return asString(read('m.room.join_rules')['join_rule']) === 'public' ? 'channel' : 'group';
};

/** Spaces are folders of rooms, not conversations. */
export const isSpace = (store: MatrixStore, room: RoomRow): boolean =>
  stateReader(store, room)('m.room.create')['type'] === 'm.space';

/** Null only of a room that had a picture: most never have one. */
const pictureOf = (read: ReadState, room: RoomRow): Pick<RemoteConversation, 'avatar'> => {
  const avatar = avatarOf(read('m.room.avatar')['url']);
  const had = asRecord(room.emitted === null ? null : JSON.parse(room.emitted))['avatar'];
  return avatar === null && (had === undefined || had === null) ? {} : { avatar };
};

/**
 * The conversation as it is now. A direct one shows the other person, so it has no title of its own.
 * `peer` overrides nothing: it comes from `m.direct`, or from an invitation that says so.
 */
export const describeConversation = (store: MatrixStore, room: RoomRow, selfId: string): RemoteConversation => {
  const read = stateReader(store, room);
  const bridge = bridgeOfRoom(store, room, selfId);
  const peer = peerOf(store, room, selfId, bridge);
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
    ...(bridge === null ? {} : { network: bridge.network }),
    ...(room.unreadCount === null ? {} : { unreadCount: room.unreadCount }),
    ...(room.activeAtMs === null ? {} : { activeAtMs: room.activeAtMs }),
    ...invitationOf(room, selfId),
    // A conversation of two shows the other person's picture.
    ...(peer === null ? pictureOf(read, room) : {}),
    ...preferencesOf(store, room.id),
  };
};
