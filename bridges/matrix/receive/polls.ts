/** Polls as text that anybody can read. @see MSC3381, and its stable names in later versions of the protocol */
import type { NewPoll, Poll as ShownPoll } from '#model';
import { asArray, asName, asRecord, asString, asText, type JsonRecord } from '../event-shape.ts';
import { isEventId } from '../ids.ts';

export interface Poll {
  readonly question: string;
  readonly answers: readonly { readonly id: string; readonly text: string }[];
  /** How many answers one person may choose. */
  readonly most: number;
  /** Results are for everybody to see before the end. */
  readonly isOpen: boolean;
}

/** As the protocol says; the rest of a longer list is passed over. */
const mostAnswers = 20;
const unstable = 'org.matrix.msc3381.poll';

/** A text block in any of its three shapes. */
const readText = (value: unknown): string => {
  const { body, 'm.text': stable, 'org.matrix.msc1767.text': old } = asRecord(value);
  const first = asArray(stable)[0];
  const text = asString(asRecord(first)['body']) ?? asString(stable) ?? asString(old) ?? asString(body);
  return asName(text) ?? '';
};

/** Null: not a poll that can be shown. */
export const readPoll = (content: JsonRecord): Poll | null => {
  const poll = asRecord(content['m.poll'] ?? content['m.poll.start'] ?? content[`${unstable}.start`]);
  const question = readText(poll['question']);
  const answers = asArray(poll['answers'])
    .slice(0, mostAnswers)
    .map(asRecord)
    .map((answer) => ({ id: asString(answer['m.id']) ?? asString(answer['id']) ?? '', text: readText(answer) }))
    .filter(({ id, text }) => id !== '' && text !== '');
  if (question === '' || answers.length === 0) return null;
  const most = poll['max_selections'];
  const kind = asString(poll['kind']) ?? '';
  return { question, answers, most: typeof most === 'number' && most >= 1 ? Math.trunc(most) : 1, isOpen: kind.endsWith('disclosed') && !kind.endsWith('undisclosed') };
};

/** The text of a poll for a timeline: the question and its answers, with their numbers once there are any. */
export const writePoll = ({ question, answers }: Poll, counts: ReadonlyMap<string, number> | null, isEnded = false): string =>
  [
    `📊 ${question}${isEnded ? ' 🏁' : ''}`,
    ...answers.map(({ id, text }) => `▫️ ${text}${counts === null ? '' : ` — ${String(counts.get(id) ?? 0)}`}`),
  ].join('\n');

export interface PollCount {
  readonly counts: ReadonlyMap<string, number>;
  readonly choicesOf: ReadonlyMap<string, ReadonlySet<string>>;
  readonly isEnded: boolean;
}

/** As it is shown, with its numbers as far as they may be known; `selfId` tells which votes are ours. */
export const showPoll = (poll: Poll, count: PollCount | null = null, selfId: string | null = null): ShownPoll => {
  const isTold = count !== null && (poll.isOpen || count.isEnded);
  const own = selfId === null ? undefined : count?.choicesOf.get(selfId);
  return {
    question: poll.question,
    answers: poll.answers.map(({ id, text }) => ({ id, text, voteCount: isTold ? (count.counts.get(id) ?? 0) : poll.isOpen ? 0 : null })),
    mostChoices: Math.min(poll.most, poll.answers.length),
    ownChoices: own === undefined ? [] : [...own],
    voterCount: isTold ? [...count.choicesOf.values()].filter(({ size }) => size > 0).length : poll.isOpen ? 0 : null,
    isDisclosed: poll.isOpen,
    isEnded: count?.isEnded ?? false,
  };
};

const responseTypes: ReadonlySet<string> = new Set(['m.poll.response', `${unstable}.response`]);
const endTypes: ReadonlySet<string> = new Set(['m.poll.end', `${unstable}.end`]);

export const isPollStart = (type: string): boolean => type === 'm.poll.start' || type === `${unstable}.start`;
export const isPollEnd = (type: string): boolean => endTypes.has(type);

/** The poll that an answer or an end is about; null for any other event. */
export const pollOf = (type: string, content: JsonRecord): string | null => {
  if (!responseTypes.has(type) && !endTypes.has(type)) return null;
  const { rel_type: relation, event_id: target } = asRecord(content['m.relates_to']);
  return relation === 'm.reference' && isEventId(target) ? target : null;
};

export interface PollEvent {
  readonly type: string;
  readonly sender: string;
  readonly sentAtMs: number;
  readonly content: JsonRecord;
}

/** Counts the last word of everybody, until the author ended it. */
export const countPoll = (poll: Poll, author: string, events: readonly PollEvent[]): PollCount => {
  const ends = events.filter(({ type, sender }) => isPollEnd(type) && sender === author).map(({ sentAtMs }) => sentAtMs);
  const endMs = ends.length === 0 ? Infinity : Math.min(...ends);
  const known = new Set(poll.answers.map(({ id }) => id));
  const chosen = new Map<string, ReadonlySet<string>>();
  const inOrder = events.filter(({ type, sentAtMs }) => responseTypes.has(type) && sentAtMs <= endMs).sort((a, b) => a.sentAtMs - b.sentAtMs);
  for (const { sender, content } of inOrder) {
    const given = asArray(content['m.selections'] ?? asRecord(content[`${unstable}.response`])['answers']);
    const answers = given.slice(0, poll.most).filter((id) => typeof id === 'string');
    // One answer that is none spoils the vote: it counts as taken back.
    chosen.set(sender, new Set(answers.every((id) => known.has(id)) ? answers : []));
  }
  const counts = new Map<string, number>();
  for (const answers of chosen.values()) for (const id of answers) counts.set(id, (counts.get(id) ?? 0) + 1);
  return { counts, choicesOf: chosen, isEnded: ends.length > 0 };
};

/** What a poll that cannot be read says instead. */
export const pollFallback = (content: JsonRecord): string => asText(content['org.matrix.msc1767.text'] ?? content['body'] ?? '');

/** Contents of what we send: under the names the poll itself uses, where it is about one. */
export const voteContent = (pollId: string, startType: string, choices: readonly string[]): { readonly type: string; readonly content: JsonRecord } => {
  const relation = { 'm.relates_to': { rel_type: 'm.reference', event_id: pollId } };
  if (startType === 'm.poll.start') return { type: 'm.poll.response', content: { ...relation, 'm.selections': choices } };
  return { type: `${unstable}.response`, content: { ...relation, [`${unstable}.response`]: { answers: choices } } };
};

/** `text`: for programs that know no polls. */
export const endContent = (pollId: string, startType: string, text: string): { readonly type: string; readonly content: JsonRecord } => {
  const relation = { 'm.relates_to': { rel_type: 'm.reference', event_id: pollId } };
  if (startType === 'm.poll.start') return { type: 'm.poll.end', content: { ...relation, 'm.poll.end': {}, 'm.text': [{ body: text }] } };
  return { type: `${unstable}.end`, content: { ...relation, [`${unstable}.end`]: {}, 'org.matrix.msc1767.text': text } };
};

/** Under the unstable names, which every program with polls reads. */
export const startContent = ({ question, answers, mostChoices, isDisclosed }: NewPoll): { readonly type: string; readonly content: JsonRecord } => ({
  type: `${unstable}.start`,
  content: {
    'org.matrix.msc1767.text': [question, ...answers.map((answer, index) => `${String(index + 1)}. ${answer}`)].join('\n'),
    [`${unstable}.start`]: {
      question: { 'org.matrix.msc1767.text': question },
      kind: `${unstable}.${isDisclosed ? 'disclosed' : 'undisclosed'}`,
      max_selections: mostChoices,
      answers: answers.map((answer, index) => ({ id: String(index + 1), 'org.matrix.msc1767.text': answer })),
    },
  },
});
