/** What rooms ask of us without a person's doing: entering where our knock was answered, following a room that moved. */
import { BridgeError } from '#bridge';
import { asRecord } from '../event-shape.ts';
import type { FollowUp } from '../receive/outcome.ts';
import type { AccountContext } from './account-context.ts';
import { pollNews } from './calls/count-poll.ts';
import { accept } from './calls/membership.ts';

const follow = async (context: AccountContext, { roomId, successor, via }: Extract<FollowUp, { kind: 'upgraded' }>): Promise<void> => {
  const { rooms } = context.store;
  if (rooms.get(successor)?.membership === 'joined') return;
  const search = via === null ? '' : new URLSearchParams({ server_name: via, via }).toString();
  await context.api.post(['join', successor], { body: {}, search });
  await context.untilSynced(() => rooms.get(successor)?.membership === 'joined');
  // Anybody can name any room as the next one; only the right one names ours as the one before.
  const before = asRecord(rooms.state(successor, 'm.room.create')['predecessor'])['room_id'];
  if (before === roomId) return;
  await context.api.post(['rooms', successor, 'leave'], { body: {} });
  await context.publish([{ type: 'security', rule: 'foreign-successor', detail: `${roomId} pointed to ${successor}, which knows nothing of it` }]);
};

const tellPoll = async (context: AccountContext, { roomId, pollId }: Extract<FollowUp, { kind: 'voted' }>): Promise<void> => {
  const news = await pollNews(context, roomId, pollId);
  if (news !== null) await context.publish([news]);
};

/** One after the other; what fails is left to the person, who sees where the room went. */
export const runFollowUps = async (context: AccountContext, followUps: readonly FollowUp[]): Promise<readonly BridgeError[]> => {
  const failures: BridgeError[] = [];
  for (const followUp of followUps) {
    try {
      if (followUp.kind === 'answered') await accept(context, followUp.roomId);
      else if (followUp.kind === 'voted') await tellPoll(context, followUp);
      else await follow(context, followUp);
    } catch (error) {
      if (!(error instanceof BridgeError)) throw error;
      failures.push(error);
    }
  }
  return failures;
};
