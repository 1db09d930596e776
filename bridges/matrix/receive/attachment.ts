/** Attachments of `m.room.message` and `m.sticker`. */
import type { RemoteAttachment } from '#model';
import { asCount, asName, asRecord, asString, type JsonRecord } from '../event-shape.ts';
import { parseMediaAddress } from '../ids.ts';

const mimeGrammar = /^[a-z0-9][a-z0-9!#$&^_.+-]{0,126}\/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}$/u;
const fallbackMime = 'application/octet-stream';

/** Last path segment without separators or direction marks, so that a name cannot name another place. */
export const fileNameOf = (value: unknown): string => {
  const name = asName(value)
    ?.replaceAll(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/gu, '')
    .split(/[/\\]/u)
    .at(-1)
    ?.trim();
  return name === undefined || name === '' || name === '.' || name === '..' ? 'file' : name;
};

/**
 * The attachment that a content carries, or null when its address is not a plain `mxc://`
 * (also for encrypted files: their keys belong to encrypted rooms).
 */
export const readAttachment = (content: JsonRecord): RemoteAttachment | null => {
  const source = asString(content['url']);
  if (source === undefined || parseMediaAddress(source) === null) return null;
  const info = asRecord(content['info']);
  const mime = asString(info['mimetype'])?.toLowerCase() ?? '';
  return {
    remoteId: source,
    name: fileNameOf(content['filename'] ?? content['body']),
    mime: mimeGrammar.test(mime) ? mime : fallbackMime,
    sizeBytes: asCount(info['size']),
    widthPx: asCount(info['w']),
    heightPx: asCount(info['h']),
    durationMs: asCount(info['duration']),
    source,
  };
};
