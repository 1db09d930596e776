import { inflateSync } from 'node:zlib';
import jsQr from 'jsqr';
import { describe, expect, it } from 'vitest';
import { drawQr } from '#kit';

/** Grey of every pixel of a PNG with one bit a pixel and no filters, as a camera would see it. */
const pixelsOf = ({ bytes, widthPx, heightPx }: ReturnType<typeof drawQr>): Uint8ClampedArray => {
  const png = Buffer.from(bytes);
  const at = png.indexOf('IDAT');
  const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
  const rowBytes = Math.ceil(widthPx / 8) + 1;
  const pixels = new Uint8ClampedArray(widthPx * heightPx * 4).fill(255);
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      const isWhite = ((rows[y * rowBytes + 1 + (x >>> 3)] ?? 0) & (0x80 >>> (x & 7))) !== 0;
      if (!isWhite) pixels.fill(0, (y * widthPx + x) * 4, (y * widthPx + x) * 4 + 3);
    }
  }
  return pixels;
};

describe('a QR code', () => {
  it.each([
    ['a code', 'fakenet-qr-1'],
    ['letters of two bytes', 'https://example.org/pair?code=äöü'],
    ['a pairing code of WhatsApp', `2@${'AbC/+='.repeat(40)}`],
    ['the longest text', 'z'.repeat(858)],
  ])('with %s is read by a reader of other code', (_, text) => {
    const picture = drawQr(text);
    expect(picture.bytes.byteLength).toBeLessThan(20_000);
    expect(Buffer.from(jsQr(pixelsOf(picture), picture.widthPx, picture.heightPx)?.binaryData ?? []).toString()).toBe(text);
  });

  it('is a picture with a margin, and refuses what is too long', () => {
    expect(drawQr('x')).toMatchObject({ mime: 'image/png', widthPx: 174, heightPx: 174 });
    expect(() => drawQr('x'.repeat(859))).toThrow(RangeError);
    expect(() => drawQr('ä'.repeat(430))).toThrow(RangeError);
  });
});
