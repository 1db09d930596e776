/** What the first bytes of a raster image say about it. */
export interface ImageHeader {
  readonly mime: 'image/png' | 'image/jpeg' | 'image/gif' | 'image/webp' | 'image/avif';
  readonly widthPx: number;
  readonly heightPx: number;
}

/** Enough for the size of nearly every image: a JPEG may carry several 64 KiB blocks before it tells. */
export const imageHeaderBytes = 1024 * 1024;

const ascii = (bytes: Buffer, start: number, end: number): string => bytes.toString('latin1', start, end);

/**
 * Recognises an image by its bytes, never by its name or by what a server says, and reads its size without
 * decoding anything. Null: not one of the five kinds that a page may show, or damaged.
 */
export const readImageHeader = (bytes: Buffer): ImageHeader | null => {
  try {
    return readPng(bytes) ?? readGif(bytes) ?? readJpeg(bytes) ?? readWebp(bytes) ?? readAvif(bytes);
  } catch (error) {
    // Cut off in the middle of a field.
    if (error instanceof RangeError) return null;
    throw error;
  }
};

/** PNG (W3C): signature, then IHDR with width and height. */
const readPng = (bytes: Buffer): ImageHeader | null => {
  if (ascii(bytes, 0, 8) !== '\x89PNG\r\n\x1a\n' || ascii(bytes, 12, 16) !== 'IHDR') return null;
  return { mime: 'image/png', widthPx: bytes.readUInt32BE(16), heightPx: bytes.readUInt32BE(20) };
};

/** GIF89a: logical screen size after the signature. */
const readGif = (bytes: Buffer): ImageHeader | null => {
  const signature = ascii(bytes, 0, 6);
  if (signature !== 'GIF87a' && signature !== 'GIF89a') return null;
  return { mime: 'image/gif', widthPx: bytes.readUInt16LE(6), heightPx: bytes.readUInt16LE(8) };
};

const isStartOfFrame = (marker: number): boolean =>
  marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;

/** JPEG (ITU T.81, annex B): walks the segments up to the frame header. */
const readJpeg = (bytes: Buffer): ImageHeader | null => {
  if (ascii(bytes, 0, 3) !== '\xff\xd8\xff') return null;
  let offset = 2;
  while (offset + 4 <= bytes.length) {
    if (bytes[offset] !== 0xff) return null;
    const marker = bytes.readUInt8(offset + 1);
    if (marker === 0xff) {
      offset += 1;
      continue;
    }
    if (isStartOfFrame(marker)) {
      return { mime: 'image/jpeg', widthPx: bytes.readUInt16BE(offset + 7), heightPx: bytes.readUInt16BE(offset + 5) };
    }
    offset += 2 + bytes.readUInt16BE(offset + 2);
  }
  return null;
};

/** WebP (RFC 9649): a RIFF container with a lossy, lossless or extended first chunk. */
const readWebp = (bytes: Buffer): ImageHeader | null => {
  if (ascii(bytes, 0, 4) !== 'RIFF' || ascii(bytes, 8, 12) !== 'WEBP') return null;
  switch (ascii(bytes, 12, 16)) {
    case 'VP8 ':
      return { mime: 'image/webp', widthPx: bytes.readUInt16LE(26) & 0x3fff, heightPx: bytes.readUInt16LE(28) & 0x3fff };
    case 'VP8L': {
      const packed = bytes.readUInt32LE(21);
      return { mime: 'image/webp', widthPx: (packed & 0x3fff) + 1, heightPx: ((packed >>> 14) & 0x3fff) + 1 };
    }
    case 'VP8X':
      return { mime: 'image/webp', widthPx: bytes.readUIntLE(24, 3) + 1, heightPx: bytes.readUIntLE(27, 3) + 1 };
    default:
      return null;
  }
};

/** AVIF (ISO 23008-12): the largest `ispe` box inside meta / iprp / ipco. */
const readAvif = (bytes: Buffer): ImageHeader | null => {
  if (ascii(bytes, 4, 8) !== 'ftyp' || !/^(avif|avis)$/.test(ascii(bytes, 8, 12))) return null;
  const meta = findBox(bytes, 0, bytes.length, 'meta');
  // `meta` is a full box: four bytes of version and flags stand before its children.
  const properties = meta && findBox(bytes, meta.start + 4, meta.end, 'iprp');
  const container = properties && findBox(bytes, properties.start, properties.end, 'ipco');
  if (!container) return null;
  let largest: ImageHeader | null = null;
  for (const box of boxesOf(bytes, container.start, container.end)) {
    if (box.kind !== 'ispe') continue;
    const widthPx = bytes.readUInt32BE(box.start + 4);
    const heightPx = bytes.readUInt32BE(box.start + 8);
    const isLarger = largest === null || widthPx * heightPx > largest.widthPx * largest.heightPx;
    if (isLarger) largest = { mime: 'image/avif', widthPx, heightPx };
  }
  return largest;
};

interface Box {
  readonly kind: string;
  readonly start: number;
  readonly end: number;
}

function* boxesOf(bytes: Buffer, start: number, end: number): Generator<Box> {
  let offset = start;
  while (offset + 8 <= Math.min(end, bytes.length)) {
    const size = bytes.readUInt32BE(offset);
    if (size < 8) return;
    yield { kind: ascii(bytes, offset + 4, offset + 8), start: offset + 8, end: Math.min(offset + size, end) };
    offset += size;
  }
}

const findBox = (bytes: Buffer, start: number, end: number, kind: string): Box | null => {
  for (const box of boxesOf(bytes, start, end)) if (box.kind === kind) return box;
  return null;
};
