/** Where a room is, however a person may have it: id, alias, a matrix.to link, a `matrix:` address. */
import { isRoomAlias, isRoomId } from '../../../ids.ts';

export interface RoomAddress {
  /** `#alias:server` or `!id`. */
  readonly room: string;
  /** Servers that know the room. */
  readonly via: readonly string[];
}

const mostServers = 10;
const serverGrammar = /^(?:\[[0-9A-Fa-f:.]{2,45}\]|[0-9A-Za-z.-]{1,230})(?::[0-9]{1,5})?$/u;

export const isServerName = (value: string): boolean => serverGrammar.test(value);

const viaOf = (query: string): readonly string[] =>
  new URLSearchParams(query).getAll('via').filter(isServerName).slice(0, mostServers);

const decode = (text: string): string => {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
};

const withVia = (room: string, query: string): RoomAddress | null => {
  if (!isRoomAlias(room) && !isRoomId(room)) return null;
  const given = viaOf(query);
  const own = room.includes(':') ? room.slice(room.indexOf(':') + 1) : '';
  return { room, via: given.length > 0 || !isServerName(own) ? given : [own] };
};

/** @see https://spec.matrix.org/v1.16/appendices/#uris Null: it names no room. */
export const readRoomAddress = (text: string): RoomAddress | null => {
  const trimmed = text.trim();
  const link = /^https:\/\/matrix\.to\/#\/([^/?]+)(?:\/[^?]*)?(?:\?(.*))?$/u.exec(trimmed);
  if (link !== null) return withVia(decode(link[1] ?? ''), link[2] ?? '');
  const uri = /^matrix:(r|roomid)\/([^/?]+)(?:\/[^?]*)?(?:\?(.*))?$/u.exec(trimmed);
  if (uri !== null) return withVia(`${uri[1] === 'r' ? '#' : '!'}${decode(uri[2] ?? '')}`, uri[3] ?? '');
  const [room = '', query = ''] = trimmed.split('?', 2);
  return withVia(room, query);
};
