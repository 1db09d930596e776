import type { EngineCalls } from '../engine-process/engine-calls.ts';
import { parseUrl } from '../parse-url.ts';
import { isAppUrl } from './app-origin.ts';
import { headerOf, type DoorAnswer, type DoorRequest } from './door.ts';
import { servePage } from './page-files.ts';
import { keptHeaders, refuse } from './responses.ts';
import { serveStoredFile } from './stored-files.ts';
import { createUploads } from './uploads.ts';

const longestUrl = 2_048;

/**
 * Everything the page can ask of its own protocol: its files, attachments and pictures by row id, uploads. There is no way
 * to name a path on the disk.
 */
export const createDoor = (rendererDir: string, engine: EngineCalls): ((request: DoorRequest) => Promise<DoorAnswer>) => {
  const takeUpload = createUploads(engine);
  return async (request) => {
    if (request.url.length > longestUrl) return refuse(414);
    const url = parseUrl(request.url);
    if (url === null || !isAppUrl(request.url)) return refuse(404);
    if (url.pathname === '/upload') return await takeUpload(request);
    if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405);

    const avatar = /^\/avatars\/([1-9]\d{0,14})$/.exec(url.pathname);
    if (avatar !== null) return keep(await serveStoredFile(await engine.call('host.avatar', { avatarId: Number(avatar[1]) }), null));
    const file = /^\/files\/([1-9]\d{0,15})$/.exec(url.pathname);
    if (file === null) return await servePage(rendererDir, url.pathname);
    const attachmentId = Number(file[1]);
    if (!Number.isSafeInteger(attachmentId)) return refuse(404);
    return await serveStoredFile(await engine.call('host.file', { attachmentId }), headerOf(request, 'range'));
  };
};

const keep = (answer: DoorAnswer): DoorAnswer => (answer.status === 200 ? { ...answer, headers: { ...answer.headers, ...keptHeaders } } : answer);
