import { describe, expect, it } from 'vitest';
import { countPoll, pollOf, readPoll, showPoll, writePoll, type PollEvent } from '../../../bridges/matrix/receive/polls.ts';

const stable = {
  'm.poll': {
    question: { 'm.text': [{ body: 'Tea?' }] },
    kind: 'm.disclosed',
    max_selections: 2,
    answers: [
      { 'm.id': 'y', 'm.text': [{ body: 'Yes' }] },
      { 'm.id': 'n', 'm.text': [{ body: 'No' }] },
    ],
  },
};
const poll = readPoll(stable) ?? { question: '', answers: [], most: 0, isOpen: false };
const vote = (sender: string, sentAtMs: number, ...answers: unknown[]): PollEvent => ({ type: 'm.poll.response', sender, sentAtMs, content: { 'm.selections': answers } });
const end = (sender: string, sentAtMs: number): PollEvent => ({ type: 'm.poll.end', sender, sentAtMs, content: {} });
const counted = (...events: PollEvent[]) => {
  const { counts, isEnded } = countPoll(poll, '@bob:x', events);
  return [counts.get('y') ?? 0, counts.get('n') ?? 0, isEnded];
};

describe('polls', () => {
  it('are read in their stable form', () => {
    expect(writePoll(poll, null)).toBe('📊 Tea?\n▫️ Yes\n▫️ No');
    expect([poll.most, poll.isOpen]).toEqual([2, true]);
  });

  it.each([{}, { 'm.poll': 7 }, { 'm.poll': { question: { body: 'x' }, answers: 'many' } }, { 'm.poll': { answers: [{ 'm.id': 1 }] } }])('%j is none', (content) => {
    expect(readPoll(content)).toBeNull();
  });

  it('count the last word of everybody', () => {
    expect(counted(vote('@a:x', 1, 'y'), vote('@a:x', 2, 'n'), vote('@b:x', 1, 'y', 'n'))).toEqual([1, 2, false]);
  });

  it('pass over answers there are none of, and more than allowed', () => {
    expect(counted(vote('@a:x', 1, 'y'), vote('@a:x', 2, 'constructor'))).toEqual([0, 0, false]);
    expect(counted(vote('@a:x', 1, 'y', 'y', 'n'))).toEqual([1, 0, false]);
  });

  it('are shown with their numbers and our choice, or without until the end', () => {
    const voted = [vote('@a:x', 1, 'y'), vote('@me:x', 1, 'y', 'n'), vote('@b:x', 1)];
    expect(showPoll(poll, countPoll(poll, '@bob:x', voted), '@me:x')).toMatchObject({
      answers: [{ id: 'y', voteCount: 2 }, { id: 'n', voteCount: 1 }],
      ...{ ownChoices: ['y', 'n'], voterCount: 2, mostChoices: 2, isDisclosed: true, isEnded: false },
    });
    const closed = { ...poll, isOpen: false };
    expect(showPoll(closed, countPoll(poll, '@bob:x', voted), '@me:x')).toMatchObject({ answers: [{ voteCount: null }, { voteCount: null }], voterCount: null, ownChoices: ['y', 'n'] });
    expect(showPoll(closed, countPoll(poll, '@bob:x', [...voted, end('@bob:x', 5)]), '@me:x')).toMatchObject({ answers: [{ voteCount: 2 }, { voteCount: 1 }], isEnded: true });
  });

  it('end by the word of who asked, and what comes later counts for nothing', () => {
    expect(counted(vote('@a:x', 1, 'y'), end('@bob:x', 5), vote('@c:x', 6, 'n'))).toEqual([1, 0, true]);
    expect(counted(vote('@a:x', 1, 'y'), end('@mallory:x', 5), vote('@c:x', 6, 'n'))).toEqual([1, 1, false]);
  });

  it('an answer names its poll', () => {
    expect(pollOf('m.poll.response', { 'm.relates_to': { rel_type: 'm.reference', event_id: '$p' } })).toBe('$p');
    expect(pollOf('m.room.message', { 'm.relates_to': { rel_type: 'm.reference', event_id: '$p' } })).toBeNull();
    expect(pollOf('m.poll.end', { 'm.relates_to': { rel_type: 'm.thread', event_id: '$p' } })).toBeNull();
  });
});
