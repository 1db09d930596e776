import type { ConnectorManifest } from '../connector.ts';
import { buildBlocks } from './build-blocks.ts';
import type { Block } from './build-blocks.ts';
import type { PushKeys } from './keys.ts';
import { blockChars, packChunks } from './pack-chunks.ts';
import type { PlannedChunk } from './pack-chunks.ts';
import type { PlanContent } from './plan.ts';

/** Files of one note together, where they travel with it: base64 of it must still be one request. */
const maxNoteFileBytes = 20 * 1000 * 1000;

export type ChunkSource = Pick<PlanContent, 'entries' | 'subject' | 'timeZone' | 'lostFiles' | 'conversationStableId'>;

/** The blocks of a plan: the same plan always gives the same ones. */
export function blocksOf(source: ChunkSource, manifest: ConnectorManifest): readonly Block[] {
  const options = {
    timeZone: source.timeZone,
    maxFileBytes: manifest.maxFileBytes,
    lostFiles: new Set(source.lostFiles),
  };
  return buildBlocks(source.entries, options, blockChars(manifest.maxBodyChars, source.subject));
}

/** The notes that tell these blocks. */
export function chunksOf(
  blocks: readonly Block[],
  source: ChunkSource,
  manifest: ConnectorManifest,
  keys: PushKeys,
): readonly PlannedChunk[] {
  return packChunks(blocks, {
    keys,
    conversationStableId: source.conversationStableId,
    entryId: (entry) => source.entries[entry]?.id ?? '',
    subject: source.subject,
    marker: manifest.marker,
    maxBodyChars: manifest.maxBodyChars,
    maxNoteFileBytes: manifest.filesTravelWithNote ? maxNoteFileBytes : Number.POSITIVE_INFINITY,
  });
}
