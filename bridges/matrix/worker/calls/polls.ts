/** Voting, ending a poll, asking one. */
import { BridgeError, type MessageTarget, type NewPoll } from '#bridge';
import { readRoomEvent, type RoomEvent } from '../../event-shape.ts';
import { endContent, isPollStart, readPoll, startContent, voteContent } from '../../receive/polls.ts';
import type { AccountContext } from '../account-context.ts';
import { pollNews } from './count-poll.ts';
import { putEvent } from './put-event.ts';
import { writableRoom } from './writable-room.ts';

const pollEvent = async (context: AccountContext, { conversationId, remoteId }: MessageTarget): Promise<RoomEvent> => {
  const told = await context.crypto().decrypt(conversationId, await context.api.get(['rooms', conversationId, 'event', remoteId]));
  const event = told.isClear ? readRoomEvent(told.raw, Date.now()) : null;
  if (event === null || !isPollStart(event.type) || readPoll(event.content) === null) throw new BridgeError('not-found', { detail: 'this is no poll' });
  return event;
};

/** The server knows what we just said: the numbers are asked of it at once. */
const tell = async (context: AccountContext, { conversationId, remoteId }: MessageTarget): Promise<void> => {
  const news = await pollNews(context, conversationId, remoteId);
  if (news !== null) await context.publish([news]);
};

/** @throws BridgeError `not-found`, and those of {@link writableRoom} */
export const vote = (context: AccountContext, target: MessageTarget, choices: readonly string[], id: string): Promise<void> =>
  context.roomQueue.run(target.conversationId, async () => {
    writableRoom(context, target.conversationId);
    const { type } = await pollEvent(context, target);
    await putEvent(context, { roomId: target.conversationId, ...voteContent(target.remoteId, type, choices), transactionId: id });
    await tell(context, target);
  });

/** @throws BridgeError `forbidden` for a poll of somebody else */
export const endPoll = (context: AccountContext, target: MessageTarget, id: string): Promise<void> =>
  context.roomQueue.run(target.conversationId, async () => {
    writableRoom(context, target.conversationId);
    const { type, sender, content } = await pollEvent(context, target);
    if (sender !== context.selfId) throw new BridgeError('forbidden', { detail: 'a poll of somebody else' });
    const question = readPoll(content)?.question ?? '';
    await putEvent(context, { roomId: target.conversationId, ...endContent(target.remoteId, type, `🏁 ${question}`), transactionId: id });
    await tell(context, target);
  });

export const createPoll = (context: AccountContext, roomId: string, poll: NewPoll, id: string): Promise<void> =>
  context.roomQueue.run(roomId, async () => {
    writableRoom(context, roomId);
    await putEvent(context, { roomId, ...startContent(poll), transactionId: id });
  });
