/** What a room holds up for all to see. @see https://spec.matrix.org/v1.16/client-server-api/#mroompinned_events */
import type { BridgeEvent } from '#bridge';
import { asArray, type JsonRecord } from '../event-shape.ts';
import { conversationOf, isEventId, messageOf } from '../ids.ts';
import type { MatrixStore } from '../store/matrix-store.ts';

export const pinsType = 'm.room.pinned_events';
export const mostPinned = 200;

/** Newest last, as programs write them. */
export const readPins = (content: JsonRecord): readonly string[] => [...new Set(asArray(content['pinned']).filter(isEventId))].slice(-mostPinned);

export const describePins = (store: MatrixStore, roomId: string): BridgeEvent => ({
  type: 'pins.replaced',
  conversationId: conversationOf(roomId),
  messageIds: readPins(store.rooms.state(roomId, pinsType)).map(messageOf),
});
