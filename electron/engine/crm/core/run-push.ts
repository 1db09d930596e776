import { setTimeout as pause } from 'node:timers/promises';
import type { RemoteRef, WrittenNote } from '../connector.ts';
import { Unknown } from '../errors.ts';
import { ops } from '../ledger/ops.ts';
import type { PlanRecord } from '../ledger/plans.ts';
import { pushRows } from '../ledger/push-rows.ts';
import { pushedMessages } from '../ledger/pushed-messages.ts';
import { adoptWritten } from './adopt-written.ts';
import { blocksOf } from './build-chunks.ts';
import { endsEarlier } from './coverage.ts';
import { ensureObject } from './ensure-object.ts';
import { freezeFile } from './freeze-file.ts';
import type { ChunkFile, PlannedChunk } from './pack-chunks.ts';
import type { PlanContent } from './plan.ts';
import { sha256 } from './sha256.ts';
import type { PushRun } from './push-run.ts';
import { resolveParent } from './resolve-parent.ts';

export interface PushResult {
  readonly parent: RemoteRef;
  readonly fileCount: number;
  /** Files that could not go along, by name. */
  readonly skippedFiles: readonly string[];
}

/** How long the other of two devices is left alone to write its note before we write it. */
const rivalGraceMs = 15_000;
const rivalLookMs = 500;

/**
 * Writes one push, or what is left of it after an earlier attempt. Every step is recorded, so this can end anywhere
 * and be called again.
 * @throws ConnectorError; the queue decides what it means
 */
export async function runPush(run: PushRun, plan: PlanRecord): Promise<PushResult> {
  const parent = await resolveParent(run, plan.content, plan.targetKey ?? '');
  showTarget(run, parent.ref);
  let notes = await run.connector.findNotes(run.context, parent.ref, null);
  if (parent.isAdoptedNow && notes.length === 0) notes = await waitForRival(run, parent.ref);
  let content = adoptWritten(run, plan, parent.ref, notes);
  for (let rivals = 0; rivals <= maxRivals; rivals += 1) {
    const written = await writeChunks(run, content, parent.ref);
    if (written.rivalKey === null) return { parent: parent.ref, fileCount: written.fileCount, skippedFiles: written.skipped };
    // Another device was faster and knew less: what its note lacks is told in a note of its own.
    notes = await run.connector.findNotes(run.context, parent.ref, null);
    content = adoptWritten(run, { ...plan, content }, parent.ref, notes, written.rivalKey);
  }
  throw new Unknown({ detail: 'another device pushes the same conversation again and again' }, 'server-error');
}

/** How often another device may be faster within one push. */
const maxRivals = 5;

interface WrittenChunks {
  readonly fileCount: number;
  readonly skipped: readonly string[];
  /** Key of a note that another device wrote meanwhile and that ends before ours; null: all is told. */
  readonly rivalKey: string | null;
}

async function writeChunks(run: PushRun, content: PlanContent, parent: RemoteRef): Promise<WrittenChunks> {
  const skipped: string[] = [];
  let fileCount = 0;
  for (const chunk of content.chunks) {
    const count = await writeChunk(run, content, parent, chunk, skipped);
    if (count === null) return { fileCount, skipped, rivalKey: chunk.key };
    fileCount += count;
  }
  return { fileCount, skipped, rivalKey: null };
}

function showTarget(run: PushRun, ref: RemoteRef): void {
  const link = run.connector.link(run.connection.values, ref);
  const title = ref.title ?? pushRows.get(run.desk.db, run.pushId)?.targetTitle ?? '';
  pushRows.setTarget(run.desk.db, run.pushId, title, link);
}

/**
 * The record was made by somebody else a moment ago and holds no note yet: that device is about to write it. Where a
 * comment cannot be taken back, writing at the same time would double it for good.
 */
async function waitForRival(run: PushRun, parent: RemoteRef) {
  const until = run.desk.nowMs() + rivalGraceMs;
  while (run.desk.nowMs() < until) {
    await pause(rivalLookMs, undefined, { signal: run.context.signal });
    const notes = await run.connector.findNotes(run.context, parent, null);
    if (notes.length > 0) return notes;
  }
  return [];
}

/** How many files went along; null: the note of another device stands there and ends before ours. */
async function writeChunk(
  run: PushRun,
  content: PlanContent,
  parent: RemoteRef,
  chunk: PlannedChunk,
  skipped: string[],
): Promise<number | null> {
  const { connector, context } = run;
  const { manifest } = connector;
  const isWritten = ops.get(run.desk.db, run.pushId, chunk.key)?.state === 'done';
  const travelling = manifest.filesTravelWithNote && !isWritten ? await freezeAll(run, chunk.files, skipped) : [];
  const blocks = (): ReturnType<typeof blocksOf> => blocksOf(content, manifest);
  const found = new Map<string, WrittenNote>();
  const isRival = (ref: RemoteRef): boolean => {
    const note = found.get(ref.id);
    return note !== undefined && endsEarlier(note, chunk, blocks(), run.desk.keys(run.connection.id), content.conversationStableId);
  };
  const { ref } = await ensureObject(run, {
    role: 'note',
    key: chunk.key,
    parent,
    bodySha256: sha256(chunk.body),
    find: async () => {
      const notes = await connector.findNotes(context, parent, chunk.key);
      for (const note of notes) found.set(note.ref.id, note);
      return notes.map((note) => note.ref);
    },
    write: () => connector.append(context, parent, { key: chunk.key, last: chunk.last, body: chunk.body, files: travelling }),
    hasLooked: true,
    canDouble: manifest.unique.note !== 'server' && manifest.canWithdraw.note,
    onSettled: (settled) => {
      if (!isRival(settled)) tagMessages(run, content, chunk);
    },
  });
  if (isRival(ref)) return null;
  if (manifest.filesTravelWithNote) return isWritten ? chunk.files.length : travelling.length;
  let count = 0;
  for (const file of chunk.files) count += Number(await writeFile(run, parent, file, skipped));
  return count;
}

function tagMessages(run: PushRun, content: PlanContent, chunk: PlannedChunk): void {
  const told = chunk.entries.map((entry) => content.entries[entry]).filter((entry) => entry !== undefined);
  pushedMessages.add(
    run.desk.db,
    { connectionId: run.connection.id, conversationId: run.conversationId, pushId: run.pushId },
    told.map((entry) => ({ id: entry.messageId, version: entry.version })),
  );
}

async function writeFile(run: PushRun, parent: RemoteRef, file: ChunkFile, skipped: string[]): Promise<boolean> {
  const { connector, context, desk, pushId } = run;
  const known = ops.get(desk.db, pushId, file.key);
  if (known?.state === 'done') return true;
  if (connector.attach === undefined) return false;
  const { attach, findFiles } = connector;
  const frozen = await freezeFile(run, file);
  if (frozen === null) {
    skipped.push(file.name);
    return false;
  }
  await ensureObject(run, {
    role: 'file',
    key: file.key,
    parent,
    bodySha256: frozen.sha256,
    find: async () => (await findFiles?.(context, parent, file.key)) ?? [],
    write: () => attach(context, parent, frozen),
    hasLooked: false,
    canDouble: connector.manifest.unique.file !== 'server',
  });
  return true;
}

async function freezeAll(run: PushRun, files: readonly ChunkFile[], skipped: string[]) {
  const frozen = [];
  for (const file of files) {
    const one = await freezeFile(run, file);
    if (one === null) skipped.push(file.name);
    else frozen.push(one);
  }
  return frozen;
}
