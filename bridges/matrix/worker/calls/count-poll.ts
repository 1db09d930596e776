/** The numbers of a poll, asked of the server whenever somebody voted or it ended. */
import type { BridgeEvent } from '#bridge';
import { asArray, asRecord, asString, readRoomEvent, type RoomEvent } from '../../event-shape.ts';
import { conversationOf, messageOf, personOf } from '../../ids.ts';
import { countPoll, readPoll, showPoll, writePoll } from '../../receive/polls.ts';
import type { AccountContext } from '../account-context.ts';

const pageSize = 100;
/** A thousand votes; beyond that the numbers of the first thousand stand. */
const mostPages = 10;

const readClear = async (context: AccountContext, roomId: string, raw: unknown): Promise<RoomEvent | null> => {
  const told = await context.crypto().decrypt(roomId, raw);
  return told.isClear ? readRoomEvent(told.raw, Date.now()) : null;
};

const votesOf = async (context: AccountContext, roomId: string, pollId: string): Promise<readonly RoomEvent[]> => {
  const events: RoomEvent[] = [];
  let from: string | undefined;
  for (let page = 0; page < mostPages; page += 1) {
    const query = new URLSearchParams({ limit: String(pageSize), ...(from === undefined ? {} : { from }) });
    const place = [roomId, 'relations', pollId, 'm.reference'].map(encodeURIComponent).join('/');
    const response = await context.api.raw(`/_matrix/client/v1/rooms/${place}?${query.toString()}`, { signal: context.closing });
    const answer = asRecord(await response.json().catch(() => null));
    for (const raw of asArray(answer['chunk']).slice(0, pageSize)) {
      const event = await readClear(context, roomId, raw);
      if (event !== null && typeof event.unsigned['redacted_because'] !== 'object') events.push(event);
    }
    from = asString(answer['next_batch']);
    if (from === undefined) break;
  }
  return events;
};

/** The poll with its numbers, as far as it does not keep them to itself until its end, and our choice; null: it is none. */
export const pollNews = async (context: AccountContext, roomId: string, pollId: string): Promise<BridgeEvent | null> => {
  const event = await readClear(context, roomId, await context.api.get(['rooms', roomId, 'event', pollId]));
  const poll = event === null ? null : readPoll(event.content);
  if (event === null || poll === null) return null;
  const count = countPoll(poll, event.sender, await votesOf(context, roomId, pollId));
  const isTold = (poll.isOpen || count.isEnded) && (count.isEnded || count.choicesOf.size > 0);
  return {
    type: 'message.patched',
    conversationId: conversationOf(roomId),
    target: messageOf(pollId),
    by: personOf(event.sender),
    patch: {
      ...(isTold ? { text: writePoll(poll, count.counts, count.isEnded) } : {}),
      poll: showPoll(poll, count, context.selfId),
      editedAtMs: Date.now(),
    },
  };
};
