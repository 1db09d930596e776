import { asArray, asRecord, asText } from '../http/json-value.ts';

/**
 * A text as blocks of Twenty's editor (BlockNote), one paragraph a line. As Markdown, signs of strangers would become
 * formatting, and empty lines would go.
 */
export const blocksOf = (text: string): string =>
  JSON.stringify(text.split('\n').map((line) => ({ type: 'paragraph', content: line === '' ? [] : [{ type: 'text', text: line, styles: {} }] })));

/** The text of blocks, a line for each; empty for what is no list of blocks. Others may have edited it since. */
export function textOfBlocks(blocknote: string): string {
  try {
    return withoutEmptyEnd(asArray(JSON.parse(blocknote)).map(lineOf));
  } catch {
    return '';
  }
}

/** Joined, without the empty lines at the end. Not by a pattern: many empty lines of a stranger would keep it busy. */
const withoutEmptyEnd = (lines: readonly string[]): string => lines.slice(0, lines.findLastIndex((line) => line !== '') + 1).join('\n');

const lineOf = (block: unknown): string =>
  asArray(asRecord(block)['content'])
    .map((part) => asText(asRecord(part)['text']))
    .join('');
