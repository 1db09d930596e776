// @vitest-environment jsdom
import { mount } from '@vue/test-utils';
import { describe, expect, it } from 'vitest';
import { checkXml } from '../../../renderer/features/diagnostics/check-xml.ts';
import ConsoleRow from '../../../renderer/features/diagnostics/ConsoleRow.vue';
import {
  filterLines,
  keepNewest,
  lineKinds,
  linesAsText,
  mostBytes,
  mostLines,
  type NumberedLine,
} from '../../../renderer/features/diagnostics/console-lines.ts';
import { reportAsText, type ReportWords } from '../../../renderer/features/diagnostics/report-facts.ts';
import { splitXml } from '../../../renderer/features/diagnostics/split-xml.ts';
import { stanzaFor, templateNames } from '../../../renderer/features/diagnostics/stanza-templates.ts';
import { createMessages } from '../../../renderer/i18n/i18n.ts';

const lineOf = (id: number, text: string, more: Partial<NumberedLine> = {}): NumberedLine => ({
  id,
  atMs: 0,
  direction: 'in',
  kind: 'message',
  text,
  ...more,
});
const flat = (xml: string): string[] => splitXml(xml).map(({ depth, pieces }) => '  '.repeat(depth) + pieces.map(({ text }) => text).join(''));

describe('XML in the console', () => {
  it('is indented, and keeps short texts on one line', () => {
    expect(flat('<message to="a@b"><body>hi <b/>you</body><x xmlns="urn:x"/></message>')).toEqual([
      '<message to="a@b">',
      '  <body>hi ',
      '    <b/>',
      '    you',
      '  </body>',
      '  <x xmlns="urn:x"/>',
      '</message>',
    ]);
    expect(flat('<iq><ping>x &lt; y</ping></iq>')).toEqual(['<iq>', '  <ping>x &lt; y</ping>', '</iq>']);
  });

  it('has its parts in colours of their own', () => {
    const [first] = splitXml(`<message to='a "b"' id="1"/>`);
    expect(first?.pieces.map(({ kind, text }) => `${kind}:${text}`)).toEqual([
      'mark:<', 'name:message', 'attribute: to', 'mark:=', `value:'a "b"'`, 'attribute: id', 'mark:=', 'value:"1"', 'mark:/>',
    ]);
  });

  it.each(['<a', '<<<', 'no xml', '<a b=c>', '</x></y>', '<a>'.repeat(5_000), '&&&', '<a><![CDATA[<b>]]></a>'])('loses nothing of %j', (text) => {
    expect(splitXml(text).flatMap(({ pieces }) => pieces.map((piece) => piece.text)).join('')).toBe(text);
  });

  it('is done in time for anything', () => {
    const startedAtMs = performance.now();
    for (const text of ['<a '.repeat(6_000), '<a b="'.repeat(3_000), `<a${' b="c"'.repeat(3_000)}`, '<'.repeat(20_000)]) splitXml(text);
    expect(performance.now() - startedAtMs).toBeLessThan(500);
  });

  it('draws text and nothing else', () => {
    const text = '<message><body><img src=x onerror=alert(1)></body><script>alert(1)</script></message>';
    const drawn = mount(ConsoleRow, { props: { line: lineOf(1, text) }, global: { plugins: [createMessages()] } });
    expect(drawn.element.querySelector('img, script')).toBeNull();
    expect(drawn.find('pre').text()).toContain('onerror=alert(1)');
  });
});

describe('a console', () => {
  it('keeps two thousand lines', () => {
    const lines = Array.from({ length: mostLines + 500 }, (_, id) => lineOf(id, '<message/>'));
    const kept = keepNewest(lines);
    expect(kept).toHaveLength(mostLines);
    expect(kept.at(-1)?.id).toBe(mostLines + 499);
  });

  it('keeps eight megabytes', () => {
    const lines = Array.from({ length: 200 }, (_, id) => lineOf(id, 'x'.repeat(64 * 1024)));
    const kept = keepNewest(lines);
    expect(kept.reduce((sum, { text }) => sum + text.length * 2, 0)).toBeLessThanOrEqual(mostBytes);
    expect(kept).toHaveLength(64);
  });

  it('shows what the filter lets through', () => {
    const lines = [lineOf(1, '<message>Hello</message>'), lineOf(2, '<iq/>', { kind: 'iq', direction: 'out' }), lineOf(3, '<presence/>', { kind: 'presence' })];
    const all = { kinds: new Set<string>(lineKinds), direction: 'both', text: '' } as const;
    const ids = (filter: Parameters<typeof filterLines>[1]): number[] => filterLines(lines, filter).map(({ id }) => id);
    expect(ids(all)).toEqual([1, 2, 3]);
    expect(ids({ ...all, kinds: new Set(['iq', 'presence']) })).toEqual([2, 3]);
    expect(ids({ ...all, direction: 'out' })).toEqual([2]);
    expect(ids({ ...all, text: 'hELLO' })).toEqual([1]);
  });

  it('is written to a file with time and direction', () => {
    expect(linesAsText([lineOf(1, '<a/>'), lineOf(2, '<b/>', { direction: 'out' })])).toBe(
      '1970-01-01T00:00:00.000Z << <a/>\n1970-01-01T00:00:00.000Z >> <b/>\n',
    );
  });
});

describe('a stanza written by hand', () => {
  it.each(templateNames)('can begin with the pattern %s', (name) => {
    expect(checkXml(stanzaFor(name, 'me@a.example'))).toBeNull();
    expect(checkXml(stanzaFor(name, 'me@"><evil'))).toBeNull();
  });

  it.each([
    ['', 'empty'],
    ['<message>', 'open'],
    ['<message></presence>', 'crossed'],
    ['</message>', 'crossed'],
    ['<message>a & b</message>', 'character'],
    ['<message><body>a < b</body></message>', 'character'],
    ['<message to=a/>', 'character'],
  ])('%j is seen to be %s', (text, kind) => {
    expect(checkXml(text)?.kind).toBe(kind);
  });

  it('is named by its line', () => {
    expect(checkXml('<message>\n  <body>\n</message>')).toEqual({ kind: 'crossed', what: 'message', line: 3 });
  });
});

describe('a report for support', () => {
  const words: ReportWords = { section: (id) => id, label: ({ id }) => id, value: ({ value }) => value, why: ({ why }) => why ?? null };
  const sections = [
    { id: 'connection', facts: [{ id: 'endpoint', value: 'xmpp.a.example:5222', tone: 'plain' }, { id: 'roundTrip', value: '12', tone: 'plain' }] },
    { id: 'contacts', facts: [{ id: 'contact-abuse', value: 'mailto:abuse@a.example', tone: 'plain' }] },
    { id: 'features', facts: [{ id: 'xep-0313', value: 'no', tone: 'bad', why: 'xep-0313' }] },
  ] as const;

  it('is plain text', () => {
    expect(reportAsText(sections, words, false)).toBe(
      'connection\n  endpoint: xmpp.a.example:5222\n  roundTrip: 12\n\ncontacts\n  contact-abuse: mailto:abuse@a.example\n\nfeatures\n  xep-0313: no (xep-0313)\n',
    );
  });

  it('names no address when that is wished', () => {
    expect(reportAsText(sections, words, true)).not.toContain('a.example');
    expect(reportAsText(sections, words, true)).toContain('roundTrip: 12');
  });
});
