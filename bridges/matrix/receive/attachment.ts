/** Attachments of `m.room.message` and `m.sticker`. */
import type { RemoteAttachment } from '#model';
import { readEncryptedFile, readSource } from '../crypto/encrypted-file.ts';
import { asArray, asCount, asName, asRecord, asString, type JsonRecord } from '../event-shape.ts';
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

const mostLoudness = 128;

/** Spoken (MSC3245), with its loudness from 0 to 1024 (MSC3246); longer lists are thinned out. */
const readVoice = (content: JsonRecord): Pick<RemoteAttachment, 'voice'> => {
  if (!('org.matrix.msc3245.voice' in content) && !('org.matrix.msc2516.voice' in content)) return {};
  const told = asArray(asRecord(content['org.matrix.msc1767.audio'])['waveform']).slice(0, 10_000);
  const step = Math.max(1, told.length / mostLoudness);
  const values = Array.from({ length: Math.min(told.length, mostLoudness) }, (_, index) => told[Math.floor(index * step)]);
  const waveform = values.map((value) => (typeof value === 'number' && Number.isFinite(value) ? Math.round(Math.max(0, Math.min(1_024, value)) / 10.24) : 0));
  return { voice: { waveform } };
};

/** The attachment that a content carries, in clear or encrypted; null when its address is not an `mxc://`. */
export const readAttachment = (content: JsonRecord): RemoteAttachment | null => {
  const source = 'file' in content ? readEncryptedFile(content['file']) : asString(content['url']);
  if (source == null || readSource(source) === null) return null;
  // An address in clear must not pass for one with a key.
  if (!('file' in content) && parseMediaAddress(source) === null) return null;
  const info = asRecord(content['info']);
  const mime = asString(info['mimetype'])?.toLowerCase() ?? '';
  return {
    remoteId: source,
    name: fileNameOf(content['filename'] ?? content['body']),
    mime: mimeGrammar.test(mime) ? mime : fallbackMime,
    sizeBytes: asCount(info['size']),
    widthPx: asCount(info['w']),
    heightPx: asCount(info['h']),
    durationMs: asCount(info['duration']) ?? asCount(asRecord(content['org.matrix.msc1767.audio'])['duration']),
    ...readVoice(content),
    source,
  };
};
