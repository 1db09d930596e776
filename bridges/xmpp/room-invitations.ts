import type { RoomInvitation } from './extensions/0249-direct-invitations.ts';

const mostInvitations = 100;

/** The rooms somebody asked us into, until the person decides. */
export class RoomInvitations {
  readonly #waiting = new Map<string, RoomInvitation>();

  constructor(saved: readonly RoomInvitation[] = []) {
    for (const invitation of saved.slice(0, mostInvitations)) this.#waiting.set(invitation.room, invitation);
  }

  /** To be kept over a restart. A password is not written down: the room asks for it. */
  get saved(): readonly RoomInvitation[] {
    return [...this.#waiting.values()].map((invitation) => ({ ...invitation, password: null }));
  }

  get(room: string): RoomInvitation | null {
    return this.#waiting.get(room) ?? null;
  }

  /** @returns false when too many wait already */
  add(invitation: RoomInvitation): boolean {
    const { room } = invitation;
    if (this.#waiting.size >= mostInvitations && !this.#waiting.has(room)) return false;
    this.#waiting.set(room, invitation);
    return true;
  }

  /** What the room that we are asked into is called. False: nobody asks us there. */
  name(room: string, title: string): boolean {
    const invitation = this.#waiting.get(room);
    if (invitation !== undefined) this.#waiting.set(room, { ...invitation, title });
    return invitation !== undefined;
  }

  settle(room: string): void {
    this.#waiting.delete(room);
  }
}
