import type { RoomAbility, RoomMember } from '#bridge';
import { remoteConversationId, remotePersonId, type RemoteConversationId, type RoomPowers } from '#model';

export const roomOwner: RoomPowers = {
  ownRank: 'owner',
  canSetTopic: true,
  canRename: true,
  canInvite: true,
  canKick: true,
  canBan: true,
  canSetVoice: true,
  canSetRank: true,
  canConfigure: true,
  canDestroy: true,
  canModerate: true,
  canSetAvatar: true,
};

export const fakeMember = (name: string, more: Partial<RoomMember> = {}): RoomMember => ({
  personId: remotePersonId(name),
  address: null,
  name,
  rank: 'none',
  hasVoice: true,
  isModerator: false,
  isPresent: true,
  isSelf: false,
  titles: [],
  ...more,
});

/** Rooms of a network inside the test: does nothing and remembers what it was asked. */
export const createFakeRooms = (
  note: (name: string, ...args: readonly unknown[]) => void,
  appear: (id: RemoteConversationId) => Promise<void>,
): RoomAbility => {
  const quietly =
    (name: string) =>
    (...args: readonly unknown[]): Promise<void> => {
      note(name, ...args);
      return Promise.resolve();
    };
  const enter = async (address: string): Promise<RemoteConversationId> => {
    const id = remoteConversationId(address);
    await appear(id);
    return id;
  };
  return {
    create: (room) => {
      note('rooms.create', room);
      return enter(`made-${room.name}`);
    },
    join: (address, options) => {
      note('rooms.join', address, options);
      return enter(address);
    },
    enter: (id, options) => {
      note('rooms.enter', id, options);
      return Promise.resolve();
    },
    search: (text, service, next) => {
      note('rooms.search', text, service, next);
      const found = { address: 'found@rooms', name: 'Found', description: null, memberCount: 3, isPasswordProtected: false, isMembersOnly: false };
      return Promise.resolve({ rooms: [found], next: null });
    },
    members: (_id, includeBanned) =>
      Promise.resolve([
        fakeMember('friend'),
        ...(includeBanned ? [fakeMember('gone', { personId: null, address: 'gone@fake', rank: 'banned', isPresent: false })] : []),
      ]),
    powers: () => roomOwner,
    setTopic: quietly('rooms.setTopic'),
    rename: quietly('rooms.rename'),
    setNickname: quietly('rooms.setNickname'),
    setAvatar: quietly('rooms.setAvatar'),
    invite: quietly('rooms.invite'),
    kick: quietly('rooms.kick'),
    setVoice: quietly('rooms.setVoice'),
    askVoice: quietly('rooms.askVoice'),
    answerVoice: quietly('rooms.answerVoice'),
    setRank: quietly('rooms.setRank'),
    moderate: quietly('rooms.moderate'),
    destroy: quietly('rooms.destroy'),
    setNotify: quietly('rooms.setNotify'),
    setPinned: quietly('rooms.setPinned'),
  };
};
