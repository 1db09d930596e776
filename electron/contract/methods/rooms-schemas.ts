import { z } from 'zod';
import { onlyId, rowId } from './fields.ts';
import type { RoomMethods } from './rooms.ts';
import type { SchemasOf } from './schemas-of.ts';

const address = z.string().min(1).max(1_100);
const name = z.string().min(1).max(200);
const reason = z.string().max(1_000);
const rank = z.enum(['owner', 'admin', 'member', 'none', 'banned']);
const image = () => z.strictObject({
  mime: z.enum(['image/png', 'image/jpeg', 'image/gif', 'image/webp']),
  base64: z.base64().max(90_000),
});

export const roomSchemas: SchemasOf<RoomMethods> = {
  'rooms.create': () => z.strictObject({
    accountId: rowId,
    name,
    alias: z.string().min(1).max(200).nullable(),
    isPublic: z.boolean(),
    isMembersOnly: z.boolean(),
    service: address.nullable(),
    invite: z.array(address).max(100),
  }),
  'rooms.join': () => z.strictObject({
    accountId: rowId,
    address,
    password: z.string().max(1_000).nullable(),
    nickname: name.nullable(),
    words: z.string().max(500).optional(),
  }),
  'rooms.enter': () => z.strictObject({ id: rowId, password: z.string().max(1_000).nullable(), nickname: name.nullable() }),
  'rooms.search': () => z.strictObject({
    accountId: rowId,
    text: z.string().max(200),
    service: address.nullable(),
    next: z.string().max(2_000).nullable(),
  }),
  'rooms.powers': () => onlyId,
  'rooms.members': () => z.strictObject({ id: rowId, includeBanned: z.boolean() }),
  'rooms.setTopic': () => z.strictObject({ id: rowId, topic: z.string().max(4_000) }),
  'rooms.rename': () => z.strictObject({ id: rowId, name }),
  'rooms.setNickname': () => z.strictObject({ id: rowId, nickname: name }),
  'rooms.setAvatar': () => z.strictObject({ id: rowId, image: image().nullable() }),
  'rooms.invite': () => z.strictObject({ id: rowId, address, reason }),
  'rooms.kick': () => z.strictObject({ id: rowId, memberId: rowId, reason }),
  'rooms.setVoice': () => z.strictObject({ id: rowId, memberId: rowId, hasVoice: z.boolean() }),
  'rooms.askVoice': () => onlyId,
  'rooms.answerVoice': () => z.strictObject({ id: rowId, memberId: rowId, isAllowed: z.boolean() }),
  'rooms.setRank': () => z.strictObject({
    id: rowId,
    who: z.union([z.strictObject({ memberId: rowId }), z.strictObject({ address })]),
    rank,
    reason,
  }),
  'rooms.destroy': () => z.strictObject({ id: rowId, reason }),
  'rooms.moderate': () => z.strictObject({ messageId: rowId, reason }),
  'conversations.setNotify': () => z.strictObject({ id: rowId, level: z.enum(['all', 'mentions', 'none']) }),
  'conversations.setPinned': () => z.strictObject({ id: rowId, isPinned: z.boolean() }),
};
