import type { Presence } from '#model';
import type { AddressId } from '#rpc';
import type { AddressRecord } from '../store/repositories/addresses.ts';
import type { PresenceOf } from '../store/repositories/people.ts';
import type { PresenceChange } from './change-set.ts';

const unknown = { presence: 'unknown', statusText: null } as const;

/** Who is there now. Lives in memory only: yesterday's presence is wrong. */
export class PresenceBoard {
  private readonly known = new Map<AddressId, { readonly presence: Presence; readonly statusText: string | null }>();

  /** True when it changed. */
  set({ addressId, presence, statusText }: PresenceChange): boolean {
    const before = this.known.get(addressId) ?? unknown;
    if (presence === 'unknown') this.known.delete(addressId);
    else this.known.set(addressId, { presence, statusText });
    return before.presence !== presence || before.statusText !== statusText;
  }

  readonly presenceOf: PresenceOf = (address: AddressRecord) => this.known.get(address.id) ?? unknown;

  /** The account went offline: of its people nothing is known any more. */
  forget(addressIds: Iterable<AddressId>): void {
    for (const id of addressIds) this.known.delete(id);
  }
}
