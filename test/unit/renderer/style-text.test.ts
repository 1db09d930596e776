// needs: nothing
import { describe, expect, it } from 'vitest';
import { hasStyling, stylesIn, styleText, type StyledBlock } from '../../../renderer/features/conversation/style-text.ts';

/** Compact: `strong(bold)` for styled spans, marks left out. */
const show = (blocks: readonly StyledBlock[]): string =>
  blocks
    .map((block) => {
      if (block.kind === 'pre') return `pre(${block.text})`;
      if (block.kind === 'quote') return `quote(${show(block.blocks)})`;
      return block.spans
        .filter(({ isMark }) => !isMark)
        .map(({ text, styles }) => styles.reduceRight((inner, style) => `${style}(${inner})`, text))
        .join('');
    })
    .join('|');

describe('message styling (XEP-0393)', () => {
  it.each([
    ['*bold* and _slanted_', 'strong(bold) and emphasis(slanted)'],
    ['~gone~ `x * y`', 'strike(gone) code(x * y)'],
    ['*bold _both_*', 'strong(bold )strong(emphasis(both))'],
    ['_*both*_', 'emphasis(strong(both))'],
    // The examples of the specification: what is no style.
    ['2 * 3 * 4', '2 * 3 * 4'],
    ['* not bold*', '* not bold*'],
    ['*not bold *', '*not bold *'],
    ['**', '**'],
    ['****', '****'],
    ['un*believ*able', 'un*believ*able'],
    ['*two\nlines*', '*two|lines*'],
    ['*first* second*', 'strong(first) second*'],
    ['snake_case_name', 'snake_case_name'],
    ['`*not bold*`', 'code(*not bold*)'],
    ['https://x.example/_a_ *b*', 'https://x.example/_a_ strong(b)'],
    ['(*', '(*'],
    ['``', '``'],
  ])('%j', (text, expected) => expect(show(styleText(text))).toBe(expected));

  it('quotes, nested too, and blocks of code that may have no end', () => {
    expect(show(styleText('> *hi*\n> > deeper\nafter'))).toBe('quote(strong(hi)|quote(deeper))|after');
    expect(show(styleText('```js\nlet *a* = 1\n```\nafter'))).toBe('pre(let *a* = 1)|after');
    expect(show(styleText('```\nopen'))).toBe('pre(open)');
    expect(show(styleText('> ```\n> code\n> ```\nafter'))).toBe('quote(pre(code))|after');
  });

  it('loses no character of a line', () => {
    const text = '*a* _b_ ~c~ `d` *un _closed';
    const spans = styleText(text).flatMap((block) => (block.kind === 'line' ? block.spans : []));
    expect(spans.map((span) => span.text).join('')).toBe(text);
  });

  it('stays quick with hostile text', () => {
    const startedAtMs = performance.now();
    for (const text of ['*'.repeat(4_000), '*a '.repeat(1_300), '>'.repeat(4_000), '_*'.repeat(2_000), '`'.repeat(4_000), '> '.repeat(2_000), ('*a'.repeat(50) + '\n').repeat(40)]) styleText(text);
    expect(performance.now() - startedAtMs).toBeLessThan(500);
  });

  it('is plain text as long as nothing closes', () => {
    expect(stylesIn('2 * 3, snake_case and <style>*{}</style>')).toBeNull();
    expect(stylesIn('2 * 3 is *six*')).not.toBeNull();
  });

  it('leaves alone what is too long or has nothing to style', () => {
    expect(hasStyling('plain words')).toBe(false);
    expect(hasStyling(`*${'x'.repeat(30_000)}*`)).toBe(false);
    expect(hasStyling('a > b')).toBe(false);
    expect(hasStyling('> quote')).toBe(true);
  });
});
