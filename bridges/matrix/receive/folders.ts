/** Spaces as folders of conversations. @see https://spec.matrix.org/v1.16/client-server-api/#spaces */
import type { RemoteFolder } from '#bridge';
import { asName } from '../event-shape.ts';
import { conversationOf, isRoomAlias } from '../ids.ts';
import type { MatrixStore } from '../store/matrix-store.ts';
import type { RoomRow } from '../store/rooms.ts';
import { isSpace } from './conversation.ts';
import { readSpaceChildren } from './space-children.ts';

const mostSpaces = 500;
const mostInside = 5_000;

interface Space {
  readonly id: string;
  readonly name: string;
  readonly children: readonly string[];
}

const nameOf = (store: MatrixStore, { id }: RoomRow): string => {
  const alias = store.rooms.state(id, 'm.room.canonical_alias')['alias'];
  return asName(store.rooms.state(id, 'm.room.name')['name']) ?? (isRoomAlias(alias) ? alias : id);
};

/** Rooms inside a space at any depth; spaces may hold each other. */
const insideOf = (space: Space, spaces: ReadonlyMap<string, Space>): readonly string[] => {
  const seen = new Set<string>([space.id]);
  const inside: string[] = [];
  const waiting = [...space.children];
  for (let id = waiting.shift(); id !== undefined && inside.length < mostInside; id = waiting.shift()) {
    if (seen.has(id)) continue;
    seen.add(id);
    const inner = spaces.get(id);
    if (inner === undefined) inside.push(id);
    else waiting.push(...inner.children);
  }
  return inside;
};

/** The tree as it is shown: a space is in the first one that names it, and never in itself. */
const parentsOf = (spaces: ReadonlyMap<string, Space>): ReadonlyMap<string, string> => {
  const parents = new Map<string, string>();
  const isAbove = (id: string, other: string): boolean => {
    for (let at: string | undefined = other; at !== undefined; at = parents.get(at)) if (at === id) return true;
    return false;
  };
  for (const { id, children } of spaces.values()) {
    for (const child of children) if (spaces.has(child) && !parents.has(child) && !isAbove(child, id)) parents.set(child, id);
  }
  return parents;
};

/** All spaces we are in, each after the one it lies in. */
export const readFolders = (store: MatrixStore): readonly RemoteFolder[] => {
  const joined = store.rooms.all().filter((room) => room.membership === 'joined' && isSpace(store, room)).slice(0, mostSpaces);
  const spaces = new Map(joined.map((room): [string, Space] => [room.id, { id: room.id, name: nameOf(store, room), children: readSpaceChildren(store, room.id).map(({ id }) => id) }]));
  const parents = parentsOf(spaces);
  const folders: RemoteFolder[] = [];
  const add = (space: Space): void => {
    const parentId = parents.get(space.id) ?? null;
    folders.push({ remoteId: space.id, name: space.name, parentId, conversationIds: insideOf(space, spaces).map(conversationOf) });
    for (const child of space.children) {
      const inner = spaces.get(child);
      if (inner !== undefined && parents.get(child) === space.id) add(inner);
    }
  };
  const top = [...spaces.values()].filter(({ id }) => !parents.has(id)).sort((a, b) => a.name.localeCompare(b.name) || (a.id < b.id ? -1 : 1));
  for (const space of top) add(space);
  return folders;
};
