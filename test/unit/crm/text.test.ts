import { describe, expect, it } from 'vitest';
import { cleanLine, cleanText } from '../../../electron/engine/crm/text/clean-text.ts';
import { escapeHtml } from '../../../electron/engine/crm/text/escape-html.ts';
import { formatSize } from '../../../electron/engine/crm/text/format-size.ts';
import { localTime } from '../../../electron/engine/crm/text/local-time.ts';
import { safeFileName } from '../../../electron/engine/crm/text/safe-file-name.ts';
import { renderPage } from '../../../electron/engine/crm/file-folder/render-page.ts';
import { encodedName, safeMime } from '../../../electron/engine/crm/request-tracker/encoded-name.ts';

describe('text of strangers', () => {
  it('shows controls and direction overrides instead of obeying them', () => {
    expect(cleanText('a\u202Eb\u0000c\u2066d\u001B[2J')).toBe('a⟦U+202E⟧b⟦U+0000⟧c⟦U+2066⟧d⟦U+001B⟧[2J');
    expect(cleanText('a\r\nb\rc\u2028d\u0085e')).toBe('a\nb\nc\nd\ne');
    expect(cleanText('مرحبا \u200F😀 é\t\ud800')).toBe('مرحبا \u200F😀 é\t\ufffd');
  });

  it('stays on one line and whole characters where a line is wanted', () => {
    expect(cleanLine(' Eve\n10:22  x ', 80)).toBe('Eve 10:22 x');
    expect(cleanLine('😀😀😀', 4)).toBe('😀…');
  });

  it('is text in a page', () => {
    const page = renderPage('<img src=x onerror=1>', [{ text: '</pre><script>alert(1)</script>' }], [{ name: '"><b>', path: 'attachments/"><b>.pdf', size: '1 B' }]);
    expect(page).not.toMatch(/<script|<img|<b>/);
    expect(page).toContain("default-src 'none'");
    expect(escapeHtml(`<>&"'`)).toBe('&lt;&gt;&amp;&quot;&#39;');
  });
});

describe('a file name', () => {
  it.each([
    ['../../.bashrc', '_.._.bashrc'],
    ['C:\\con', 'C__con'],
    ['CON.txt', '_CON.txt'],
    ['..', 'file'],
    ['', 'file'],
    ['a\u202Efdp.exe', 'a⟦U+202E⟧fdp.exe'],
    ['trailing dot. ', 'trailing dot'],
    ['a/b\0c', 'a_b⟦U+0000⟧c'],
  ])('%j becomes %j', (name, safe) => {
    expect(safeFileName(name)).toBe(safe);
  });

  it('is cut to a length every system takes, its ending kept', () => {
    const name = safeFileName(`${'ñ'.repeat(300)}.pdf`);
    expect(name).toHaveLength(120);
    expect(name).toMatch(/ñ\.pdf$/);
  });

  it('travels to Request Tracker as ASCII', () => {
    expect(encodedName('oferta.pdf')).toBe('oferta.pdf');
    expect(encodedName('日本.pdf')).toBe('=?UTF-8?B?5pel5pysLnBkZg==?=');
    for (const word of encodedName('ñ'.repeat(100)).split(' ')) expect(word.length).toBeLessThanOrEqual(75);
    expect(safeMime('text/html')).toBe('application/octet-stream');
    expect(safeMime('image/png')).toBe('image/png');
    expect(safeMime('image/png\r\nX: y')).toBe('application/octet-stream');
  });
});

describe('sizes and times', () => {
  it('are the same in every language', () => {
    expect([0, 999, 1_000, 184_000, 2_100_000_000].map(formatSize)).toEqual(['0 B', '999 B', '1.0 KB', '184 KB', '2.1 GB']);
    expect(localTime(Date.UTC(2026, 10, 22, 23, 30), 'Europe/Tallinn')).toEqual({ day: '2026-11-23', minute: '01:30', zone: 'UTC+02:00' });
    expect(localTime(0, 'UTC')).toEqual({ day: '1970-01-01', minute: '00:00', zone: 'UTC' });
  });
});
