import type { AccountId, NetworkId, PersonIdentifier, RemotePerson, RemotePersonId } from '#model';
import type { AddressId, ConversationId, PersonId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll, readOne } from '../statements.ts';

/** One handle of one human on one network, as stored. Presence is not: it lives in memory. */
export interface AddressRecord {
  readonly id: AddressId;
  readonly accountId: AccountId;
  readonly remoteId: RemotePersonId;
  readonly personId: PersonId;
  readonly network: NetworkId;
  readonly handle: string;
  readonly displayName: string | null;
  readonly isSelf: boolean;
  readonly avatarId: number | null;
}

interface Row {
  id: number;
  account_id: number;
  remote_id: string;
  person_id: number;
  network: string;
  handle: string;
  display_name: string | null;
  is_self: number;
  avatar_id: number | null;
}

const toRecord = (row: Row): AddressRecord => ({
  id: row.id as AddressId,
  accountId: row.account_id as AccountId,
  remoteId: row.remote_id as RemotePersonId,
  personId: row.person_id as PersonId,
  network: row.network as NetworkId,
  handle: row.handle,
  displayName: row.display_name,
  isSelf: row.is_self === 1,
  avatarId: row.avatar_id,
});

/** People's handles. Keyed by account and remote id, never by a phone number. */
export const addresses = {
  get: (db: ReadableDb, id: AddressId): AddressRecord | null => {
    const row = readOne<Row>(db, 'SELECT * FROM addresses WHERE id = ?', id);
    return row ? toRecord(row) : null;
  },

  find: (db: ReadableDb, accountId: AccountId, remoteId: RemotePersonId): AddressRecord | null => {
    const row = readOne<Row>(db, 'SELECT * FROM addresses WHERE account_id = ? AND remote_id = ?', accountId, remoteId);
    return row ? toRecord(row) : null;
  },

  ofPerson: (db: ReadableDb, personId: PersonId): AddressRecord[] =>
    readAll<Row>(db, 'SELECT * FROM addresses WHERE person_id = ? ORDER BY id', personId).map(toRecord),

  /** On a network behind a gateway, which brings a chat with them as a room only: their address is none to add. */
  isHeardInRoom: (db: ReadableDb, { id, network, remoteId }: Pick<AddressRecord, 'id' | 'network' | 'remoteId'>): boolean =>
    readOne(
      db,
      `SELECT 1 FROM conversations JOIN accounts ON accounts.id = conversations.account_id
       WHERE conversations.peer_id = ? AND accounts.network <> ? AND conversations.remote_id <> ? LIMIT 1`,
      id,
      network,
      remoteId,
    ) !== undefined,

  /** Our own address of an account, once the bridge told it. */
  self: (db: ReadableDb, accountId: AccountId): AddressRecord | null => {
    const row = readOne<Row>(db, 'SELECT * FROM addresses WHERE account_id = ? AND is_self = 1 LIMIT 1', accountId);
    return row ? toRecord(row) : null;
  },

  /** Members of a conversation, ourselves left out, ordered by name. */
  ofConversation: (db: ReadableDb, conversationId: ConversationId, limit: number): AddressRecord[] =>
    readAll<Row>(
      db,
      `SELECT addresses.* FROM participants JOIN addresses ON addresses.id = participants.address_id
       WHERE conversation_id = ? AND is_self = 0
       ORDER BY coalesce(display_name, handle), addresses.id LIMIT ?`,
      conversationId,
      limit,
    ).map(toRecord),

  /** Adds an address, with a person of its own until somebody joins the two. */
  insert: (
    db: WritableDb,
    accountId: AccountId,
    network: NetworkId,
    person: Pick<RemotePerson, 'remoteId' | 'handle' | 'displayName' | 'isSelf'>,
  ): AddressRecord => {
    const personId = change(db, 'INSERT INTO people (name) VALUES (NULL)').insertedId;
    const { insertedId } = change(
      db,
      `INSERT INTO addresses (account_id, remote_id, person_id, network, handle, display_name, is_self)
       VALUES (?, ?, ?, ?, ?, ?, ?)`,
      accountId,
      person.remoteId,
      personId,
      network,
      person.handle,
      person.displayName,
      person.isSelf ? 1 : 0,
    );
    return addresses.get(db, insertedId as AddressId) as AddressRecord;
  },

  rename: (db: WritableDb, id: AddressId, handle: string, displayName: string | null, isSelf: boolean): void => {
    change(
      db,
      'UPDATE addresses SET handle = ?, display_name = ?, is_self = ? WHERE id = ?',
      handle,
      displayName,
      isSelf ? 1 : 0,
      id,
    );
  },

  /** They turned out to be behind a gateway, or not to be. */
  setNetwork: (db: WritableDb, id: AddressId, network: NetworkId): void => {
    change(db, 'UPDATE addresses SET network = ? WHERE id = ?', network, id);
  },

  /** E-mail addresses and numbers the network vouches for. */
  identifiers: (db: ReadableDb, id: AddressId): PersonIdentifier[] =>
    readAll<PersonIdentifier>(
      db,
      'SELECT kind, value FROM address_identifiers WHERE address_id = ? ORDER BY kind, value',
      id,
    ),

  setIdentifiers: (db: WritableDb, id: AddressId, identifiers: readonly PersonIdentifier[]): void => {
    change(db, 'DELETE FROM address_identifiers WHERE address_id = ?', id);
    for (const { kind, value } of identifiers) {
      change(db, 'INSERT OR IGNORE INTO address_identifiers (address_id, kind, value) VALUES (?, ?, ?)', id, kind, value);
    }
  },
};
