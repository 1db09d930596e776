/** Message styling (XEP-0393) as data: what is bold, quoted or a block of code. Nothing here makes markup. */
export type TextStyle = 'strong' | 'emphasis' | 'strike' | 'code';

export interface StyledSpan {
  readonly text: string;
  readonly styles: readonly TextStyle[];
  /** One of the marks themselves, drawn faintly: what was written stays to be seen and copied. */
  readonly isMark: boolean;
}

export type StyledBlock =
  | { readonly kind: 'line'; readonly spans: readonly StyledSpan[] }
  | { readonly kind: 'pre'; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly StyledBlock[] };

const styleByMark: Readonly<Record<string, TextStyle>> = { '*': 'strong', _: 'emphasis', '~': 'strike', '`': 'code' };
const longestStyled = 20_000;
const longestStyledLine = 4_000;
const deepestQuote = 6;
const fence = '```';

/** A quick look: most messages have nothing to style. */
export const hasStyling = (text: string): boolean => text.length <= longestStyled && /[*_~`]|(?:^|\n)>/u.test(text);

/** The text as styled blocks; null when nothing in it is a style, however many asterisks there are. */
export const stylesIn = (text: string): readonly StyledBlock[] | null => {
  if (!hasStyling(text)) return null;
  const blocks = styleText(text);
  const isPlain = (block: StyledBlock): boolean => block.kind === 'line' && block.spans.every(({ styles }) => styles.length === 0);
  return blocks.every(isPlain) ? null : blocks;
};

export const styleText = (text: string): readonly StyledBlock[] => blocksOf(text.split('\n'), 0);

function blocksOf(lines: readonly string[], depth: number): StyledBlock[] {
  const blocks: StyledBlock[] = [];
  for (let at = 0; at < lines.length; ) {
    const line = lines[at] ?? '';
    if (line.startsWith(fence)) {
      const end = lines.findIndex((one, index) => index > at && one === fence);
      const last = end === -1 ? lines.length : end;
      blocks.push({ kind: 'pre', text: lines.slice(at + 1, last).join('\n') });
      at = last + 1;
    } else if (line.startsWith('>') && depth < deepestQuote) {
      const start = at;
      while (lines[at]?.startsWith('>')) at += 1;
      blocks.push({ kind: 'quote', blocks: blocksOf(lines.slice(start, at).map((one) => one.slice(1).replace(/^\s/u, '')), depth + 1) });
    } else {
      blocks.push({ kind: 'line', spans: line.length > longestStyledLine ? [plain(line, [])] : spansOf(line, []) });
      at += 1;
    }
  }
  return blocks;
}

const plain = (text: string, styles: readonly TextStyle[]): StyledSpan => ({ text, styles, isMark: false });
const isSpace = (character: string | undefined): boolean => character === undefined || /\s/u.test(character);

/** Left to right; a mark opens only where a word could begin, and closes at the nearest match on the same line. */
function spansOf(line: string, styles: readonly TextStyle[]): StyledSpan[] {
  const spans: StyledSpan[] = [];
  let unstyledFrom = 0;
  for (let at = 0; at < line.length; ) {
    const end = endOfSpan(line, at);
    if (end === -1) {
      at += 1;
      continue;
    }
    const mark = line.charAt(at);
    const style = styleByMark[mark] as TextStyle;
    const inside = line.slice(at + 1, end);
    const inner = [...styles, style];
    if (at > unstyledFrom) spans.push(plain(line.slice(unstyledFrom, at), styles));
    const faint: StyledSpan = { text: mark, styles: inner, isMark: true };
    spans.push(faint, ...(style === 'code' ? [plain(inside, inner)] : spansOf(inside, inner)), faint);
    at = unstyledFrom = end + 1;
  }
  if (unstyledFrom < line.length) spans.push(plain(line.slice(unstyledFrom), styles));
  return spans;
}

/** Where the span that opens at `at` closes; -1: none opens there. */
function endOfSpan(line: string, at: number): number {
  const mark = line.charAt(at);
  if (!Object.hasOwn(styleByMark, mark)) return -1;
  const before = line[at - 1];
  const mayBegin = isSpace(before) || (before !== mark && Object.hasOwn(styleByMark, before ?? ''));
  if (!mayBegin || isSpace(line[at + 1]) || line[at + 1] === mark) return -1;
  for (let end = line.indexOf(mark, at + 1); end !== -1; end = line.indexOf(mark, end + 1)) {
    if (end > at + 1 && !isSpace(line[end - 1])) return end;
  }
  return -1;
}
