/** The engine's end of what concerns rooms: the worker knows and does, this only asks. */
import { BridgeError, type FolderAbility, type FolderKeepingAbility, type PinAbility, type RoomAbility } from '#bridge';
import { conversationOf } from './ids.ts';
import { noRoomPowers } from './receive/room-powers.ts';
import type { WorkerLink } from './worker-link.ts';

export const openRooms = (link: WorkerLink): RoomAbility => ({
  create: (room) => link.call('createRoom', [room]),
  join: (address, { words }) => link.call('joinRoom', [address, words]),
  enter: (id) => link.call('enterRoom', [id]),
  search: (text, service, next, signal) => link.call('searchRooms', [text, service, next], signal),
  members: (id, includeBanned) => link.call('roomMembers', [id, includeBanned]),
  powers: (id) => link.room(id)?.powers ?? noRoomPowers,
  setTopic: (id, topic) => link.call('setTopic', [id, topic]),
  rename: (id, name) => link.call('rename', [id, name]),
  setNickname: (id, nickname) => link.call('setNickname', [id, nickname]),
  setAvatar: (id, image) => link.call('setRoomAvatar', [id, image]),
  invite: (id, address, reason) => link.call('invite', [id, address, reason]),
  kick: (id, personId, reason) => link.call('kick', [id, personId, reason]),
  setVoice: () => Promise.reject(new BridgeError('unsupported')),
  async setRank(id, who, rank, reason) {
    const target = who.personId ?? who.address;
    if (target === undefined) throw new BridgeError('wrong-address');
    await link.call('setRank', [id, target, rank, reason]);
  },
  moderate: (target, reason) => link.call('moderate', [target, reason]),
  destroy: (id, reason) => link.call('destroyRoom', [id, reason]),
  setNotify: (id, level) => link.call('setNotify', [id, level]),
  setPinned: (id, isPinned) => link.call('setPinned', [id, isPinned]),
});

export const openFolders = (link: WorkerLink): FolderAbility => ({
  browse: (folderId, next, signal) => link.call('browseSpace', [folderId, next], signal),
  join: (address) => link.call('joinRoom', [address]).then(() => undefined),
});

export const openFolderKeeping = (link: WorkerLink): FolderKeepingAbility => ({
  create: (folder) => link.call('createSpace', [folder]),
  places: (conversationId) => link.call('spacesOfRoom', [conversationId]),
  canArrange: (folderId) => link.call('canArrangeSpace', [folderId]),
  put: (folderId, entryId) => link.call('putIntoSpace', [folderId, entryId]),
  take: (folderId, entryId) => link.call('takeFromSpace', [folderId, entryId]),
  move: (folderId, entryId, beforeId) => link.call('moveInSpace', [folderId, entryId, beforeId]),
  invite: (folderId, address) => link.call('invite', [folderId, address, '']),
  leave: (folderId) => link.call('leave', [conversationOf(folderId)]),
});

export const openPins = (link: WorkerLink): PinAbility => ({
  pin: (target) => link.call('setMessagePinned', [target, true]),
  unpin: (target) => link.call('setMessagePinned', [target, false]),
  pinned: (id) => link.call('pinnedMessages', [id]),
});
