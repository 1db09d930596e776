import type { FormMedia } from '#bridge';
import type { FormMediaRow } from '#rpc';
import { readImageHeader } from '../files/image-header.ts';
import { readSoundHeader } from '../files/sound-header.ts';

const mostBytes = 512 * 1024;
const mostPlayedBytes = 2 * 1024 * 1024;
const mostPixels = 4_096 * 4_096;

/** A picture, sound or film as the interface may show it; null: not one of the kinds a page may show, or too large. */
export const toMediaRow = ({ bytes, mime: claimed }: FormMedia): FormMediaRow | null => {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const played = readSoundHeader(buffer, claimed);
  if (played !== null) {
    if (bytes.byteLength > mostPlayedBytes) return null;
    return { mime: played.mime, plays: played.kind, widthPx: 0, heightPx: 0, base64: buffer.toString('base64') };
  }
  const header = bytes.byteLength > mostBytes ? null : readImageHeader(buffer);
  if (header === null || header.widthPx * header.heightPx > mostPixels) return null;
  return { ...header, base64: buffer.toString('base64') };
};
