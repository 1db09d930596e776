import type { AccountId, RemoteAvatar } from '#model';
import type { AddressId, ConversationId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';

/** A picture that is here. */
export interface AvatarRecord {
  readonly id: number;
  readonly sha256: string;
  readonly fileName: string;
  readonly mime: string;
}

/** Whose picture it is. */
export type AvatarOwner =
  | { readonly kind: 'address'; readonly id: AddressId }
  | { readonly kind: 'conversation'; readonly id: ConversationId };

/** A picture that a network named and that is not here yet. */
export interface WantedAvatar {
  readonly key: string;
  /** As it is stored. The same picture may be had from several. */
  readonly source: string;
  readonly avatar: RemoteAvatar;
}

/** Some hundred megabytes at the very worst. */
const mostOfOthers = 2_000;
const tables = { address: 'addresses', conversation: 'conversations' } as const;
const select = 'SELECT id, sha256, file_name AS fileName, mime FROM avatars';

/** Pictures of people and rooms: each kept once, under an id that is never used again. */
export const avatars = {
  get: (db: ReadableDb, id: number): AvatarRecord | null => readOne<AvatarRecord>(db, `${select} WHERE id = ?`, id) ?? null,

  findByHash: (db: ReadableDb, sha256: string): AvatarRecord | null =>
    readOne<AvatarRecord>(db, `${select} WHERE sha256 = ?`, sha256) ?? null,

  add: (db: WritableDb, avatar: Omit<AvatarRecord, 'id'>): AvatarRecord => {
    const { sha256, fileName, mime } = avatar;
    const { insertedId } = change(db, 'INSERT INTO avatars (sha256, file_name, mime) VALUES (?, ?, ?)', sha256, fileName, mime);
    return { ...avatar, id: insertedId };
  },

  /**
   * Remembers what a network says the picture is; null: none. A picture that this account has under that name already
   * is taken at once. @returns whether anything changed
   */
  setRemote: (db: WritableDb, accountId: AccountId, owner: AvatarOwner, avatar: RemoteAvatar | null): boolean => {
    const table = tables[owner.kind];
    const known = readOne<{ key: string | null }>(db, `SELECT avatar_key AS key FROM ${table} WHERE id = ?`, owner.id);
    if (known === undefined || known.key === (avatar?.id ?? null)) return false;
    const here = avatar === null ? null : idOfKey(db, accountId, avatar.id);
    const source = avatar === null ? null : JSON.stringify(avatar);
    change(db, `UPDATE ${table} SET avatar_key = ?, avatar_source = ?, avatar_id = ? WHERE id = ?`, avatar?.id ?? null, source, here, owner.id);
    return true;
  },

  /** Gives the picture to everybody of the account who has it under this name. */
  settle: (db: WritableDb, accountId: AccountId, key: string, id: number): void => {
    for (const table of Object.values(tables)) {
      change(db, `UPDATE ${table} SET avatar_id = ? WHERE account_id = ? AND avatar_key = ?`, id, accountId, key);
    }
  },

  /**
   * It cannot be had from there: nobody asks there again before the network names another one. Whoever has the same
   * picture from elsewhere is asked for still.
   */
  giveUp: (db: WritableDb, accountId: AccountId, { key, source }: Pick<WantedAvatar, 'key' | 'source'>): void => {
    for (const table of Object.values(tables)) {
      change(db, `UPDATE ${table} SET avatar_source = NULL WHERE account_id = ? AND avatar_key = ? AND avatar_source = ?`, accountId, key, source);
    }
  },

  /**
   * What is to be fetched, contacts and people with a conversation first. Of the others (people in rooms, of whom there
   * may be any number) no more than so many pictures are kept.
   */
  wanted: (db: ReadableDb, accountId: AccountId, limit: number): WantedAvatar[] =>
    readAll<{ key: string; source: string; rank: number }>(
      db,
      `SELECT avatar_key AS key, avatar_source AS source, 0 AS rank FROM conversations
         WHERE account_id = ?1 AND avatar_source IS NOT NULL AND avatar_id IS NULL
       UNION SELECT avatar_key, avatar_source,
           CASE WHEN EXISTS (SELECT 1 FROM contacts WHERE address_id = addresses.id) THEN 1
                WHEN EXISTS (SELECT 1 FROM conversations WHERE peer_id = addresses.id) THEN 1 ELSE 2 END
         FROM addresses WHERE account_id = ?1 AND avatar_source IS NOT NULL AND avatar_id IS NULL
       ORDER BY rank LIMIT ?2`,
      accountId,
      limit,
    )
      .filter(({ rank }) => rank < 2 || count(db) < mostOfOthers)
      .map(({ key, source }) => ({ key, source, avatar: JSON.parse(source) as RemoteAvatar })),

  /** Conversations of an account whose look a picture changes. */
  shownIn: (db: ReadableDb, id: number): ConversationId[] =>
    readAll<{ id: ConversationId }>(
      db,
      `SELECT id FROM conversations WHERE avatar_id = ?1
       UNION SELECT conversations.id FROM addresses JOIN conversations ON conversations.peer_id = addresses.id
         WHERE addresses.avatar_id = ?1`,
      id,
    ).map((row) => row.id),

  /** Forgets pictures that nobody has any more. @returns their files */
  removeUnused: (db: WritableDb): string[] => {
    const unused = `NOT EXISTS (SELECT 1 FROM addresses WHERE avatar_id = avatars.id)
      AND NOT EXISTS (SELECT 1 FROM conversations WHERE avatar_id = avatars.id)`;
    const names = readAll<{ name: string }>(db, `SELECT file_name AS name FROM avatars WHERE ${unused}`).map(({ name }) => name);
    if (names.length > 0) change(db, `DELETE FROM avatars WHERE ${unused}`);
    return names;
  },
};

const count = (db: ReadableDb): number => readOne<{ count: number }>(db, 'SELECT count(*) AS count FROM avatars')?.count ?? 0;

const idOfKey = (db: ReadableDb, accountId: AccountId, key: string): number | null =>
  readOne<{ id: number }>(
    db,
    'SELECT avatar_id AS id FROM addresses WHERE account_id = ? AND avatar_key = ? AND avatar_id IS NOT NULL LIMIT 1',
    accountId,
    key,
  )?.id ?? null;

/** The picture shown for a conversation: its own, or that of the other person. Takes the names of the columns. */
export const shownAvatar = `coalesce(conversations.avatar_id, CASE WHEN kind = 'direct' THEN
  (SELECT peer.avatar_id FROM addresses AS peer WHERE peer.id = conversations.peer_id) END)`;

