import type { RemoteRef, WrittenNote } from '../connector.ts';
import { ops } from '../ledger/ops.ts';
import { plans } from '../ledger/plans.ts';
import type { PlanRecord } from '../ledger/plans.ts';
import { pushedMessages } from '../ledger/pushed-messages.ts';
import { runDurably } from '../../store/transaction.ts';
import { blocksOf, chunksOf } from './build-chunks.ts';
import { coverageOf } from './coverage.ts';
import type { PlanContent } from './plan.ts';
import type { PushRun } from './push-run.ts';

/**
 * Takes out of the plan what notes on the other side tell already; the rest becomes the chunks that are written.
 * Without such notes the plan stays as it was shown, to the byte.
 * @param rivalKey of a note that another device wrote in the instant we wanted to, and that ends before ours
 * @returns the content to write from now on
 */
export function adoptWritten(run: PushRun, plan: PlanRecord, parent: RemoteRef, notes: readonly WrittenNote[], rivalKey?: string): PlanContent {
  const { db } = run.desk;
  const keys = run.desk.keys(run.connection.id);
  const { manifest } = run.connector;
  const { content } = plan;
  const ownKeys = new Set(ops.ofPush(db, run.pushId).map((op) => op.key).filter((key) => key !== rivalKey));
  const strange = notes.filter((note) => !ownKeys.has(note.key));
  const blocks = blocksOf(content, manifest);
  const coverage = coverageOf(blocks, strange, keys, content.conversationStableId);
  if (coverage.blocks.size === 0) return content;

  const unclear = new Set(coverage.unclear);
  const written = new Set(content.chunks.filter((chunk) => ownKeys.has(chunk.key)).flatMap((chunk) => chunk.entries));
  const rest = blocks.filter((block, index) => !coverage.blocks.has(index) && !written.has(block.entry));
  const untold = new Set(rest.map((block) => block.entry));
  const told = [...new Set([...coverage.blocks.keys()].map((index) => blocks[index]?.entry ?? -1))]
    .filter((entry) => !untold.has(entry))
    .map((entry) => content.entries[entry])
    .filter((entry) => entry !== undefined);
  const kept = content.chunks.filter((chunk) => ownKeys.has(chunk.key));
  const next: PlanContent = { ...content, chunks: [...kept, ...chunksOf(rest, content, manifest, keys)] };
  runDurably(db, () => {
    for (const note of strange.filter(({ key }) => [...coverage.blocks.values()].includes(key))) {
      ops.settle(db, run.pushId, { key: note.key, role: 'note', state: 'done', isAdopted: true, remote: note.ref, parent });
      run.audit('adopted', note.ref, note.key, unclear.has(note.key) ? 'end unknown' : undefined);
    }
    const tags = told.filter((entry) => entry.kind !== 'silent').map((entry) => ({ id: entry.messageId, version: entry.version }));
    pushedMessages.add(db, { connectionId: run.connection.id, conversationId: run.conversationId, pushId: run.pushId }, tags);
    plans.setContent(db, plan.id, next);
  });
  return next;
}
