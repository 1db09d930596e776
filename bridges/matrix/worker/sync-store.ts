/**
 * The store matrix-js-sdk works on: its rooms stay in memory, everything it must find again after a restart comes
 * from our SQLite file. `setSyncData` is where a response becomes durable, from the raw JSON, in one transaction. The SDK
 * calls it after it has taken in keys: a kill in between has them told again, the other way round they would be lost.
 */
import { MemoryStore } from 'matrix-js-sdk';
import type { MatrixStore } from '../store/matrix-store.ts';
import type { RoomRow } from '../store/rooms.ts';

type SavedSync = NonNullable<Awaited<ReturnType<MemoryStore['getSavedSync']>>>;
type OutOfBandMembers = Parameters<MemoryStore['setOutOfBandMembers']>[1];

/**
 * A room as `/sync` would tell it, with its state after an empty timeline (MSC4222): the SDK then knows names,
 * members and encryption, and holds no event in memory.
 */
const joinedRoom = (store: MatrixStore, room: RoomRow): unknown => ({
  summary: room.summary,
  unread_notifications: { notification_count: room.unreadCount ?? 0 },
  state: { events: [] },
  'org.matrix.msc4222.state_after': { events: store.rooms.stateEvents(room.id) },
  timeline: { events: [], prev_batch: room.prevBatch, limited: false },
  account_data: { events: store.accountData.allOfRoom(room.id) },
  ephemeral: { events: [] },
});

export class SyncStore extends MemoryStore {
  readonly #store: MatrixStore;
  readonly #onResponse: (response: unknown) => Promise<void>;

  /** `onResponse` takes over a response, durably, and must not throw: the SDK would end its loop silently. */
  constructor(store: MatrixStore, onResponse: (response: unknown) => Promise<void>) {
    super();
    this.#store = store;
    this.#onResponse = onResponse;
  }

  override async isNewlyCreated(): Promise<boolean> {
    return this.#store.settings.get('next_batch') === null;
  }

  override async getSavedSyncToken(): Promise<string | null> {
    return this.#store.settings.get('next_batch');
  }

  override async getSavedSync(): Promise<SavedSync | null> {
    const nextBatch = this.#store.settings.get('next_batch');
    if (nextBatch === null) return null;
    const join: Record<string, unknown> = {};
    const invite: Record<string, unknown> = {};
    for (const room of this.#store.rooms.all()) {
      if (room.membership === 'joined') join[room.id] = joinedRoom(this.#store, room);
      if (room.membership === 'invited') invite[room.id] = { invite_state: { events: room.strippedState } };
    }
    const roomsData = { join, invite, leave: {}, knock: {} };
    const accountData = this.#store.accountData.all();
    // Our rows are what the server sent; the SDK's types say the same at greater length.
    return { nextBatch, roomsData, accountData } as unknown as SavedSync;
  }

  override async setSyncData(response: unknown): Promise<void> {
    await this.#onResponse(response);
  }

  override wantsSave(): boolean {
    return false;
  }

  override getFilterIdByName(name: string): string | null {
    return this.#store.settings.get(`filter:${name}`);
  }

  override setFilterIdByName(name: string, filterId?: string): void {
    if (filterId === undefined) this.#store.settings.delete(`filter:${name}`);
    else this.#store.settings.set(`filter:${name}`, filterId);
  }

  override async getOutOfBandMembers(roomId: string): Promise<OutOfBandMembers | null> {
    return this.#store.members.get(roomId) as OutOfBandMembers | null;
  }

  override async setOutOfBandMembers(roomId: string, events: OutOfBandMembers): Promise<void> {
    this.#store.members.set(roomId, events);
  }

  override async clearOutOfBandMembers(roomId: string): Promise<void> {
    this.#store.members.delete(roomId);
  }
}
