/** A QR code as a PNG picture: one bit a pixel, with the quiet zone that readers need. */
import { crc32, deflateSync } from 'node:zlib';
import { encodeQr } from './qr-code.ts';

const quietModules = 4;
const pixelsPerModule = 6;

export interface Picture {
  readonly mime: 'image/png';
  readonly bytes: Uint8Array;
  readonly widthPx: number;
  readonly heightPx: number;
}

const chunk = (kind: string, body: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), body]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(body.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
};

/** @throws RangeError when the text is too long */
export const drawQr = (text: string): Picture => {
  const code = encodeQr(text);
  const side = (code.size + 2 * quietModules) * pixelsPerModule;
  const rowBytes = Math.ceil(side / 8) + 1;
  const rows = Buffer.alloc(rowBytes * side);
  for (let y = 0; y < side; y += 1) {
    for (let x = 0; x < side; x += 1) {
      const [column, row] = [Math.floor(x / pixelsPerModule) - quietModules, Math.floor(y / pixelsPerModule) - quietModules];
      const isInside = column >= 0 && row >= 0 && column < code.size && row < code.size;
      if (isInside && code.isDark(column, row)) continue;
      const at = y * rowBytes + 1 + (x >>> 3);
      rows.writeUInt8(rows.readUInt8(at) | (0x80 >>> (x & 7)), at);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([1, 0, 0, 0, 0], 8);
  const bytes = Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
  return { mime: 'image/png', bytes: new Uint8Array(bytes), widthPx: side, heightPx: side };
};
