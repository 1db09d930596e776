import { createReadStream, readdirSync, statSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { commonHeaders } from './respond.ts';

const mimeOf: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
};

export interface StaticFiles {
  /** Sends the file of a request path; false when there is none. */
  readonly send: (path: string, response: ServerResponse, isHead: boolean) => Promise<boolean>;
}

/**
 * The built interface. Its files are listed once: a request can only name one of the list, so no path of a
 * request ever reaches the file system. Links are not followed.
 */
export const createStaticFiles = (folder: string): StaticFiles => {
  const files = new Map<string, string>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(`/${relative(folder, path).split(sep).join('/')}`, path);
  }
  const index = files.get('/index.html');
  if (index === undefined) throw new Error('the folder of the interface has no index.html');
  files.set('/', index);

  return {
    async send(path, response, isHead) {
      const file = files.get(path);
      if (file === undefined) return false;
      response.writeHead(200, {
        ...commonHeaders,
        'Content-Type': mimeOf[extname(file)] ?? 'application/octet-stream',
        'Content-Length': statSync(file).size,
      });
      if (isHead) response.end();
      else await pipeline(createReadStream(file), response);
      return true;
    },
  };
};
