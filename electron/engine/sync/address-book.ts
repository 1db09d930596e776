import type { AccountId, NetworkId, RemotePersonId } from '#model';
import type { AddressId } from '#rpc';
import type { WritableDb } from '../store/database.ts';
import { addresses } from '../store/repositories/addresses.ts';

export interface KnownAddress {
  readonly id: AddressId;
  readonly handle: string;
  readonly displayName: string | null;
  readonly isSelf: boolean;
  readonly network: NetworkId;
}

const maxCached = 20_000;

/** Remote ids to addresses of one account, remembered over batches. */
export class AddressBook {
  private readonly known = new Map<RemotePersonId, KnownAddress>();
  private readonly accountId: AccountId;
  private readonly network: NetworkId;

  constructor(accountId: AccountId, network: NetworkId) {
    this.accountId = accountId;
    this.network = network;
  }

  /** The address, or null when the store does not know it. */
  find(db: WritableDb, remoteId: RemotePersonId): KnownAddress | null {
    const cached = this.known.get(remoteId);
    if (cached) return cached;
    const stored = addresses.find(db, this.accountId, remoteId);
    return stored ? this.remember(remoteId, stored) : null;
  }

  /** The address; one never heard of is added, under its remote id as handle until the network tells more. */
  resolve(db: WritableDb, remoteId: RemotePersonId, isSelf = false): KnownAddress {
    return this.find(db, remoteId) ?? this.add(db, { remoteId, handle: remoteId, displayName: null, isSelf });
  }

  add(
    db: WritableDb,
    person: { remoteId: RemotePersonId; handle: string; displayName: string | null; isSelf: boolean; network?: NetworkId | undefined },
  ): KnownAddress {
    return this.remember(person.remoteId, addresses.insert(db, this.accountId, person.network ?? this.network, person));
  }

  remember(remoteId: RemotePersonId, address: KnownAddress): KnownAddress {
    if (this.known.size >= maxCached) this.known.clear();
    const { id, handle, displayName, isSelf, network } = address;
    const entry = { id, handle, displayName, isSelf, network };
    this.known.set(remoteId, entry);
    return entry;
  }

  /** After a rollback nothing here can be relied on. */
  clear(): void {
    this.known.clear();
  }
}
