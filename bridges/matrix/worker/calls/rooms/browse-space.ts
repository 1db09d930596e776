/** What lies in a space, whether we are in it or not. @see MSC2946, in the protocol since 1.2 */
import { BridgeError, type FolderEntry } from '#bridge';
import { asArray, asRecord, asString, type JsonRecord } from '../../../event-shape.ts';
import { isRoomAlias, isRoomId } from '../../../ids.ts';
import type { AccountContext } from '../../account-context.ts';
import { isServerName } from './room-address.ts';
import { readListing } from './search-rooms.ts';

export interface FolderPage {
  readonly entries: readonly FolderEntry[];
  readonly next: string | null;
}

const pageSize = 50;
const deepest = 5;
const mostVia = 3;

interface Place {
  readonly depth: number;
  readonly via: readonly string[];
}

const noteChildren = (room: JsonRecord, depth: number, places: Map<string, Place>): void => {
  for (const raw of asArray(room['children_state']).slice(0, 2_000)) {
    const child = asRecord(raw);
    const id = child['state_key'];
    if (!isRoomId(id) || places.has(id)) continue;
    const via = asArray(asRecord(child['content'])['via']).filter((server) => typeof server === 'string' && isServerName(server));
    places.set(id, { depth: depth + 1, via: via.slice(0, mostVia).map(String) });
  }
};

/** An alias where there is one, else the id with servers that know it. */
const addressOf = (room: JsonRecord, roomId: string, { via }: Place): string => {
  const alias = room['canonical_alias'];
  if (isRoomAlias(alias)) return alias;
  const query = new URLSearchParams(via.map((server) => ['via', server])).toString();
  return query === '' ? roomId : `${roomId}?${query}`;
};

export const browseSpace = async (context: AccountContext, spaceId: string, next: string | null, signal: AbortSignal): Promise<FolderPage> => {
  const query = new URLSearchParams({ limit: String(pageSize), max_depth: String(deepest), ...(next === null ? {} : { from: next }) });
  const path = `/_matrix/client/v1/rooms/${encodeURIComponent(spaceId)}/hierarchy?${query.toString()}`;
  const response = await context.api.raw(path, { signal });
  const answer: unknown = await response.json().catch(() => null);
  if (answer === null) throw new BridgeError('server-incompatible');
  const places = new Map<string, Place>([[spaceId, { depth: 0, via: [] }]]);
  const entries: FolderEntry[] = [];
  for (const raw of asArray(asRecord(answer)['rooms']).slice(0, pageSize)) {
    const room = asRecord(raw);
    const roomId = room['room_id'];
    if (!isRoomId(roomId)) continue;
    // On a later page the space above may have been on an earlier one.
    const place = places.get(roomId) ?? { depth: 1, via: [] };
    noteChildren(room, place.depth, places);
    const isFolder = room['room_type'] === 'm.space';
    const listing = readListing({ ...room, room_type: undefined });
    if (roomId === spaceId || listing === null) continue;
    const isJoined = context.store.rooms.get(roomId)?.membership === 'joined';
    entries.push({ ...listing, address: addressOf(room, roomId, place), isFolder, isJoined, depth: Math.max(1, place.depth), entryId: roomId });
  }
  return { entries, next: asString(asRecord(answer)['next_batch'])?.slice(0, 1_000) ?? null };
};
