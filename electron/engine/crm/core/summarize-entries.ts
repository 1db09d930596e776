import type { MessageId, PushMask, RedactionSettings } from '#rpc';
import { redactEntries } from '../redaction/redact-entries.ts';
import { cleanLine, cleanText } from '../text/clean-text.ts';
import { localTime } from '../text/local-time.ts';
import { wordsOf } from '../text/words.ts';
import type { WordLocale } from '../text/words.ts';
import type { PushEntry } from './push-entry.ts';

export interface SummaryWish {
  /** What the person wrote; empty: the counts. */
  readonly text: string;
  readonly redaction: RedactionSettings;
  readonly revealed: ReadonlySet<string>;
  readonly locale: WordLocale;
  readonly timeZone: string;
  readonly maxChars: number;
}

const maxSenders = 20;

/**
 * The entries without their words, and one text in their place: made here, sent nowhere to be written, with the same
 * things hidden as in messages. The words of the messages are not even in the frozen plan.
 */
export function summarizeEntries(
  entries: readonly PushEntry[],
  wish: SummaryWish,
): { readonly entries: readonly PushEntry[]; readonly masks: readonly PushMask[]; readonly summary: string } {
  const empty = entries.map((entry): PushEntry => ({ ...entry, text: '', replyTo: null }));
  const [first] = entries;
  if (first === undefined) return { entries, masks: [], summary: '' };
  const written = cleanText(wish.text).trim() === '' ? countsOf(entries, wish) : cleanText(wish.text).trim();
  // Looked through like a message of our own, so that the same rules hold.
  const asEntry: PushEntry = { ...first, messageId: 0 as MessageId, kind: 'message', text: written, replyTo: null, files: [] };
  const redacted = redactEntries([asEntry], wish.redaction, wish.revealed);
  return { entries: empty, masks: redacted.masks, summary: (redacted.entries[0]?.text ?? '').slice(0, wish.maxChars) };
}

function countsOf(entries: readonly PushEntry[], { locale, timeZone }: SummaryWish): string {
  const fresh = entries.filter(({ kind }) => kind === 'message');
  const changes = entries.filter(({ kind }) => kind === 'edit' || kind === 'deletion').length;
  const bySender = new Map<string, number>();
  for (const { senderName } of fresh) bySender.set(senderName, (bySender.get(senderName) ?? 0) + 1);
  const senders = [...bySender]
    .map(([name, messages]) => ({ name: cleanLine(name, 80), messages }))
    .sort((a, b) => b.messages - a.messages)
    .slice(0, maxSenders);
  const times = (fresh.length > 0 ? fresh : entries).map(({ sentAtMs }) => sentAtMs);
  const when = (atMs: number): string => {
    const { day, minute } = localTime(atMs, timeZone);
    return `${day} ${minute}`;
  };
  return wordsOf[locale]
    .summary({
      messages: fresh.length,
      files: fresh.reduce((sum, { files }) => sum + files.length, 0),
      changes,
      senders,
      from: when(times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY)),
      until: when(times.reduce((a, b) => Math.max(a, b), 0)),
    })
    .trim();
}
