import type { RemoteMessage, RoomHappening } from '#model';
import type { MessageId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll } from '../statements.ts';

const kinds: ReadonlySet<unknown> = new Set<RoomHappening['kind']>(['kicked', 'banned', 'removed', 'closed', 'moderated', 'asks-voice']);
const longestText = 1_000;

const textOf = (value: unknown): string | undefined => (typeof value === 'string' && value !== '' ? value.slice(0, longestText) : undefined);

/** What system lines tell, apart from their words. */
export const messageHappenings = {
  /** A message that tells none, or something unheard of, keeps to its words. */
  add: (db: WritableDb, id: MessageId, { kind, happening }: RemoteMessage): void => {
    if (kind !== 'system' || happening === undefined || !kinds.has(happening.kind)) return;
    const kept: RoomHappening = {
      kind: happening.kind,
      isSelf: happening.isSelf === true,
      name: textOf(happening.name),
      by: textOf(happening.by),
      reason: textOf(happening.reason),
      alternative: textOf(happening.alternative),
    };
    change(db, 'INSERT OR REPLACE INTO message_happenings (message_id, happening) VALUES (?, ?)', id, JSON.stringify(kept));
  },

  ofMessages: (db: ReadableDb, ids: readonly MessageId[]): Map<MessageId, RoomHappening> =>
    new Map(
      readAll<{ id: MessageId; happening: string }>(
        db,
        `SELECT message_id AS id, happening FROM json_each(?) AS wanted
         JOIN message_happenings ON message_happenings.message_id = wanted.value`,
        JSON.stringify(ids),
      ).map(({ id, happening }) => [id, JSON.parse(happening) as RoomHappening]),
    ),
};
