/** The directory of public rooms, of our own server or another one. */
import { BridgeError } from '#bridge';
import type { RoomListing } from '#model';
import { asArray, asCount, asName, asRecord, asString, asText } from '../../../event-shape.ts';
import { isRoomAlias, isRoomId } from '../../../ids.ts';
import type { AccountContext } from '../../account-context.ts';
import { isServerName, readRoomAddress } from './room-address.ts';

export interface RoomPage {
  readonly rooms: readonly RoomListing[];
  readonly next: string | null;
}

const pageSize = 30;
const maxDescriptionLength = 500;

/** Null: a space, which is no room to talk in, or nothing that can be entered. */
export const readListing = (value: unknown): RoomListing | null => {
  const room = asRecord(value);
  const { canonical_alias: alias, room_id: roomId } = room;
  const address = isRoomAlias(alias) ? alias : isRoomId(roomId) ? roomId : null;
  if (address === null || room['room_type'] === 'm.space') return null;
  const description = asText(room['topic']).slice(0, maxDescriptionLength);
  return {
    address,
    name: asName(room['name']),
    description: description === '' ? null : description,
    memberCount: asCount(room['num_joined_members']) ?? null,
    isPasswordProtected: false,
    isMembersOnly: (asString(room['join_rule']) ?? 'public') !== 'public',
  };
};

/** One room by its address; nothing when the server knows none. */
const summarize = async (context: AccountContext, room: string, via: readonly string[], signal: AbortSignal): Promise<RoomPage> => {
  const query = new URLSearchParams(via.map((server) => ['via', server]));
  const path = `/_matrix/client/v1/room_summary/${encodeURIComponent(room)}?${query.toString()}`;
  const answer = await context.api.raw(path, { signal }).catch((error: unknown) => {
    if (error instanceof BridgeError && ['not-found', 'unsupported', 'forbidden'].includes(error.fault.code)) return null;
    throw error;
  });
  const summary = answer === null ? {} : asRecord(await answer.json().catch(() => null));
  const listing = readListing({ room_id: room, ...summary, ...(isRoomAlias(room) ? { canonical_alias: room } : {}) });
  return { rooms: answer === null || listing === null ? [] : [listing], next: null };
};

/** @throws BridgeError `wrong-address` for a `service` that is no server, `forbidden` where it shows nobody */
export const searchRooms = async (
  context: AccountContext,
  { text, service, next, signal }: { readonly text: string; readonly service: string | null; readonly next: string | null; readonly signal: AbortSignal },
): Promise<RoomPage> => {
  const named = text === '' ? null : readRoomAddress(text);
  if (named !== null) return await summarize(context, named.room, named.via, signal);
  if (service !== null && !isServerName(service)) throw new BridgeError('wrong-address', { detail: service.slice(0, 255) });
  const answer = await context.api.post(['publicRooms'], {
    body: {
      limit: pageSize,
      ...(next === null ? {} : { since: next }),
      filter: { room_types: [null], ...(text === '' ? {} : { generic_search_term: text.slice(0, 255) }) },
    },
    ...(service === null ? {} : { query: { server: service } }),
    signal,
  });
  const rooms = asArray(answer['chunk']).slice(0, pageSize).map(readListing).filter((room) => room !== null);
  return { rooms, next: asString(answer['next_batch'])?.slice(0, 1_000) ?? null };
};
