/** What a space names as its own, in its order. @see https://spec.matrix.org/v1.16/client-server-api/#ordering-of-children-within-a-space */
import { asArray, asRecord, asString, type JsonRecord } from '../event-shape.ts';
import { isRoomId } from '../ids.ts';
import type { MatrixStore } from '../store/matrix-store.ts';

const mostChildren = 2_000;

export interface SpaceChild {
  readonly id: string;
  /** Null: it stands behind all that have one. */
  readonly order: string | null;
  readonly atMs: number;
  readonly content: JsonRecord;
}

/** Order is a string of visible ASCII, at most 50 signs; others count as none. */
const orderOf = (content: JsonRecord): string | null => {
  const order = asString(content['order']);
  return order !== undefined && /^[\x20-\x7e]{1,50}$/u.test(order) ? order : null;
};

const compare = (a: SpaceChild, b: SpaceChild): number => {
  if (a.order !== null && b.order !== null && a.order !== b.order) return a.order < b.order ? -1 : 1;
  if ((a.order === null) !== (b.order === null)) return a.order === null ? 1 : -1;
  return a.atMs - b.atMs || (a.id < b.id ? -1 : 1);
};

/** One without `via` was taken out again. */
export const readSpaceChildren = (store: MatrixStore, spaceId: string): readonly SpaceChild[] =>
  store.rooms
    .statesOfType(spaceId, 'm.space.child', mostChildren)
    .flatMap((event): SpaceChild[] => {
      const content = asRecord(event['content']);
      const id = event['state_key'];
      if (!isRoomId(id) || asArray(content['via']).length === 0) return [];
      const atMs = typeof event['origin_server_ts'] === 'number' ? event['origin_server_ts'] : 0;
      return [{ id, order: orderOf(content), atMs, content }];
    })
    .sort(compare);
