/**
 * XEP-0446 File metadata element, version 0.2.0 — https://xmpp.org/extensions/xep-0446.html
 * Also reads the `<file/>` of XEP-0234 Jingle File Transfer, which XEP-0385 uses: the fields are called the same.
 * Left out: `<date/>`, `<desc/>` (the text of the message says it).
 */
import type { OutgoingAttachment } from '#model';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { cleanFileName } from './0066-out-of-band-data.ts';
import { readThumbnail, thumbnail } from './0264-thumbnails.ts';
import { readSha256, sha256Hash } from './0300-hashes.ts';

const namespace = 'urn:xmpp:file:metadata:0';

export interface FileMetadata {
  readonly name: string | null;
  readonly mime: string | null;
  readonly sizeBytes: number | undefined;
  readonly widthPx: number | undefined;
  readonly heightPx: number | undefined;
  readonly durationMs: number | undefined;
  readonly sha256: string | null;
  readonly thumbnail: string | undefined;
}

export const metadataIn = (sharing: XmlElement): XmlElement | undefined => sharing.child('file', namespace);

/** What the sender says about a file. Every word of it is a claim. */
export function readMetadata(file: XmlElement, message: XmlElement): FileMetadata {
  const name = file.childText('name');
  const mime = file.childText('media-type')?.trim().toLowerCase();
  return {
    name: name === undefined || name === '' ? null : cleanFileName(name),
    mime: mime !== undefined && /^[a-z0-9.+-]{1,60}\/[a-z0-9.+-]{1,60}$/.test(mime) ? mime : null,
    sizeBytes: numberIn(file, 'size'),
    widthPx: numberIn(file, 'width'),
    heightPx: numberIn(file, 'height'),
    durationMs: numberIn(file, 'length'),
    sha256: readSha256(file),
    thumbnail: readThumbnail(file, message),
  };
}

export function metadata(file: OutgoingAttachment): XmlElement {
  const field = (name: string, value: number | undefined): XmlElement | null =>
    value === undefined ? null : element(name, {}, String(value));
  return element(
    'file',
    { xmlns: namespace },
    element('media-type', {}, file.mime),
    element('name', {}, file.name),
    field('size', file.sizeBytes),
    field('width', file.widthPx),
    field('height', file.heightPx),
    field('length', file.durationMs),
    file.sha256 === undefined ? null : sha256Hash(file.sha256),
    file.thumbnail === undefined ? null : thumbnail(file.thumbnail),
  );
}

function numberIn(file: XmlElement, name: string): number | undefined {
  const text = file.childText(name)?.trim() ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}
