import type { RpcInput, RoomMethods } from '#rpc';
import type { World } from './world.ts';

type Inputs = { readonly [Method in keyof RoomMethods]: (world: World) => RpcInput<Method> };

/** One good input of every method about rooms. */
export const roomInputs: Inputs = {
  'rooms.create': ({ account }) => ({ accountId: account.id, name: 'Plans', alias: null, isPublic: false, isMembersOnly: true, service: null, invite: ['paul@fake'] }),
  'rooms.join': ({ account }) => ({ accountId: account.id, address: 'plans@rooms', password: 'sésamo', nickname: null }),
  'rooms.enter': ({ room }) => ({ id: room.id, password: null, nickname: 'marta' }),
  'rooms.search': ({ account }) => ({ accountId: account.id, text: 'plan', service: null, next: null }),
  'rooms.powers': ({ room }) => ({ id: room.id }),
  'rooms.members': ({ room }) => ({ id: room.id, includeBanned: true }),
  'rooms.setTopic': ({ room }) => ({ id: room.id, topic: 'Autumn' }),
  'rooms.rename': ({ room }) => ({ id: room.id, name: 'Other plans' }),
  'rooms.setNickname': ({ room }) => ({ id: room.id, nickname: 'marta' }),
  'rooms.setAvatar': ({ room }) => ({ id: room.id, image: { mime: 'image/png', base64: 'iVBORw0KGgo=' } }),
  'rooms.invite': ({ room }) => ({ id: room.id, address: 'anna@fake', reason: 'Come in' }),
  'rooms.kick': ({ room, memberId }) => ({ id: room.id, memberId, reason: 'Enough' }),
  'rooms.setVoice': ({ room, memberId }) => ({ id: room.id, memberId, hasVoice: false }),
  'rooms.askVoice': ({ room }) => ({ id: room.id }),
  'rooms.answerVoice': ({ room, memberId }) => ({ id: room.id, memberId, isAllowed: true }),
  'rooms.setRank': ({ room }) => ({ id: room.id, who: { address: 'spam@fake' }, rank: 'banned', reason: 'Spam' }),
  'rooms.destroy': ({ room }) => ({ id: room.id, reason: 'Done' }),
  'rooms.moderate': ({ theirsInRoom }) => ({ messageId: theirsInRoom.id, reason: 'Rude' }),
  'conversations.setNotify': ({ chat }) => ({ id: chat.id, level: 'mentions' }),
  'conversations.setPinned': ({ chat }) => ({ id: chat.id, isPinned: true }),
};
