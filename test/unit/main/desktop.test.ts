import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { escapeMarkup, plainLine } from '../../../electron/main/desktop/plain-line.ts';
import { shellTexts } from '../../../electron/main/desktop/texts.ts';
import { readWindowPlace, writeWindowPlace } from '../../../electron/main/desktop/window-place.ts';

describe('plainLine', () => {
  it.each([
    ['one\ntwo\r\nthree\u2028four', 'one two three four'],
    ['invoice\u202Egpj.exe', 'invoicegpj.exe'],
    ['\u2066a\u2069\u200B\u0000\u001B[31mb', 'a [31mb'],
    ['   ', ''],
    ['lone \uD800 half', 'lone  half'],
  ])('makes %j one plain line', (text, expected) => {
    expect(plainLine(text, 100)).toBe(expected);
  });

  it('cuts a megabyte at once, and never inside a character', () => {
    const startedAtMs = performance.now();
    expect(plainLine('🕊'.repeat(500_000), 10)).toBe('🕊🕊🕊🕊…');
    expect(performance.now() - startedAtMs).toBeLessThan(200);
  });

  it('leaves no markup for a notification service to read', () => {
    expect(escapeMarkup('<a href="x">&amp;</a>')).toBe('&lt;a href="x"&gt;&amp;amp;&lt;/a&gt;');
  });
});

describe('shellTexts', () => {
  it('follows the setting, else the system, else English; each language has every text', () => {
    expect(shellTexts('et', 'es-ES').quit).toBe('Välju');
    expect(shellTexts('system', 'es-MX').quit).toBe('Salir');
    expect(shellTexts('system', 'fi').quit).toBe('Quit');
    const keys = Object.keys(shellTexts('en', ''));
    for (const language of ['es', 'et']) expect(Object.keys(shellTexts(language, ''))).toEqual(keys);
    expect(shellTexts('es', '').unread(2)).toBe('2 mensajes sin leer');
  });
});

describe('the place of the window', () => {
  const screens = [{ x: 0, y: 0, width: 1_920, height: 1_040 }];
  let dir: string;
  let path: string;

  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'palomar-place-'));
    path = join(dir, 'place.json');
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  it('is the one it was left at', () => {
    const place = { x: 40, y: 30, width: 1_000, height: 700, isMaximized: true };
    writeWindowPlace(path, place);
    expect(readWindowPlace(path, screens)).toEqual(place);
  });

  it('keeps the size but not a position that no screen shows any more', () => {
    writeWindowPlace(path, { x: 5_000, y: 30, width: 1_000, height: 700, isMaximized: false });
    expect(readWindowPlace(path, screens)).toEqual({ width: 1_000, height: 700, isMaximized: false });
  });

  it.each(['', 'null', '{}', '{"width":1,"height":1}', '{"width":"1000","height":700}', '{"width":1e9,"height":700}'])(
    'is the usual one when the file says %j',
    async (text) => {
      await writeFile(path, text);
      expect(readWindowPlace(path, screens)).toMatchObject({ width: 1_280, height: 820 });
    },
  );

  it('is not worth a failure', () => {
    expect(() => writeWindowPlace(join(dir, 'none', 'place.json'), { width: 1_000, height: 700, isMaximized: false })).not.toThrow();
  });
});
