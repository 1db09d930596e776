import type { AccountId, NetworkId } from '#model';
import type { AddressId, ContactBond, ConversationId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';

/** An entry of a network's contact list. */
export interface ContactRecord {
  readonly addressId: AddressId;
  readonly accountId: AccountId;
  readonly network: NetworkId;
  readonly handle: string;
  readonly name: string;
  readonly groups: readonly string[];
  readonly bond: ContactBond;
  readonly avatarId: number | null;
  readonly conversationId: ConversationId | null;
  readonly isBlocked: boolean;
}

export interface ContactEntry {
  readonly name: string | null;
  readonly groups: readonly string[];
  readonly bond: ContactBond;
}

interface Row extends Omit<ContactRecord, 'groups' | 'isBlocked'> {
  readonly groups: string;
  readonly isBlocked: number;
}

/** Whether an address, or its whole server, is kept away. Takes the aliases of an account and an address column. */
export const blockedClause = (accountId: string, handle: string): string =>
  `EXISTS (SELECT 1 FROM blocked_addresses WHERE account_id = ${accountId}
     AND address IN (${handle}, substr(${handle}, instr(${handle}, '@') + 1)))`;

const select = `SELECT address_id AS addressId, addresses.account_id AS accountId, addresses.network, handle, bond,
    coalesce(contacts.name, addresses.display_name, handle) AS name, addresses.avatar_id AS avatarId,
    (SELECT json_group_array(contact_groups.name) FROM contact_groups WHERE contact_groups.address_id = contacts.address_id) AS groups,
    (SELECT id FROM conversations WHERE peer_id = contacts.address_id AND kind = 'direct' AND is_listed = 1 LIMIT 1) AS conversationId,
    ${blockedClause('addresses.account_id', 'handle')} AS isBlocked
  FROM contacts JOIN addresses ON addresses.id = contacts.address_id`;

const toRecord = (row: Row): ContactRecord => ({
  ...row,
  groups: (JSON.parse(row.groups) as string[]).sort(),
  isBlocked: row.isBlocked === 1,
});

/** The networks' own contact lists. */
export const contacts = {
  /** Of all accounts that are switched on, by name. */
  list: (db: ReadableDb, limit: number): ContactRecord[] =>
    readAll<Row>(
      db,
      `${select} JOIN accounts ON accounts.id = addresses.account_id WHERE is_enabled = 1
       ORDER BY coalesce(contacts.name, addresses.display_name, handle) COLLATE NOCASE, address_id LIMIT ?`,
      limit,
    ).map(toRecord),

  get: (db: ReadableDb, addressId: AddressId): ContactRecord | null => {
    const row = readOne<Row>(db, `${select} WHERE address_id = ?`, addressId);
    return row ? toRecord(row) : null;
  },

  set: (db: WritableDb, addressId: AddressId, { name, groups, bond }: ContactEntry): void => {
    change(
      db,
      `INSERT INTO contacts (address_id, name, bond) VALUES (?, ?, ?)
       ON CONFLICT (address_id) DO UPDATE SET name = excluded.name, bond = excluded.bond`,
      addressId,
      name,
      bond,
    );
    change(db, 'DELETE FROM contact_groups WHERE address_id = ?', addressId);
    for (const group of groups) change(db, 'INSERT OR IGNORE INTO contact_groups (address_id, name) VALUES (?, ?)', addressId, group);
  },

  remove: (db: WritableDb, addressId: AddressId): void => {
    change(db, 'DELETE FROM contacts WHERE address_id = ?', addressId);
  },

  /** Takes everybody out who is not named. */
  keepOnly: (db: WritableDb, accountId: AccountId, addressIds: readonly AddressId[]): void => {
    change(
      db,
      `DELETE FROM contacts WHERE address_id IN (SELECT id FROM addresses WHERE account_id = ?)
         AND address_id NOT IN (SELECT value FROM json_each(?))`,
      accountId,
      JSON.stringify(addressIds),
    );
  },
};

/** Who is kept away: people and whole servers. */
export const blocked = {
  list: (db: ReadableDb, accountId: AccountId): { readonly address: string; readonly name: string | null }[] =>
    readAll(
      db,
      `SELECT address, (SELECT coalesce(contacts.name, display_name) FROM addresses
          LEFT JOIN contacts ON contacts.address_id = addresses.id
          WHERE addresses.account_id = blocked_addresses.account_id AND handle = address LIMIT 1) AS name
       FROM blocked_addresses WHERE account_id = ? ORDER BY address`,
      accountId,
    ),

  /** Whether this handle, or its whole server, is kept away. */
  has: (db: ReadableDb, accountId: AccountId, handle: string): boolean =>
    readOne(db, `SELECT 1 WHERE ${blockedClause('?1', '?2')}`, accountId, handle) !== undefined,

  set: (db: WritableDb, accountId: AccountId, address: string, isBlocked: boolean): void => {
    if (isBlocked) change(db, 'INSERT OR IGNORE INTO blocked_addresses (account_id, address) VALUES (?, ?)', accountId, address);
    else change(db, 'DELETE FROM blocked_addresses WHERE account_id = ? AND address = ?', accountId, address);
  },

  replace: (db: WritableDb, accountId: AccountId, all: readonly string[]): void => {
    change(db, 'DELETE FROM blocked_addresses WHERE account_id = ?', accountId);
    for (const address of all) blocked.set(db, accountId, address, true);
  },
};
