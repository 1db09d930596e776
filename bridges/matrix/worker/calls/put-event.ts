import type { JsonRecord } from '../../event-shape.ts';
import type { AccountContext } from '../account-context.ts';
import { writableRoom } from './writable-room.ts';

export interface EventToSend {
  readonly roomId: string;
  readonly type: string;
  readonly content: JsonRecord;
  /** Makes a repeated call harmless; the server answers with the first event. */
  readonly transactionId: string;
}

/** Reactions stay in clear, as everywhere in Matrix: the server bundles them (spec, "m.reaction"). */
const clearTypes: ReadonlySet<string> = new Set(['m.reaction']);

/**
 * The one place that writes events into rooms: whatever a room looked like before, an encrypted one gets ciphertext.
 * @throws BridgeError; see {@link writableRoom}
 */
export async function putEvent(context: AccountContext, event: EventToSend, signal?: AbortSignal): Promise<JsonRecord> {
  const { roomId, type, content, transactionId } = event;
  const { isEncrypted } = writableRoom(context, roomId);
  const isHidden = isEncrypted && !clearTypes.has(type);
  const body = isHidden ? await context.crypto().encrypt(roomId, type, content) : content;
  // Encrypting takes requests, and in that time the room may have changed.
  if (writableRoom(context, roomId).isEncrypted && !isHidden && !clearTypes.has(type)) return await putEvent(context, event, signal);
  const sentType = isHidden ? 'm.room.encrypted' : type;
  return await context.api.put(['rooms', roomId, 'send', sentType, transactionId], { body, ...(signal === undefined ? {} : { signal }) });
}
