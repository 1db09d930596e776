import type { Words } from '../text/words.ts';
import type { Block } from './build-blocks.ts';
import type { PushKeys } from './keys.ts';
import { formatMarker, markerChars } from './marker.ts';
import type { EntryFile } from './push-entry.ts';

export interface ChunkFile extends EntryFile {
  readonly key: string;
}

/** One note to write, its bytes fixed. */
export interface PlannedChunk {
  readonly key: string;
  readonly last: string;
  readonly body: string;
  /** Indexes of the entries that are told in full once this is written. */
  readonly entries: readonly number[];
  readonly files: readonly ChunkFile[];
}

export interface PackOptions {
  readonly keys: PushKeys;
  readonly conversationStableId: string;
  /** Id of the entry at an index, for the keys of its files. */
  readonly entryId: (entry: number) => string;
  /** `Matrix · Marta Ruiz with jordi@levante.example`, one clean line. */
  readonly subject: string;
  /** Of the subject in the language that needs most. */
  readonly subjectChars: number;
  readonly part: Words['part'];
  readonly marker: 'body' | 'field';
  readonly maxBodyChars: number;
  /** Together, in one note; no limit when files are written on their own. */
  readonly maxNoteFileBytes: number;
}

/** Room for `2026-11-22 · … · UTC+01:00 · part 12/34`. */
const headerSpareChars = 60;

/** How long a block may be so that header, day line and marker still fit around it. */
export const blockChars = (maxBodyChars: number, subjectChars: number): number =>
  Math.max(200, maxBodyChars - subjectChars - headerSpareChars - markerChars - 20);

/**
 * Packs blocks into as few notes as the target allows, cutting between messages only and numbering the parts.
 * A key comes from the first block inside, so the same chunk planned again has the same name.
 */
export function packChunks(blocks: readonly Block[], options: PackOptions): readonly PlannedChunk[] {
  const groups = group(blocks.filter((block) => block.text !== null), options);
  return groups.map((members, index) => toChunk(members, index, groups.length, options));
}

function group(blocks: readonly Block[], options: PackOptions): readonly (readonly Block[])[] {
  const maxChars = options.maxBodyChars - options.subjectChars - headerSpareChars - markerChars;
  const groups: Block[][] = [];
  let chars = 0;
  let fileBytes = 0;
  let day = '';
  for (const block of blocks) {
    const blockChars = (block.text?.length ?? 0) + block.spareChars + 1 + (block.day === day ? 0 : 15);
    const blockBytes = block.files.reduce((sum, file) => sum + (file.sizeBytes ?? 0), 0);
    const isFull = chars + blockChars > maxChars || fileBytes + blockBytes > options.maxNoteFileBytes;
    const current = groups.at(-1);
    if (current && !isFull) current.push(block);
    else groups.push([block]);
    chars = current && !isFull ? chars + blockChars : blockChars;
    fileBytes = current && !isFull ? fileBytes + blockBytes : blockBytes;
    day = block.day;
  }
  return groups;
}

function toChunk(blocks: readonly Block[], index: number, count: number, options: PackOptions): PlannedChunk {
  const { keys, conversationStableId: conversation } = options;
  const first = blocks[0] as Block;
  // New messages stand before edits of old ones; how far a note reaches is told by its last new message.
  const lastFresh = blocks.findLast((block) => !block.isChange) ?? (blocks.at(-1) as Block);
  const key = keys.note(conversation, first.id);
  const last = keys.mark(conversation, lastFresh.id);
  const part = count > 1 ? ` · ${options.part(index + 1, count)}` : '';
  const lines = [`${first.day} · ${options.subject} · ${first.zone}${part}`];
  let day = first.day;
  for (const block of blocks) {
    if (block.text === '') continue;
    if (block.day !== day && !block.isChange) lines.push(`— ${block.day} —`);
    day = block.day;
    lines.push(block.text ?? '');
  }
  if (options.marker === 'body') lines.push(formatMarker({ key, last }));
  return {
    key,
    last,
    body: lines.join('\n'),
    entries: blocks.filter((block) => block.isLastPiece).map((block) => block.entry),
    files: blocks.flatMap((block) =>
      block.files.map((file) => ({ ...file, key: keys.file(conversation, options.entryId(block.entry), file.stableId) })),
    ),
  };
}
