/** XEP-0066 Out of Band Data, version 1.5 — https://xmpp.org/extensions/xep-0066.html. Left out: the IQ form. */
import type { RemoteAttachment } from '#model';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

const longestUrl = 4_000;
const mostAttachments = 20;

const mimeByExtension: Readonly<Record<string, string>> = {
  jpg: 'image/jpeg',
  jpeg: 'image/jpeg',
  png: 'image/png',
  gif: 'image/gif',
  webp: 'image/webp',
  mp4: 'video/mp4',
  webm: 'video/webm',
  mp3: 'audio/mpeg',
  m4a: 'audio/mp4',
  ogg: 'audio/ogg',
  opus: 'audio/ogg',
  pdf: 'application/pdf',
  txt: 'text/plain',
  csv: 'text/csv',
  zip: 'application/zip',
};

export const outOfBand = (url: string): XmlElement =>
  element('x', { xmlns: ns.outOfBand }, element('url', {}, url));

/** Files that a message points to. Only https: anything else is left to the text. */
export function readOutOfBand(message: XmlElement): RemoteAttachment[] {
  return message
    .childrenNamed('x', ns.outOfBand)
    .slice(0, mostAttachments)
    .flatMap((data) => attachmentOf(data.childText('url')?.trim() ?? '') ?? []);
}

export function attachmentOf(url: string): RemoteAttachment | null {
  if (url.length > longestUrl || !URL.canParse(url)) return null;
  const parsed = new URL(url);
  if (parsed.protocol !== 'https:' || parsed.username !== '') return null;
  const name = fileName(parsed.pathname);
  const extension = name.includes('.') ? name.slice(name.lastIndexOf('.') + 1).toLowerCase() : '';
  const mime = Object.hasOwn(mimeByExtension, extension) ? mimeByExtension[extension] : undefined;
  return { remoteId: url, name, mime: mime ?? 'application/octet-stream', source: url };
}

/** The last part of the path, without anything that could lead out of a folder or fool the eye. */
function fileName(path: string): string {
  const last = path.slice(path.lastIndexOf('/') + 1);
  let decoded = last;
  try {
    decoded = decodeURIComponent(last);
  } catch {
    // A broken escape stays as it is.
  }
  return cleanFileName(decoded);
}

/** A file name that somebody else chose, fit to be shown and stored. */
export function cleanFileName(name: string): string {
  const clean = name
    .slice(-2_000)
    .replace(/[\u0000-\u001F\u007F-\u009F\u200B-\u200F\u202A-\u202E\u2066-\u2069]/g, '')
    .replace(/[/\\:*?"<>|]/g, '_')
    .replace(/^\.+|[. ]+$/g, '')
    .slice(-150);
  return clean === '' ? 'file' : clean;
}
