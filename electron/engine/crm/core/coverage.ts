import type { Block } from './build-blocks.ts';
import type { PushKeys } from './keys.ts';
import type { Marker } from './marker.ts';

export interface Coverage {
  /** Index of a block → key of the note on the other side that tells it already. */
  readonly blocks: ReadonlyMap<number, string>;
  /** Keys of notes whose end we do not know: only their first block counts as told. */
  readonly unclear: readonly string[];
}

/**
 * Which blocks are in the CRM already, read from the markers of the notes there (a ledger was lost, or another
 * device was faster). A note reaches from the block its key comes from to the one its mark names.
 *
 * When the end is not known here, what follows is told again rather than left out: twice is better than never.
 */
export function coverageOf(blocks: readonly Block[], notes: readonly Marker[], keys: PushKeys, conversation: string): Coverage {
  const lastByKey = new Map<string, string>(notes.map((note) => [note.key, note.last]));
  const covered = new Map<number, string>();
  const unclear: string[] = [];
  if (lastByKey.size === 0) return { blocks: covered, unclear };
  const marks = new Map(blocks.map((block, index) => [keys.mark(conversation, block.id), index]));
  blocks.forEach((block, start) => {
    const key = keys.note(conversation, block.id);
    const last = lastByKey.get(key);
    if (last === undefined) return;
    const end = marks.get(last);
    if (end === undefined || end < start) unclear.push(key);
    for (let index = start; index <= Math.max(start, end ?? start); index += 1) covered.set(index, key);
  });
  return { blocks: covered, unclear };
}

/** Whether a note under the key of `ours` ends before it does. A mark that is not known here is of a message we lack: then it goes further. */
export function endsEarlier(note: Marker, ours: Marker, blocks: readonly Block[], keys: PushKeys, conversation: string): boolean {
  if (note.last === ours.last) return false;
  const marks = blocks.map((block) => keys.mark(conversation, block.id));
  const end = marks.indexOf(note.last);
  return end !== -1 && end < marks.indexOf(ours.last);
}
