import { createHash } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { imageHeaderBytes, readImageHeader } from './image-header.ts';

export interface FileFacts {
  readonly sizeBytes: number;
  readonly sha256: string;
  /** The real type of an image we recognised; else null, and what was claimed stays a claim. */
  readonly imageMime: string | null;
  readonly widthPx: number | null;
  readonly heightPx: number | null;
  /** A raster image of at most 64 megapixels: the only thing that is ever shown inside the page. */
  readonly isInline: boolean;
}

/** Above this a small file can unfold to gigabytes in memory. */
const maxPixels = 64 * 1024 * 1024;
const chunkBytes = 256 * 1024;

/** Reads a local file once: size, hash, and what it is by its bytes. */
export const inspectFile = async (path: string): Promise<FileFacts> => {
  const file = await open(path, 'r');
  try {
    const head = Buffer.alloc(imageHeaderBytes);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    const header = readImageHeader(head.subarray(0, bytesRead));
    const { sizeBytes, sha256 } = await hashAll(file);
    const pixels = header === null ? 0 : header.widthPx * header.heightPx;
    return {
      sizeBytes,
      sha256,
      imageMime: header?.mime ?? null,
      widthPx: header?.widthPx ?? null,
      heightPx: header?.heightPx ?? null,
      isInline: pixels > 0 && pixels <= maxPixels,
    };
  } finally {
    await file.close();
  }
};

const hashAll = async (file: FileHandle): Promise<{ readonly sizeBytes: number; readonly sha256: string }> => {
  const hash = createHash('sha256');
  const chunk = Buffer.alloc(chunkBytes);
  let sizeBytes = 0;
  while (true) {
    const { bytesRead } = await file.read(chunk, 0, chunk.length, sizeBytes);
    if (bytesRead === 0) return { sizeBytes, sha256: hash.digest('hex') };
    hash.update(chunk.subarray(0, bytesRead));
    sizeBytes += bytesRead;
  }
};
