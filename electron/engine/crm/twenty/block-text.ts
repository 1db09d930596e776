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
    return asArray(JSON.parse(blocknote)).map(lineOf).join('\n').replace(/\n+$/, '');
  } catch {
    return '';
  }
}

const lineOf = (block: unknown): string =>
  asArray(asRecord(block)['content'])
    .map((part) => asText(asRecord(part)['text']))
    .join('');
