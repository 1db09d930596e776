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

const maxSummaryChars = 4000;

export type ChunkSource = Pick<PlanContent, 'entries' | 'subject' | 'subjectChars' | 'locale' | 'timeZone' | 'lostFiles' | 'conversationStableId' | 'summary'>;

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

/** The first block says it for all; the others go along without words, so that tags, keys and marks stay the same. */
function toldBy(summary: string, blocks: readonly Block[]): readonly Block[] {
  const first = blocks.findIndex((block) => block.text !== null);
  return blocks.map((block, index) => (block.text === null ? block : { ...block, text: index === first ? summary : '', spareChars: 0, isChange: index === first ? false : block.isChange }));
}

/** How long a summary may be, so that it is one note. */
export const summaryChars = (manifest: ConnectorManifest, subjectChars: number): number =>
  Math.min(maxSummaryChars, blockChars(manifest.maxBodyChars, subjectChars));

/** The notes that tell these blocks. */
export function chunksOf(
  blocks: readonly Block[],
  source: ChunkSource,
  manifest: ConnectorManifest,
  keys: PushKeys,
): readonly PlannedChunk[] {
  return packChunks(source.summary === undefined ? blocks : toldBy(source.summary, blocks), {
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
