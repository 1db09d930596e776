import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { DoorAnswer } from './door.ts';
import { pageHeaders, refuse, streamOf } from './responses.ts';

/** Every kind of file the built page consists of; anything else is not served. */
const mimeByExtension: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.wasm': 'application/wasm',
};

/** Letters, digits, dots, dashes between slashes; a part never starts with a dot, so `..` cannot be written. */
const safePath = /^(?:\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$/;

/**
 * Serves the files of the built page, and `index.html` for the root.
 * @param folder dist/renderer
 * @param path the request's path, still percent-encoded
 */
export const servePage = async (folder: string, path: string): Promise<DoorAnswer> => {
  const name = path === '/' ? '/index.html' : path;
  const mime = mimeByExtension[extname(name)];
  if (mime === undefined || !safePath.test(name)) return refuse(404);
  try {
    const bytes = await readFile(join(folder, ...name.split('/')));
    return { status: 200, headers: { ...pageHeaders, 'content-type': mime }, body: streamOf(bytes) };
  } catch {
    return refuse(404);
  }
};
