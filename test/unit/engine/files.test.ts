import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { plainMimeType } from '../../../electron/engine/files/content-type.ts';
import { readImageHeader } from '../../../electron/engine/files/image-header.ts';
import { inspectFile } from '../../../electron/engine/files/inspect-file.ts';
import { safeFileName } from '../../../electron/engine/files/safe-name.ts';
import { createStaging } from '../../../electron/engine/files/staging.ts';
import { tempFolder } from '../../kit/temp-folder.ts';
import { avif, gif, jpeg, png, webpExtended, webpLossless, webpLossy } from '../../kit/image-bytes.ts';

describe('safeFileName', () => {
  it.each([
    ['../../.bashrc', '_.._.bashrc'],
    ['..\\..\\boot.ini', '_.._boot.ini'],
    ['/etc/passwd', '_etc_passwd'],
    ['C:\\Windows\\x.dll', 'C__Windows_x.dll'],
    ['..%2f..%2fx', '%2f..%2fx'],
    ['CON', '_CON'],
    ['con.txt', '_con.txt'],
    ['LPT1.log', '_LPT1.log'],
    ['console.txt', 'console.txt'],
    ['invoice\u202Efdp.exe', 'invoice_fdp.exe'],
    ['a\u2066b\u2069.txt', 'a_b_.txt'],
    ['name\u0000.png', 'name_.png'],
    ['line\nbreak\r.txt', 'line_break_.txt'],
    ['trailing. . .', 'trailing'],
    ['...', 'file'],
    ['', 'file'],
    ['   ', 'file'],
    ['año 2024.pdf', 'año 2024.pdf'],
    ['lone\ud800.txt', 'lone\ufffd.txt'],
  ])('%j becomes %j', (name, expected) => {
    expect(safeFileName(name)).toBe(expected);
  });

  it('cuts to 180 bytes and keeps the extension', () => {
    const cut = safeFileName(`${'ä'.repeat(300)}.pdf`);
    expect(Buffer.byteLength(cut)).toBeLessThanOrEqual(180);
    expect(cut.endsWith('ä.pdf')).toBe(true);
  });

  it('is one path segment and stable, whatever comes', () => {
    const alphabet = ['.', '..', '/', '\\', ' ', 'a', 'CON', ':', '\u202e', '\u0000', '😀', '%2e', '~', '$', '|'];
    for (let seed = 1; seed < 2_000; seed += 1) {
      let rest = seed * 7_919;
      let name = '';
      while (rest > 0) {
        name += alphabet[rest % alphabet.length] ?? '';
        rest = Math.floor(rest / alphabet.length);
      }
      const safe = safeFileName(name);
      expect(safe).not.toMatch(/[/\\:\u0000-\u001f\u202a-\u202e]|^\.|[. ]$/);
      expect(safeFileName(safe)).toBe(safe);
    }
  });
});

describe('image recognition', () => {
  it.each([
    ['png', png(640, 480), 'image/png'],
    ['gif', gif(640, 480), 'image/gif'],
    ['jpeg', jpeg(640, 480), 'image/jpeg'],
    ['lossy webp', webpLossy(640, 480), 'image/webp'],
    ['lossless webp', webpLossless(640, 480), 'image/webp'],
    ['extended webp', webpExtended(640, 480), 'image/webp'],
    ['avif', avif(640, 480), 'image/avif'],
  ])('reads the size of %s', (_, bytes, mime) => {
    expect(readImageHeader(bytes)).toEqual({ mime, widthPx: 640, heightPx: 480 });
    for (let length = 0; length < bytes.length; length += 1) readImageHeader(bytes.subarray(0, length));
  });

  it.each([
    ['svg', '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'],
    ['html', '<!doctype html><script>alert(1)</script>'],
    ['html that begins like a gif', 'GIF87<script>'],
    ['nothing', ''],
  ])('does not take %s for an image', (_, text) => {
    expect(readImageHeader(Buffer.from(text))).toBeNull();
  });

  it.each([
    ['a picture', png(4_000, 3_000), true],
    ['a bomb', png(50_000, 50_000), false],
    ['no pixels', png(0, 10), false],
    ['svg', Buffer.from('<svg/>'), false],
  ])('%s may be shown in the page: see', async (_, bytes, isInline) => {
    const path = join(tempFolder(), 'x');
    writeFileSync(path, bytes);
    expect((await inspectFile(path)).isInline).toBe(isInline);
  });
});

describe('plainMimeType', () => {
  it.each([
    ['image/png', 'image/png'],
    ['Text/HTML; charset=utf-8', 'text/html'],
    ['text/html\r\nX-Evil: 1', 'application/octet-stream'],
    ['', 'application/octet-stream'],
    ['nonsense', 'application/octet-stream'],
  ])('%j becomes %j', (claimed, expected) => {
    expect(plainMimeType(claimed)).toBe(expected);
  });
});

describe('staging', () => {
  const write = (path: string, bytes: Buffer): number => {
    writeFileSync(path, bytes, { flag: 'wx' });
    return bytes.length;
  };

  it('keeps an upload under a random name and believes its bytes, not its claim', async () => {
    const staging = createStaging(tempFolder());
    const { id, path } = staging.reserve('../photo.svg', 'image/svg+xml');
    expect(path.endsWith(id)).toBe(true);
    const sizeBytes = write(path, png(10, 10));
    await staging.complete(id, sizeBytes);
    expect(staging.get(id)).toMatchObject({ name: '_photo.svg', mime: 'image/png', facts: { isInline: true, sizeBytes } });
  });

  it('refuses what was cut off and forgets it', async () => {
    const staging = createStaging(tempFolder());
    const { id, path } = staging.reserve('a.txt', 'text/plain');
    write(path, Buffer.from('half'));
    await expect(staging.complete(id, 8)).rejects.toMatchObject({ rpcError: { code: 'size-mismatch' } });
    expect(() => staging.get(id)).toThrow();
  });

  it('never knows an id that it did not make', async () => {
    const staging = createStaging(tempFolder());
    await expect(staging.complete('../../etc/passwd', 1)).rejects.toMatchObject({ rpcError: { code: 'not-found' } });
    expect(() => staging.get('__proto__')).toThrow();
  });

  it('limits how much waits and gives room again', () => {
    const staging = createStaging(tempFolder());
    const ids = Array.from({ length: 200 }, () => staging.reserve('a', 'text/plain').id);
    expect(() => staging.reserve('a', 'text/plain')).toThrow();
    staging.remove(ids[0] ?? '');
    expect(() => staging.reserve('a', 'text/plain')).not.toThrow();
  });
});
