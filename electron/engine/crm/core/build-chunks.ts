import type { ConnectorManifest } from '../connector.ts';
import { wordsOf } from '../text/words.ts';
import { buildBlocks } from './build-blocks.ts';
import type { Block } from './build-blocks.ts';
import type { PushKeys } from './keys.ts';
import { blockChars, packChunks } from './pack-chunks.ts';
import type { PlannedChunk } from './pack-chunks.ts';
import type { PlanContent } from './plan.ts';

/** Files of one note together, where they travel with it: base64 of it must still be one request. */
const maxNoteFileBytes = 20 * 1000 * 1000;

export type ChunkSource = Pick<PlanContent, 'entries' | 'subject' | 'subjectChars' | 'locale' | 'timeZone' | 'lostFiles' | 'conversationStableId'>;

const subjectCharsOf = ({ subject, subjectChars }: ChunkSource): number => subjectChars ?? subject.length;

/** The blocks of a plan: the same plan always gives the same ones. */
export function blocksOf(source: ChunkSource, manifest: ConnectorManifest): readonly Block[] {
  const options = {
    locale: source.locale ?? 'en',
    timeZone: source.timeZone,
    maxFileBytes: manifest.maxFileBytes,
    lostFiles: new Set(source.lostFiles),
  };
  return buildBlocks(source.entries, options, blockChars(manifest.maxBodyChars, subjectCharsOf(source)));
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
    subjectChars: subjectCharsOf(source),
    part: wordsOf[source.locale ?? 'en'].part,
    marker: manifest.marker,
    maxBodyChars: manifest.maxBodyChars,
    maxNoteFileBytes: manifest.filesTravelWithNote ? maxNoteFileBytes : Number.POSITIVE_INFINITY,
  });
}
