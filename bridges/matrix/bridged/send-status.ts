/** `com.beeper.message_send_status`: what a bridge says became of a message of ours. */
import type { BridgeEvent, BridgeFault } from '#bridge';
import type { DeliveryState } from '#model';
import { asArray, asRecord, asString, asText, type RoomEvent } from '../event-shape.ts';
import { conversationOf, isEventId, messageOf } from '../ids.ts';
import type { KnownEvent } from '../receive/known-event.ts';

export const sendStatusType = 'com.beeper.message_send_status';

interface StatusContext {
  readonly roomId: string;
  readonly selfId: string;
  /** Whose word counts: the bridge's bot. Anybody else could make a message look read or refused. */
  readonly bots: ReadonlySet<string>;
  readonly find: (eventId: string) => KnownEvent | null;
}

interface Progress {
  readonly delivery: DeliveryState;
  readonly fault?: BridgeFault | undefined;
}

const maxDetailLength = 300;

/** `delivered_to_users`: absent, nothing more will come; empty, delivery will follow; else it has arrived. */
const progressOf = (content: RoomEvent['content']): Progress | null => {
  const words = asText(content['message'] ?? content['reason']).slice(0, maxDetailLength);
  const detail = words === '' ? {} : { detail: words };
  switch (asString(content['status'])) {
    case 'SUCCESS':
      return { delivery: asArray(content['delivered_to_users']).length > 0 ? 'delivered' : 'sent' };
    case 'FAIL_RETRIABLE':
      return { delivery: 'failed', fault: { code: 'server-unreachable', ...detail } };
    case 'FAIL_PERMANENT':
      return { delivery: 'failed', fault: { code: 'rejected', ...detail } };
    default:
      return null;
  }
};

/** Null: not about a message of ours in this room, not from the bridge, or nothing new. */
export const readSendStatus = (event: RoomEvent, { roomId, selfId, bots, find }: StatusContext): BridgeEvent | null => {
  const relation = asRecord(event.content['m.relates_to']);
  const target = relation['event_id'];
  if (event.type !== sendStatusType || !bots.has(event.sender) || !isEventId(target)) return null;
  if (find(target)?.sender !== selfId) return null;
  const progress = progressOf(event.content);
  return progress === null ? null : { type: 'message.delivery', conversationId: conversationOf(roomId), target: messageOf(target), ...progress };
};
