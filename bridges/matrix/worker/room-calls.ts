/** The calls about rooms, people and pictures: what the session may ask, and who answers. */
import type { FolderPlace, MessageTarget, NewFolder, NewRoom, RoomMember } from '#bridge';
import type { NotifyLevel, RemoteConversationId, RemoteMessageId, RoomRank } from '#model';
import type { AccountContext } from './account-context.ts';
import { destroyRoom, invite, kick, moderate, rename, setNickname, setRank, setRoomAvatar, setTopic } from './calls/rooms/change-room.ts';
import { canArrangeSpace, createSpace, moveInSpace, putIntoSpace, spacesOfRoom, takeFromSpace } from './calls/rooms/arrange-space.ts';
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
  createSpace(space: NewFolder): Promise<string>;
  spacesOfRoom(roomId: string): Promise<readonly FolderPlace[]>;
  canArrangeSpace(spaceId: string): Promise<boolean>;
  putIntoSpace(spaceId: string, roomId: string): Promise<void>;
  takeFromSpace(spaceId: string, roomId: string): Promise<void>;
  moveInSpace(spaceId: string, roomId: string, beforeId: string | null): Promise<void>;
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
  createSpace: (space) => createSpace(context, space),
  spacesOfRoom: async (roomId) => spacesOfRoom(context, roomId),
  canArrangeSpace: async (spaceId) => canArrangeSpace(context, spaceId),
  putIntoSpace: (spaceId, roomId) => putIntoSpace(context, spaceId, roomId),
  takeFromSpace: (spaceId, roomId) => takeFromSpace(context, spaceId, roomId),
  moveInSpace: (spaceId, roomId, beforeId) => moveInSpace(context, spaceId, roomId, beforeId),
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
