import { messageShields, type MessageShield, type RemoteMessage, type SendHints } from '#model';
import type { MessageId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';

/** What the sender wishes for a message. */
export interface MessageHints {
  readonly spoiler: string | null;
  readonly isUnstyled: boolean;
  readonly isMention: boolean;
  readonly lifetimeMs: number | null;
  readonly expiresAtMs: number | null;
  /** What speaks against taking it for what it looks like. */
  readonly shield: MessageShield | null;
}

export const noHints: MessageHints = { spoiler: null, isUnstyled: false, isMention: false, lifetimeMs: null, expiresAtMs: null, shield: null };

interface Row {
  message_id: number;
  spoiler: string | null;
  is_unstyled: number;
  is_mention: number;
  lifetime_ms: number | null;
  expires_at_ms: number | null;
  shield: string | null;
}

const shieldOf = (word: unknown): MessageShield | null => messageShields.find((known) => known === word) ?? null;

const longestHint = 500;
/** Ten years: longer is for good. */
const longestLifetimeMs = 315_360_000_000;

const millisecondsOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? Math.floor(value) : null;

/** A condition on `message_hints`. */
export const keptBack = '(spoiler IS NOT NULL OR lifetime_ms IS NOT NULL OR expires_at_ms IS NOT NULL)';

/** Spoilers, styles, mentions and timers of messages. */
export const messageHints = {
  /** Nothing is written for a message without any. */
  add: (db: WritableDb, id: MessageId, message: Pick<RemoteMessage, 'spoiler' | 'isUnstyled' | 'isMention' | 'lifetimeMs' | 'expiresAtMs' | 'shield'>): void => {
    const lifetimeMs = millisecondsOf(message.lifetimeMs);
    const isTimed = lifetimeMs !== null && lifetimeMs <= longestLifetimeMs;
    const { spoiler, isUnstyled = false, isMention = false, expiresAtMs } = message;
    const shield = shieldOf(message.shield);
    if (spoiler === undefined && !isUnstyled && !isMention && !isTimed && expiresAtMs === undefined && shield === null) return;
    change(
      db,
      `INSERT INTO message_hints (message_id, spoiler, is_unstyled, is_mention, lifetime_ms, expires_at_ms, shield)
       VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (message_id) DO NOTHING`,
      id,
      spoiler === undefined ? null : spoiler.slice(0, longestHint),
      isUnstyled ? 1 : 0,
      isMention ? 1 : 0,
      isTimed ? lifetimeMs : null,
      millisecondsOf(expiresAtMs),
      shield,
    );
  },

  /** Another sign than before; says whether it is another one. */
  setShield: (db: WritableDb, id: MessageId, shield: MessageShield | null): boolean => {
    const before = messageHints.ofMessages(db, [id]).get(id)?.shield ?? null;
    if (before === shield) return false;
    change(db, 'INSERT INTO message_hints (message_id, shield) VALUES (?, ?) ON CONFLICT (message_id) DO UPDATE SET shield = excluded.shield', id, shield);
    return true;
  },

  ofMessages: (db: ReadableDb, ids: readonly MessageId[]): Map<MessageId, MessageHints> =>
    new Map(
      readAll<Row>(
        db,
        `SELECT message_hints.* FROM json_each(?) AS wanted JOIN message_hints ON message_hints.message_id = wanted.value`,
        JSON.stringify(ids),
      ).map((row) => [
        row.message_id as MessageId,
        {
          spoiler: row.spoiler,
          isUnstyled: row.is_unstyled === 1,
          isMention: row.is_mention === 1,
          lifetimeMs: row.lifetime_ms,
          expiresAtMs: row.expires_at_ms,
          shield: shieldOf(row.shield),
        },
      ]),
    ),

  /** What the network is told of a message of ours. */
  toSend: (db: ReadableDb, id: MessageId): SendHints | undefined => {
    const { spoiler, lifetimeMs } = messageHints.ofMessages(db, [id]).get(id) ?? noHints;
    if (spoiler === null && lifetimeMs === null) return undefined;
    return { ...(spoiler === null ? {} : { spoiler }), ...(lifetimeMs === null ? {} : { lifetimeMs }) };
  },

  /** Hidden, or to disappear: its words are quoted nowhere else. */
  isKeptBack: (db: ReadableDb, id: MessageId): boolean =>
    readOne(db, `SELECT 1 FROM message_hints WHERE message_id = ? AND ${keptBack}`, id) !== undefined,

  /** The time of what was read begins, and of ours; says which messages that are. */
  startTimers: (db: WritableDb, nowMs: number): MessageId[] =>
    readAll<{ id: MessageId }>(
      db,
      `UPDATE message_hints SET expires_at_ms = ?1 + lifetime_ms
       WHERE lifetime_ms IS NOT NULL AND expires_at_ms IS NULL AND EXISTS (
         SELECT 1 FROM messages JOIN conversations ON conversations.id = messages.conversation_id
         WHERE messages.id = message_hints.message_id AND messages.deleted_at_ms IS NULL
           AND (messages.is_own = 1 OR messages.sort_key <= conversations.read_up_to_key))
       RETURNING message_id AS id`,
      nowMs,
    ).map(({ id }) => id),

  /** Whose time is over and that still hold something. */
  expired: (db: ReadableDb, nowMs: number, limit: number): MessageId[] =>
    readAll<{ id: MessageId }>(
      db,
      `SELECT messages.id FROM message_hints JOIN messages ON messages.id = message_hints.message_id
       WHERE expires_at_ms IS NOT NULL AND expires_at_ms <= ? AND deleted_at_ms IS NULL ORDER BY expires_at_ms LIMIT ?`,
      nowMs,
      limit,
    ).map(({ id }) => id),

  /** When the next one is over; null: none is running. */
  nextExpiryMs: (db: ReadableDb): number | null =>
    readOne<{ at: number | null }>(
      db,
      `SELECT min(expires_at_ms) AS at FROM message_hints JOIN messages ON messages.id = message_hints.message_id
       WHERE expires_at_ms IS NOT NULL AND deleted_at_ms IS NULL`,
    )?.at ?? null,

  /** Whether some wait to be read first. */
  hasUnstarted: (db: ReadableDb): boolean =>
    readOne(db, 'SELECT 1 FROM message_hints WHERE lifetime_ms IS NOT NULL AND expires_at_ms IS NULL LIMIT 1') !== undefined,
};
