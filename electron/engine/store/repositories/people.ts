import type { Presence } from '#model';
import type { AddressRow, PersonId, PersonRow } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readOne } from '../statements.ts';
import { addresses } from './addresses.ts';
import type { AddressRecord } from './addresses.ts';

/** Presence as known now; it is never stored. */
export type PresenceOf = (address: Pick<AddressRecord, 'id'>) => {
  readonly presence: Presence;
  readonly statusText: string | null;
  readonly idleSinceMs?: number | null;
  readonly lastSeenMs?: number | null;
};

export const unknownPresence: PresenceOf = () => ({ presence: 'unknown', statusText: null });

export const toAddressRow = (address: AddressRecord, presenceOf: PresenceOf): AddressRow => ({
  id: address.id,
  network: address.network,
  handle: address.handle,
  displayName: address.displayName,
  avatarId: address.avatarId,
  ...presenceOf(address),
});

/** Humans, each with one or more addresses. */
export const people = {
  get: (db: ReadableDb, id: PersonId, presenceOf: PresenceOf = unknownPresence): PersonRow | null => {
    const row = readOne<{ name: string | null }>(db, 'SELECT name FROM people WHERE id = ?', id);
    if (!row) return null;
    const theirs = addresses.ofPerson(db, id);
    const first = theirs.find(({ displayName }) => displayName !== null) ?? theirs[0];
    return {
      id,
      name: row.name ?? first?.displayName ?? first?.handle ?? '',
      addresses: theirs.map((address) => toAddressRow(address, presenceOf)),
    };
  },

  /** A name given by ourselves; null: what the networks say. */
  rename: (db: WritableDb, id: PersonId, name: string | null): void => {
    change(db, 'UPDATE people SET name = ? WHERE id = ?', name, id);
  },
};
