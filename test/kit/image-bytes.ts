/** The smallest bytes that name an image of a size; good for looking at headers, not for decoding. */

const uint = (byteCount: number, value: number, isLittle = false): Buffer => {
  const bytes = Buffer.alloc(byteCount);
  if (isLittle) bytes.writeUIntLE(value, 0, byteCount);
  else bytes.writeUIntBE(value, 0, byteCount);
  return bytes;
};
const text = (value: string): Buffer => Buffer.from(value, 'latin1');

export const png = (width: number, height: number): Buffer =>
  Buffer.concat([text('\x89PNG\r\n\x1a\n'), uint(4, 13), text('IHDR'), uint(4, width), uint(4, height), Buffer.alloc(9)]);

export const gif = (width: number, height: number): Buffer =>
  Buffer.concat([text('GIF89a'), uint(2, width, true), uint(2, height, true), Buffer.alloc(3)]);

/** With an application segment before the frame header, as cameras write it. */
export const jpeg = (width: number, height: number): Buffer =>
  Buffer.concat([
    text('\xff\xd8\xff\xe1'),
    uint(2, 1_002),
    Buffer.alloc(1_000),
    text('\xff\xc0'),
    uint(2, 17),
    uint(1, 8),
    uint(2, height),
    uint(2, width),
    Buffer.alloc(10),
  ]);

const riff = (kind: string, body: Buffer): Buffer =>
  Buffer.concat([text('RIFF'), uint(4, body.length + 12, true), text('WEBP'), text(kind), uint(4, body.length, true), body]);

export const webpLossy = (width: number, height: number): Buffer =>
  riff('VP8 ', Buffer.concat([Buffer.alloc(3), text('\x9d\x01\x2a'), uint(2, width, true), uint(2, height, true)]));

export const webpLossless = (width: number, height: number): Buffer =>
  riff('VP8L', Buffer.concat([text('\x2f'), uint(4, (width - 1) | ((height - 1) << 14), true)]));

export const webpExtended = (width: number, height: number): Buffer =>
  riff('VP8X', Buffer.concat([Buffer.alloc(4), uint(3, width - 1, true), uint(3, height - 1, true)]));

const box = (kind: string, ...parts: Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  return Buffer.concat([uint(4, body.length + 8), text(kind), body]);
};

export const avif = (width: number, height: number): Buffer =>
  Buffer.concat([
    box('ftyp', text('avif'), uint(4, 0)),
    box('meta', uint(4, 0), box('iprp', box('ipco', box('ispe', uint(4, 0), uint(4, width), uint(4, height))))),
  ]);
