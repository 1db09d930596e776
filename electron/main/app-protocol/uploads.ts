import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { maxUploadBytes } from '#rpc';
import type { EngineCalls } from '../engine-process/engine-calls.ts';
import { parseUrl } from '../parse-url.ts';
import { answerJson, refuse } from './responses.ts';

const longestName = 255;
const mimePattern = /^[a-z0-9.+-]{1,60}\/[a-z0-9.+-]{1,80}$/;

class TooLarge extends Error {}

/**
 * Takes the bytes of a file that a person attached and stages it with the engine.
 * Answers `{ id, sizeBytes }`; 413 when larger than `maxUploadBytes`, with nothing left on the disk.
 */
export const takeUpload = async (request: Request, engine: EngineCalls, limitBytes = maxUploadBytes): Promise<Response> => {
  if (request.method !== 'POST') return refuse(405);
  const name = parseUrl(request.url)?.searchParams.get('name') ?? '';
  if (name === '' || name.length > longestName || request.body === null) return refuse(400);
  if (Number(request.headers.get('content-length') ?? 0) > limitBytes) return refuse(413);

  const staged = await engine.call('host.stage', { name, mime: mimeOf(request) });
  try {
    const sizeBytes = await writeBytes(request.body, staged.path, limitBytes);
    await engine.call('host.staged', { id: staged.id, sizeBytes });
    return answerJson({ id: staged.id, sizeBytes });
  } catch (error) {
    await rm(staged.path, { force: true });
    // Nothing was written that could be completed: this makes the engine forget the reservation.
    await engine.call('host.staged', { id: staged.id, sizeBytes: -1 }).catch(() => undefined);
    if (error instanceof TooLarge) return refuse(413);
    throw error;
  }
};

const mimeOf = (request: Request): string => {
  const stated = request.headers.get('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  return mimePattern.test(stated) ? stated : 'application/octet-stream';
};

const writeBytes = async (body: ReadableStream, path: string, limitBytes: number): Promise<number> => {
  let sizeBytes = 0;
  const counted = new Transform({
    transform(chunk: Uint8Array, _encoding, done) {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > limitBytes) done(new TooLarge());
      else done(null, chunk);
    },
  });
  const source = Readable.fromWeb(body as Parameters<typeof Readable.fromWeb>[0]);
  // The path was reserved by the engine for this upload alone.
  await pipeline(source, counted, createWriteStream(path, { flags: 'wx', mode: 0o600 }));
  return sizeBytes;
};
