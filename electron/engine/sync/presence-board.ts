import type { Presence } from '#model';
import type { AddressId } from '#rpc';
import type { AddressRecord } from '../store/repositories/addresses.ts';
import type { PresenceOf } from '../store/repositories/people.ts';
import type { PresenceChange } from './change-set.ts';

const unknown: Known = { presence: 'unknown', statusText: null, idleSinceMs: null, lastSeenMs: null };

interface Known {
  readonly presence: Presence;
  readonly statusText: string | null;
  readonly idleSinceMs: number | null;
  readonly lastSeenMs: number | null;
}

/** Who is there now. Lives in memory only: yesterday's presence is wrong. */
export class PresenceBoard {
  private readonly known = new Map<AddressId, Known>();

  /** True when it changed. */
  set({ addressId, presence, statusText, idleSinceMs = null, lastSeenMs = null }: PresenceChange): boolean {
    const before = this.known.get(addressId) ?? unknown;
    if (presence === 'unknown') this.known.delete(addressId);
    else this.known.set(addressId, { presence, statusText, idleSinceMs, lastSeenMs });
    return before.presence !== presence || before.statusText !== statusText || before.idleSinceMs !== idleSinceMs;
  }

  readonly presenceOf: PresenceOf = (address: Pick<AddressRecord, 'id'>) => this.known.get(address.id) ?? unknown;

  /** Nobody is known to be there: at every start, when all accounts tell that they are not online yet. */
  get isEmpty(): boolean {
    return this.known.size === 0;
  }

  /** The account went offline: of its people nothing is known any more. */
  forget(addressIds: Iterable<AddressId>): void {
    for (const id of addressIds) this.known.delete(id);
  }
}
