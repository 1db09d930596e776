/** The quoted text that clients of before 2024 put in front of a reply (removed from the protocol by MSC2781). */
export interface SplitReply {
  /** What the sender wrote. */
  readonly text: string;
  /** What stood in the quote, without its marks; absent when there was none. */
  readonly excerpt?: string | undefined;
}

const quoteMark = /^> ?/u;
const senderMark = /^(?:\* )?<@[^>\s]{1,255}> ?/u;
const maxExcerptLength = 500;

/** Splits the fallback off the body of a reply. Call it only for events that do reply to something. */
export const splitReplyFallback = (body: string): SplitReply => {
  const lines = body.split('\n');
  const end = lines.findIndex((line) => !line.startsWith('>'));
  const quoteLength = end === -1 ? lines.length : end;
  // Without the sender's mark it is a quote the person typed: leave it alone.
  if (quoteLength === 0 || !senderMark.test((lines[0] ?? '').replace(quoteMark, ''))) return { text: body };

  const quoted = lines.slice(0, quoteLength).map((line) => line.replace(quoteMark, ''));
  quoted[0] = (quoted[0] ?? '').replace(senderMark, '');
  const rest = lines.slice(quoteLength);
  if (rest[0] === '') rest.shift();
  return { text: rest.join('\n'), excerpt: quoted.join('\n').slice(0, maxExcerptLength).toWellFormed() };
};
