import { open, rm, type FileHandle } from 'node:fs/promises';
import { maxUploadBytes } from '#rpc';
import type { EngineCalls } from '../engine-process/engine-calls.ts';
import { parseUrl } from '../parse-url.ts';
import { headerOf, type DoorAnswer, type DoorRequest } from './door.ts';
import { answerJson, refuse } from './responses.ts';

const longestName = 255;
const mimePattern = /^[a-z0-9.+-]{1,60}\/[a-z0-9.+-]{1,80}$/;
/** A page that begins more without ending them loses the oldest. */
const mostOpen = 16;

/** A file of which more parts are to come. */
interface Upload {
  readonly id: string;
  readonly path: string;
  readonly file: FileHandle;
  sizeBytes: number;
}

/**
 * Takes the bytes of a file that a person attached, part by part, and stages it with the engine:
 * `POST /upload?name=…` begins, `POST /upload?id=…` goes on; with `&more` in the address other parts follow.
 * Answers `{ id, sizeBytes }`; 413 when larger than `limitBytes`, with nothing left on the disk. `DELETE` gives up.
 */
export const createUploads = (engine: EngineCalls, limitBytes = maxUploadBytes): ((request: DoorRequest) => Promise<DoorAnswer>) => {
  const uploads = new Map<string, Upload>();

  const begin = async (name: string, mime: string): Promise<Upload> => {
    const [oldest] = uploads.values();
    if (oldest !== undefined && uploads.size >= mostOpen) await drop(oldest);
    const { id, path } = await engine.call('host.stage', { name, mime });
    // The path was reserved by the engine for this upload alone.
    return { id, path, file: await open(path, 'wx', 0o600), sizeBytes: 0 };
  };

  const drop = async ({ id, path, file }: Upload): Promise<void> => {
    uploads.delete(id);
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    // Nothing was written that could be completed: this makes the engine forget the reservation.
    await engine.call('host.staged', { id, sizeBytes: -1 }).catch(() => undefined);
  };

  const add = async (upload: Upload, body: Buffer, hasMore: boolean): Promise<DoorAnswer> => {
    const { id, file } = upload;
    // While this part is written nothing else can be added.
    uploads.delete(id);
    try {
      upload.sizeBytes += body.length;
      if (upload.sizeBytes > limitBytes) {
        await drop(upload);
        return refuse(413);
      }
      await file.appendFile(body);
      const { sizeBytes } = upload;
      if (hasMore) uploads.set(id, upload);
      else {
        await file.close();
        await engine.call('host.staged', { id, sizeBytes });
      }
      return answerJson({ id, sizeBytes });
    } catch (error) {
      await drop(upload);
      if (isDiskFull(error)) return refuse(507);
      throw error;
    }
  };

  return async (request) => {
    const { body } = request;
    const query = parseUrl(request.url)?.searchParams;
    const known = uploads.get(query?.get('id') ?? '');
    if (request.method === 'DELETE' && known !== undefined) {
      await drop(known);
      return answerJson({});
    }
    if (request.method !== 'POST') return refuse(405);
    if (body === 'unread') return refuse(415);
    const name = query?.get('name') ?? '';
    const hasMore = query?.has('more') ?? false;
    if (query?.has('id')) return known === undefined ? refuse(404) : await add(known, body, hasMore);
    if (name === '' || name.length > longestName) return refuse(400);
    return await add(await begin(name, mimeOf(request)), body, hasMore);
  };
};

const isDiskFull = (error: unknown): boolean => error instanceof Error && 'code' in error && error.code === 'ENOSPC';

const mimeOf = (request: DoorRequest): string => {
  const stated = headerOf(request, 'content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  return mimePattern.test(stated) ? stated : 'application/octet-stream';
};
