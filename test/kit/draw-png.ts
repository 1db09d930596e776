import { crc32, deflateSync } from 'node:zlib';

const chunk = (kind: string, body: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(kind, 'latin1'), body]);
  const framed = Buffer.alloc(named.length + 8);
  framed.writeUInt32BE(body.length, 0);
  named.copy(framed, 4);
  framed.writeUInt32BE(crc32(named), named.length + 4);
  return framed;
};

/** A square picture of one colour (`0xRRGGBB`) with a light diagonal, that any program can decode. */
export const drawPng = (sidePx: number, color: number): Buffer => {
  const rows = Buffer.alloc(sidePx * (sidePx * 3 + 1));
  for (let y = 0; y < sidePx; y += 1) {
    for (let x = 0; x < sidePx; x += 1) {
      const isLight = Math.abs(x - y) < sidePx / 8;
      rows.writeUIntBE(isLight ? 0xff_ff_ff : color, y * (sidePx * 3 + 1) + 1 + x * 3, 3);
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(sidePx, 0);
  header.writeUInt32BE(sidePx, 4);
  header.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
};
