/** What we decided about a room ourselves and the server keeps for all our devices: its pin, its attention. */
import type { NotifyLevel } from '#model';
import { asRecord } from '../event-shape.ts';
import type { MatrixStore } from '../store/matrix-store.ts';

export interface RoomPreferences {
  readonly isPinned: boolean;
  readonly notify: NotifyLevel;
}

/** @see https://spec.matrix.org/v1.16/client-server-api/#room-tagging */
export const preferencesOf = (store: MatrixStore, roomId: string): RoomPreferences => ({
  isPinned: 'm.favourite' in asRecord(store.accountData.contentOfRoom(roomId, 'm.tag')['tags']),
  notify: store.accountData.notifyLevels().get(roomId) ?? 'all',
});
