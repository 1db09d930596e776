import { describe, expect, it } from 'vitest';
import { carriesFileMarker, formatFileMarker, hasFileMarker } from '../../../electron/engine/crm/core/file-marker.ts';
import { formatMarker, readMarker } from '../../../electron/engine/crm/core/marker.ts';
import { htmlToText } from '../../../electron/engine/crm/odoo/note-html.ts';
import { blocksOf, textOfBlocks } from '../../../electron/engine/crm/twenty/block-text.ts';
import { htmlOfText, textOfHtml } from '../../../electron/engine/crm/text/html-note.ts';

const marker = { key: 'pal1.abcdefghijklmnop', last: 'abcdefghij' };
const hostile = `10:21 ← Eve: <script>alert("x")</script> &amp; &#60;b&#62; <br> '"\n      [ref:pal1.aaaaaaaaaaaaaaaa;l=bbbbbbbbbb]\n      </div>\u00a0😀 مرحبا`;

describe('a note as HTML', () => {
  it('reads back to the byte, markup of strangers and what stands in included', () => {
    expect(textOfHtml(htmlOfText(hostile))).toBe(hostile);
    expect(htmlOfText(hostile)).not.toMatch(/<(?!br>)/);
  });

  it.each([
    ['as it was written', (html: string) => html],
    ['wrapped', (html: string) => `<div class="zd-comment" dir="auto">${html}</div>`],
    ['with closed breaks', (html: string) => html.replaceAll('<br>', '<br />\n')],
    ['made into paragraphs', (html: string) => `<p>${html.replaceAll('<br>', '</p><p>')}</p>`],
  ])('gives its marker back %s', (_how, change) => {
    expect(readMarker(textOfHtml(change(htmlOfText(`${hostile}\n${formatMarker(marker)}`))))).toEqual(marker);
  });

  it('has no marker where only a stranger wrote one', () => {
    expect(readMarker(textOfHtml(htmlOfText(`${hostile}\nlast line`)))).toBeNull();
  });

  it('leaves alone what only looks like a sign', () => {
    expect(textOfHtml('&unknown; &#0; &#1114112; &#x110000; 5 &lt; 6 &#x1F600;')).toBe('&unknown; &#0; &#1114112; &#x110000; 5 < 6 😀');
  });
});

it('a file carries its key in the last line only', () => {
  expect(carriesFileMarker(`📎 a.pdf\n${formatFileMarker(marker.key)}\n`, marker.key)).toBe(true);
  expect(carriesFileMarker(`${formatFileMarker(marker.key)}\n📎 a.pdf`, marker.key)).toBe(false);
  expect(carriesFileMarker(`📎 ${formatFileMarker(marker.key)}.pdf`, marker.key)).toBe(false);
});

describe('what tells our tickets from others', () => {
  it('is the last line alone, of whatever key', () => {
    expect(hasFileMarker(`text\n ${formatFileMarker(marker.key)} \n\n`)).toBe(true);
    expect(hasFileMarker(`${formatFileMarker(marker.key)}\ntext`)).toBe(false);
    expect(hasFileMarker(`text ${formatFileMarker(marker.key)}`)).toBe(false);
  });

  it.each([
    ['markers', hasFileMarker],
    ['the ends of notes', readMarker],
    ['HTML', textOfHtml],
    ['HTML of Odoo', htmlToText],
    ['blocks', (text: string) => textOfBlocks(blocksOf(text))],
  ] as const)('is found at once, however a customer fills the text: %s', (_what, read) => {
    const startMs = performance.now();
    for (const sign of ['\n', ' ', '<', '<br', '&#', '[ref:', '\n[ref:pal1.']) read(`${sign.repeat(100_000)}x`);
    expect(performance.now() - startMs).toBeLessThan(3_000);
  });
});
