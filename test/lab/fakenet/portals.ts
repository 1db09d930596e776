/** Rooms of the made-up network, as bridgev2 makes them. */
import type { AppServiceClient } from './appservice-client.ts';

export interface Identity {
  readonly bot: string;
  readonly serverName: string;
  ghost(id: string): string;
}

export interface Portal {
  readonly roomId: string;
  readonly chatId: string;
  readonly userId: string;
  /** Ids of people on the network. */
  readonly members: readonly string[];
}

export interface PortalWish {
  readonly userId: string;
  readonly chatId: string;
  readonly name: string;
  readonly members: readonly string[];
  /** Texts of yesterday, a second apart, told by one after the other. */
  readonly history?: readonly string[] | undefined;
  /** How the room says what it is; `both` unless told. */
  readonly info?: 'both' | 'half-shot' | 'none' | undefined;
  readonly features?: Record<string, unknown> | undefined;
}

/** A day: what came before the network was connected. */
const historyAgeMs = 86_400_000;

export const fullName = (id: string): string => `${id.slice(0, 1).toUpperCase()}${id.slice(1)}`;

export const usualFeatures = {
  id: 'fakenet.capabilities.1',
  reaction: 2,
  reaction_count: 1,
  edit: 2,
  edit_max_age: 900,
  reply: 2,
  delete: 1,
  max_text_length: 4096,
  read_receipts: true,
  typing_notifications: true,
  file: { 'm.image': { mime_types: { 'image/*': 2 }, max_size: 10_485_760 } },
};

export async function makePortal(client: AppServiceClient, who: Identity, wish: PortalWish): Promise<Portal> {
  const { userId, chatId, name, members, info = 'both', features = usualFeatures } = wish;
  const isDirect = members.length === 1;
  for (const member of members) await client.ensure(who.ghost(member), `${fullName(member)} (Fakenet)`);
  const stateKey = `${who.serverName}/fakenet`;
  const state = (type: string, content: unknown) => ({ type, state_key: stateKey, content });
  const bridge = bridgeInfo(who.bot, { chatId, name, isDirect });
  const answer = await client.call('POST', '/_matrix/client/v3/createRoom', {
    ...(isDirect ? {} : { name }),
    preset: 'private_chat',
    is_direct: isDirect,
    invite: [userId, ...members.map((member) => who.ghost(member))],
    initial_state: [
      ...(info === 'both' ? [state('m.bridge', bridge)] : []),
      ...(info === 'none' ? [] : [state('uk.half-shot.bridge', bridge), state('com.beeper.room_features', features)]),
    ],
  });
  const roomId = String(answer['room_id']);
  for (const member of members) {
    await client.call('POST', `/_matrix/client/v3/join/${encodeURIComponent(roomId)}`, {}, { user: who.ghost(member) });
  }
  const startedAtMs = Date.now() - historyAgeMs;
  for (const [index, body] of (wish.history ?? []).entries()) {
    const member = members[index % members.length] ?? '';
    await client.send(roomId, 'm.room.message', { msgtype: 'm.text', body }, { user: who.ghost(member), ts: startedAtMs + index * 1_000 });
  }
  return { roomId, chatId, userId, members };
}

function bridgeInfo(bot: string, channel: { chatId: string; name: string; isDirect: boolean }): Record<string, unknown> {
  return {
    bridgebot: bot,
    creator: bot,
    protocol: { id: 'fakenet', displayname: 'Fakenet', avatar_url: 'mxc://localhost/fakenet', external_url: 'https://fakenet.example' },
    channel: { id: channel.chatId, displayname: channel.name, 'fi.mau.receiver': 'l1' },
    ...(channel.isDirect ? { 'com.beeper.room_type': 'dm' } : {}),
    'com.beeper.room_type.v2': channel.isDirect ? 'dm' : 'group_dm',
  };
}
