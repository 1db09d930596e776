/** What a bot wrote in its room since a line of ours: words, and pictures such as a QR code. */
import { randomUUID } from 'node:crypto';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { FormMedia, RemoteAttachment } from '#model';
import { decryptEvents } from '../../crypto/decrypt-sync.ts';
import { asArray, asRecord, asText, readRoomEvent, type JsonRecord, type RoomEvent } from '../../event-shape.ts';
import { readAttachment } from '../../receive/attachment.ts';
import type { AccountContext } from '../../worker/account-context.ts';
import { downloadMedia } from '../../worker/media.ts';

export interface BotAnswer {
  readonly text: string;
  readonly picture: RemoteAttachment | null;
}

const longestAnswer = 8_000;
const mostAnswers = 20;
const mostPictures = 3;
/** What a dialog shows at most (`electron/engine/dialogs/form-media.ts`). */
const mostPictureBytes = 512 * 1024;

/** Newest first. @throws BridgeError */
const eventsIn = async (context: AccountContext, roomId: string, signal: AbortSignal): Promise<readonly RoomEvent[]> => {
  const page = await context.api.get(['rooms', roomId, 'messages'], { query: { dir: 'b', limit: '30' }, signal });
  const { events } = await decryptEvents(context.crypto(), roomId, asArray(page['chunk']));
  return events.flatMap((raw) => readRoomEvent(raw, Date.now()) ?? []);
};

/** A bot renews its QR code by correcting the message: the newest content counts. */
const contentOf = ({ content }: RoomEvent): JsonRecord => {
  const isCorrection = asRecord(content['m.relates_to'])['rel_type'] === 'm.replace';
  return isCorrection && 'm.new_content' in content ? asRecord(content['m.new_content']) : content;
};

const readAnswer = (event: RoomEvent): BotAnswer => {
  const content = contentOf(event);
  const picture = content['msgtype'] === 'm.image' ? readAttachment(content) : null;
  const text = asText(content['body']).slice(0, longestAnswer);
  // The name of a picture is nothing to read; words beside it are.
  const isCaption = typeof content['filename'] === 'string' && content['filename'] !== content['body'];
  return { text: picture === null || isCaption ? text : '', picture };
};

/** Oldest first. @throws BridgeError */
export const readAnswers = async (context: AccountContext, roomId: string, ownEventId: string, bot: string, signal: AbortSignal): Promise<readonly BotAnswer[]> => {
  const events = await eventsIn(context, roomId, signal);
  const own = events.findIndex(({ eventId }) => eventId === ownEventId);
  const newer = own === -1 ? events : events.slice(0, own);
  const corrected = new Set(newer.map(({ content }) => asRecord(content['m.relates_to'])).flatMap((relation) => (relation['rel_type'] === 'm.replace' ? [relation['event_id']] : [])));
  return newer
    .filter(({ sender, type, eventId }) => sender === bot && type === 'm.room.message' && !corrected.has(eventId))
    .slice(0, mostAnswers)
    .map(readAnswer)
    .toReversed();
};

/** The newest pictures, small enough to be shown; one that cannot be had is left out. */
export const fetchPictures = async (context: AccountContext, answers: readonly BotAnswer[], signal: AbortSignal): Promise<readonly FormMedia[]> => {
  const wanted = answers.flatMap(({ picture }) => picture ?? []).slice(-mostPictures);
  const fetched = await Promise.all(wanted.map((picture) => fetchPicture(context, picture, signal).catch(() => null)));
  return fetched.filter((picture) => picture !== null);
};

const fetchPicture = async (context: AccountContext, { source, mime }: RemoteAttachment, signal: AbortSignal): Promise<FormMedia> => {
  const path = join(context.folder, `picture-${randomUUID()}`);
  try {
    await downloadMedia(context.api, context.baseUrl, source, path, mostPictureBytes, signal);
    return { mime, bytes: new Uint8Array(await readFile(path)) };
  } finally {
    await rm(path, { force: true });
  }
};
