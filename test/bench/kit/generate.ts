import { remoteConversationId, remoteMessageId, remotePersonId } from '#model';
import type { RemoteMessage } from '#model';
import { randomOf } from './random.ts';
import type { Random } from './random.ts';
import { vocabulary } from './vocabulary.ts';

export const conversationCount = 2_000;
/** Messages are spread evenly over three years. */
const spanMs = 3 * 365 * 86_400_000;
const startMs = Date.UTC(2023, 0, 1);
const averageWords = 13;
const ownShare = 0.35;

/**
 * Messages as a busy inbox has them, the same for the same seed: words of three languages by Zipf's law, lengths
 * log-normal (about 85 bytes on average), 2,000 conversations of which few are large, ascending in time.
 */
export function* generateMessages(seed: number, count: number): Generator<RemoteMessage> {
  const random = randomOf(seed);
  const stepMs = spanMs / count;
  for (let index = 0; index < count; index += 1) {
    const conversation = pickConversation(random);
    const isOwn = random() < ownShare;
    const name = `${hex(random)}-${hex(random)}-${hex(random)}-${hex(random)}-${index.toString(36)}`;
    yield {
      conversationId: remoteConversationId(`customer-${conversation}@shop.example`),
      remoteId: remoteMessageId(name),
      alternateId: remoteMessageId(`o-${name.slice(0, 26)}`),
      senderId: remotePersonId(isOwn ? 'desk@shop.example' : `customer-${conversation}@shop.example`),
      isOwn,
      kind: 'message',
      text: writeText(random, conversation % vocabulary.length),
      sentAtMs: Math.floor(startMs + index * stepMs),
    };
  }
}

const hex = (random: Random): string => Math.floor(random() * 0xffffffff).toString(16).padStart(8, '0');

/** Few conversations hold most of the messages: the largest about four per cent. */
function pickConversation(random: Random): number {
  return Math.min(Math.floor(conversationCount * random() ** 3.2), conversationCount - 1);
}

/** Word number of a Zipf-like distribution over the vocabulary. */
function pickWord(random: Random, words: readonly string[]): string {
  const rank = Math.floor(words.length ** random()) - 1;
  return words[rank] as string;
}

function writeText(random: Random, language: number): string {
  const words = vocabulary[language] as readonly string[];
  const count = Math.max(1, Math.round(averageWords * Math.exp(normal(random) * 0.7 - 0.245)));
  const text: string[] = [];
  for (let index = 0; index < count; index += 1) text.push(pickWord(random, words));
  return `${text.join(' ')}${random() < 0.4 ? '.' : ''}`;
}

/** Box and Muller. */
const normal = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
