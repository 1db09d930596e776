import { createReadStream } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import type { HostFile } from '#rpc';
import { commonHeaders } from './respond.ts';

/** Types a media element may play; everything else that is not inline is only ever a download. */
const playable = /^(audio|video)\/[a-z0-9.+-]+$/;

/** `attachment` with the name in both spellings of RFC 6266; the plain one has no quotes to break out of. */
const disposition = ({ name, isInline }: HostFile): string => {
  const plain = name.replace(/[^\w .()-]/g, '_');
  const encoded = encodeURIComponent(name.toWellFormed()).replace(/['()*]/g, (one) => `%${one.charCodeAt(0).toString(16)}`);
  return `${isInline ? 'inline' : 'attachment'}; filename="${plain}"; filename*=UTF-8''${encoded}`;
};

interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** One range of RFC 9110 (`bytes=0-99`, `bytes=100-`), as media elements ask for; anything else: the whole file. */
const requestedRange = (header: string | undefined, sizeBytes: number): ByteRange | null => {
  const match = /^bytes=(\d{1,15})-(\d{0,15})$/.exec(header ?? '');
  if (match === null) return null;
  const start = Number(match[1]);
  const end = match[2] === '' ? sizeBytes - 1 : Math.min(Number(match[2]), sizeBytes - 1);
  return start <= end ? { start, end } : null;
};

/** Sends bytes of a stranger: sandboxed, never sniffed, shown in the page only when recognised as an image. */
export const sendFile = async (file: HostFile, request: IncomingMessage, response: ServerResponse): Promise<void> => {
  const isShown = file.isInline || playable.test(file.mime);
  const range = requestedRange(request.headers.range, file.sizeBytes);
  const length = range === null ? file.sizeBytes : range.end - range.start + 1;
  response.writeHead(range === null ? 200 : 206, {
    ...commonHeaders,
    'Content-Security-Policy': "default-src 'none'; sandbox",
    'Content-Type': isShown ? file.mime : 'application/octet-stream',
    'Content-Disposition': disposition(file),
    'Content-Length': length,
    'Accept-Ranges': 'bytes',
    ...(range === null ? {} : { 'Content-Range': `bytes ${range.start}-${range.end}/${file.sizeBytes}` }),
  });
  if (request.method === 'HEAD' || file.sizeBytes === 0) response.end();
  else await pipeline(createReadStream(file.path, range ?? {}), response);
};
