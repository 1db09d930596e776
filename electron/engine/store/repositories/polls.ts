import type { Poll } from '#model';
import type { MessageId } from '#rpc';
import type { ReadableDb, WritableDb } from '../database.ts';
import { change, readAll } from '../statements.ts';
import { cutText } from '../../text/plain-line.ts';

const longestText = 1_000;
const mostAnswers = 50;

const countOf = (value: unknown): number | null =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 ? value : null;

/** Only what a poll is made of, in sizes that can be shown. */
const bounded = (poll: Poll): Poll => {
  const answers = poll.answers
    .slice(0, mostAnswers)
    .map(({ id, text, voteCount }) => ({ id: String(id).slice(0, 255), text: cutText(String(text), longestText), voteCount: countOf(voteCount) }));
  const known = new Set(answers.map(({ id }) => id));
  return {
    question: cutText(String(poll.question), longestText),
    answers,
    mostChoices: Math.max(1, Math.min(countOf(poll.mostChoices) ?? 1, mostAnswers)),
    ownChoices: poll.ownChoices.filter((id) => known.has(id)).slice(0, mostAnswers),
    voterCount: countOf(poll.voterCount),
    isDisclosed: poll.isDisclosed === true,
    isEnded: poll.isEnded === true,
  };
};

/** Polls of messages; the message's own text says the same in words. */
export const polls = {
  set: (db: WritableDb, id: MessageId, poll: Poll): void => {
    change(
      db,
      'INSERT INTO message_polls (message_id, poll) VALUES (?, ?) ON CONFLICT (message_id) DO UPDATE SET poll = excluded.poll',
      id,
      JSON.stringify(bounded(poll)),
    );
  },

  remove: (db: WritableDb, id: MessageId): void => {
    change(db, 'DELETE FROM message_polls WHERE message_id = ?', id);
  },

  /** Votes of ours that have not gone out yet, the newest of each. */
  waitingVotes: (db: ReadableDb, ids: readonly MessageId[]): Map<MessageId, readonly string[]> =>
    new Map(
      readAll<{ id: MessageId; payload: string }>(
        db,
        `SELECT message_id AS id, payload FROM json_each(?) AS wanted JOIN jobs ON jobs.message_id = wanted.value
         WHERE kind = 'vote' AND state IN ('waiting', 'running') ORDER BY jobs.id`,
        JSON.stringify(ids),
      ).map(({ id, payload }) => [id, (JSON.parse(payload) as { readonly choices: readonly string[] }).choices]),
    ),

  ofMessages: (db: ReadableDb, ids: readonly MessageId[]): Map<MessageId, Poll> =>
    new Map(
      readAll<{ id: MessageId; poll: string }>(
        db,
        `SELECT message_id AS id, poll FROM json_each(?) AS wanted JOIN message_polls ON message_polls.message_id = wanted.value`,
        JSON.stringify(ids),
      ).map(({ id, poll }) => [id, JSON.parse(poll) as Poll]),
    ),
};
