import type { FormMedia } from '#bridge';
import type { FormMediaRow } from '#rpc';
import { readImageHeader } from '../files/image-header.ts';

const mostBytes = 512 * 1024;
const mostPixels = 4_096 * 4_096;

/** A picture as the interface may show it; null: not one of the kinds a page may show, or too large. */
export const toMediaRow = ({ bytes }: FormMedia): FormMediaRow | null => {
  if (bytes.byteLength > mostBytes) return null;
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const header = readImageHeader(buffer);
  if (header === null || header.widthPx * header.heightPx > mostPixels) return null;
  return { ...header, base64: buffer.toString('base64') };
};
