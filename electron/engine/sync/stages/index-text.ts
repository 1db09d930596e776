import type { MessageId } from '#rpc';
import { statement } from '../../store/statements.ts';
import type { Batch, IndexQueue } from '../batch.ts';
import type { Stage } from './stage.ts';

/** Puts the new texts into the full-text index, at once and in the order of their ids, as the index likes it best. */
export const indexText: Stage = {
  name: 'index',
  onEnd: (batch) => flushIndex(batch),
};

/** Also called before an indexed text of this batch is changed again. */
export function flushIndex(batch: Batch): void {
  const { ids, texts, scopes } = batch.toIndex;
  if (ids.length === 0) return;
  const insert = statement(batch.db, 'INSERT INTO message_search (rowid, text, scope) VALUES (?, ?, ?)');
  for (const position of inOrder(batch.toIndex)) insert.run(ids[position], texts[position], scopes[position]);
  ids.length = texts.length = scopes.length = 0;
}

/** Positions by ascending id. Batches mostly come sorted: then nothing is sorted again. */
function inOrder({ ids }: IndexQueue): number[] {
  const positions = ids.map((_, position) => position);
  const isSorted = ids.every((id, position) => position === 0 || (ids[position - 1] as MessageId) < id);
  if (!isSorted) positions.sort((left, right) => (ids[left] as number) - (ids[right] as number));
  return positions;
}
