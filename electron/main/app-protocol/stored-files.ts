import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import type { HostFile } from '#rpc';
import { readByteRange } from './byte-range.ts';
import type { DoorAnswer } from './door.ts';
import { fileHeaders, refuse } from './responses.ts';

/** What a media element may play; a player runs nothing. */
const playable = /^(?:audio|video)\/[a-z0-9.+-]+$/;

/**
 * Serves a fetched attachment. Images that the engine recognised by their bytes, sound and video keep their type;
 * all else is a download of nameless bytes, so that nothing in it runs.
 * @param file where the engine says it is; null: there is none
 * @param range the request's `Range` header: players ask for parts
 */
export const serveStoredFile = async (file: HostFile | null, range: string | null): Promise<DoorAnswer> => {
  if (file === null) return refuse(404);
  const sizeBytes = await sizeOf(file.path);
  if (sizeBytes === null) return refuse(404);
  const part = readByteRange(range, sizeBytes);
  if (part === 'unsatisfiable') return refuse(416);

  const headers: Record<string, string> = {
    ...fileHeaders,
    'content-type': file.isInline || playable.test(file.mime) ? file.mime : 'application/octet-stream',
    'content-disposition': `${file.isInline ? 'inline' : 'attachment'}; filename*=UTF-8''${encodeName(file.name)}`,
    'accept-ranges': 'bytes',
  };
  if (part === null) {
    headers['content-length'] = String(sizeBytes);
    return { status: 200, headers, body: readBytes(file.path, 0, sizeBytes - 1) };
  }
  headers['content-length'] = String(part.last - part.first + 1);
  headers['content-range'] = `bytes ${part.first}-${part.last}/${sizeBytes}`;
  return { status: 206, headers, body: readBytes(file.path, part.first, part.last) };
};

const sizeOf = async (path: string): Promise<number | null> => {
  try {
    return (await stat(path)).size;
  } catch {
    return null;
  }
};

const readBytes = (path: string, start: number, end: number): Readable | null =>
  end < start ? null : createReadStream(path, { start, end });

/** RFC 8187; a lone surrogate in a name must not throw. */
const encodeName = (name: string): string =>
  encodeURIComponent(name.replace(/\p{Surrogate}/gu, '_')).replace(/['()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
