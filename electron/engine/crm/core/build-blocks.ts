import { localTime } from '../text/local-time.ts';
import type { EntryFile, PushEntry } from './push-entry.ts';
import { renderEntry } from './render-entry.ts';
import type { RenderedEntry, RenderOptions } from './render-entry.ts';

/** The smallest piece that goes into a note as a whole. */
export interface Block {
  /** Of its entry; pieces of a very long message carry a number. */
  readonly id: string;
  /** Index of the entry it belongs to. */
  readonly entry: number;
  /** Null: silent, nothing is written. */
  readonly text: string | null;
  /** Counted along with the text, so that every language cuts in the same places. */
  readonly spareChars: number;
  /** Tells what became of a message that is there already. */
  readonly isChange: boolean;
  /** The last piece of its entry. */
  readonly isLastPiece: boolean;
  readonly day: string;
  readonly zone: string;
  /** Files to send; none for the second piece of a message. */
  readonly files: readonly EntryFile[];
}

/** @param maxChars of one block; a longer message becomes several */
export function buildBlocks(entries: readonly PushEntry[], options: RenderOptions, maxChars: number): readonly Block[] {
  return entries.flatMap((entry, index): Block[] => {
    const { day, zone } = localTime(entry.sentAtMs, options.timeZone);
    const common = { entry: index, isChange: entry.kind === 'edit' || entry.kind === 'deletion', day, zone };
    if (entry.kind === 'silent') return [{ ...common, id: entry.id, text: null, spareChars: 0, isLastPiece: true, files: [] }];
    const files = entry.files.filter((file) => isSendable(file, options));
    const rendered = renderEntry(entry, options);
    return cut(rendered, maxChars).map((text, piece, pieces) => ({
      ...common,
      isLastPiece: piece === pieces.length - 1,
      spareChars: (piece === 0 ? rendered.openingSpare : 0) + (piece === pieces.length - 1 ? rendered.closingSpare : 0),
      id: piece === 0 ? entry.id : `${entry.id}~${piece}`,
      text,
      files: piece === 0 ? files : [],
    }));
  });
}

const isSendable = (file: EntryFile, { maxFileBytes, lostFiles }: RenderOptions): boolean =>
  (file.sizeBytes ?? 0) <= maxFileBytes && !lostFiles.has(file.attachmentId);

const leastPieceChars = 100;

/** At a line break if there is one in the second half, else anywhere but inside a character. */
function cut({ text, openingSpare, closingSpare }: RenderedEntry, maxChars: number): readonly string[] {
  const pieces: string[] = [];
  let rest = text;
  let limit = Math.max(maxChars - openingSpare - closingSpare, leastPieceChars);
  while (rest.length > limit) {
    const lineBreak = rest.lastIndexOf('\n', limit);
    let end = lineBreak > limit / 2 ? lineBreak : limit;
    if (isHighSurrogate(rest.charCodeAt(end - 1))) end -= 1;
    pieces.push(rest.slice(0, end));
    rest = `      ${rest.slice(end).replace(/^\n\s*/, '')}`;
    limit = Math.max(maxChars - closingSpare, leastPieceChars);
  }
  pieces.push(rest);
  return pieces;
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
