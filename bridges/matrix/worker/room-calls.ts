/** The calls about rooms, people and pictures: what the session may ask, and who answers. */
import type { MessageTarget, NewRoom, RoomMember } from '#bridge';
import type { NotifyLevel, RemoteConversationId, RemoteMessageId, RoomRank } from '#model';
import type { AccountContext } from './account-context.ts';
import { destroyRoom, invite, kick, moderate, rename, setNickname, setRank, setRoomAvatar, setTopic } from './calls/rooms/change-room.ts';
import { browseSpace, type FolderPage } from './calls/rooms/browse-space.ts';
import { createRoom } from './calls/rooms/create-room.ts';
import { enterRoom, joinRoom } from './calls/rooms/join-room.ts';
import { pinnedMessages, setMessagePinned } from './calls/rooms/pinned-messages.ts';
import { roomMembers } from './calls/rooms/room-members.ts';
import { setNotify, setPinned } from './calls/rooms/room-preferences.ts';
import { searchRooms, type RoomPage } from './calls/rooms/search-rooms.ts';

type Image = { readonly mime: string; readonly bytes: Uint8Array };

export interface RoomCalls {
  createRoom(room: NewRoom): Promise<RemoteConversationId>;
  joinRoom(address: string, words?: string): Promise<RemoteConversationId>;
  enterRoom(roomId: string): Promise<void>;
  searchRooms(text: string, service: string | null, next: string | null): Promise<RoomPage>;
  browseSpace(spaceId: string, next: string | null): Promise<FolderPage>;
  roomMembers(roomId: string, includeBanned: boolean): Promise<readonly RoomMember[]>;
  setTopic(roomId: string, topic: string): Promise<void>;
  rename(roomId: string, name: string): Promise<void>;
  setNickname(roomId: string, nickname: string): Promise<void>;
  setRoomAvatar(roomId: string, image: Image | null): Promise<void>;
  invite(roomId: string, address: string, reason: string): Promise<void>;
  kick(roomId: string, userId: string, reason: string): Promise<void>;
  setRank(roomId: string, userId: string, rank: RoomRank, reason: string): Promise<void>;
  moderate(target: MessageTarget, reason: string): Promise<void>;
  destroyRoom(roomId: string, reason: string): Promise<void>;
  setNotify(roomId: string, level: NotifyLevel): Promise<void>;
  setPinned(roomId: string, isPinned: boolean): Promise<void>;
  setMessagePinned(target: MessageTarget, isPinned: boolean): Promise<void>;
  pinnedMessages(roomId: string): Promise<readonly RemoteMessageId[]>;
}

export const roomCalls = (context: AccountContext, signal: AbortSignal): RoomCalls => ({
  createRoom: (room) => createRoom(context, room),
  joinRoom: (address, words) => joinRoom(context, address, words),
  enterRoom: (roomId) => enterRoom(context, roomId),
  searchRooms: (text, service, next) => searchRooms(context, { text, service, next, signal }),
  browseSpace: (spaceId, next) => browseSpace(context, spaceId, next, signal),
  roomMembers: (roomId, includeBanned) => roomMembers(context, roomId, includeBanned),
  setTopic: (roomId, topic) => setTopic(context, roomId, topic),
  rename: (roomId, name) => rename(context, roomId, name),
  setNickname: (roomId, nickname) => setNickname(context, roomId, nickname),
  setRoomAvatar: (roomId, image) => setRoomAvatar(context, roomId, image, signal),
  invite: (roomId, address, reason) => invite(context, roomId, address, reason),
  kick: (roomId, userId, reason) => kick(context, roomId, userId, reason),
  setRank: (roomId, userId, rank, reason) => setRank(context, roomId, userId, rank, reason),
  moderate: (target, reason) => moderate(context, target, reason),
  destroyRoom: (roomId, reason) => destroyRoom(context, roomId, reason),
  setNotify: (roomId, level) => setNotify(context, roomId, level),
  setPinned: (roomId, isPinned) => setPinned(context, roomId, isPinned),
  setMessagePinned: (target, isPinned) => setMessagePinned(context, target, isPinned),
  pinnedMessages: async (roomId) => pinnedMessages(context, roomId),
});
