/** Matrix identifiers: strict on what we send or resolve, lenient on what a server may legally use. */
import {
  remoteConversationId,
  remoteMessageId,
  remotePersonId,
  type RemoteConversationId,
  type RemoteMessageId,
  type RemotePersonId,
} from '#model';

const maxIdLength = 255;
const hasForbiddenCharacter = /[\s\u0000-\u001f\u007f]/u;
const serverName = String.raw`(?:\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z.-]{1,230})(?::[0-9]{1,5})?`;
const userIdGrammar = new RegExp(`^@([^:\\s]*):(${serverName})$`, 'u');
const roomAliasGrammar = new RegExp(`^#([^:\\s]+):(${serverName})$`, 'u');
/** Media ids are opaque but may hold only these characters; anything else could leave the media path. */
const mxcGrammar = new RegExp(`^mxc://(${serverName})/([0-9A-Za-z_-]{1,255})$`, 'u');

const isSane = (value: string): boolean => value.length <= maxIdLength && !hasForbiddenCharacter.test(value);

export const isUserId = (value: unknown): value is string =>
  typeof value === 'string' && isSane(value) && userIdGrammar.test(value);

export const isRoomAlias = (value: unknown): value is string =>
  typeof value === 'string' && isSane(value) && roomAliasGrammar.test(value);

/** `!opaque:server`, or `!hash` alone since room version 12. */
export const isRoomId = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 1 && value.startsWith('!') && isSane(value);

export const isEventId = (value: unknown): value is string =>
  typeof value === 'string' && value.length > 1 && value.startsWith('$') && isSane(value);

/** Server name of a user id; null when it is none. */
export const serverOfUser = (userId: string): string | null => userIdGrammar.exec(userId)?.[2] ?? null;

export interface MediaAddress {
  readonly server: string;
  readonly mediaId: string;
}

/** The parts of an `mxc://` address, or null when it is not exactly one (path traversal, queries, escapes). */
export const parseMediaAddress = (value: unknown): MediaAddress | null => {
  if (typeof value !== 'string') return null;
  const [, server, mediaId] = mxcGrammar.exec(value) ?? [];
  if (server === undefined || mediaId === undefined || server.includes('..')) return null;
  return { server, mediaId };
};

export const conversationOf = (roomId: string): RemoteConversationId => remoteConversationId(roomId);
export const messageOf = (eventId: string): RemoteMessageId => remoteMessageId(eventId);
export const personOf = (userId: string): RemotePersonId => remotePersonId(userId);
