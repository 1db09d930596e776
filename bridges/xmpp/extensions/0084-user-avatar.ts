/**
 * XEP-0084 User Avatar, version 1.1.4 — https://xmpp.org/extensions/xep-0084.html
 * Left out: pictures that lie on a web server (`url`): fetching one would tell its owner who looks, and when.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { readItemsResult } from './0060-publish-subscribe.ts';

export const avatarMetadataNode = 'urn:xmpp:avatar:metadata';
export const avatarDataNode = 'urn:xmpp:avatar:data';

/** The SHA-1 of a picture, in hexadecimal. */
export const isAvatarHash = (text: string): boolean => /^[0-9a-f]{40}$/.test(text);

export interface AvatarInfo {
  readonly hash: string;
  readonly mime: string;
  readonly sizeBytes: number;
}

const mostInfos = 20;
const usefulTypes: ReadonlySet<string> = new Set(['image/png', 'image/jpeg', 'image/webp', 'image/gif']);

/** The picture to take of those offered: kept at the node itself, of a kind we show, the smallest. Null: none. */
export function readAvatarMetadata(item: XmlElement, mostBytes: number): AvatarInfo | null {
  if (!item.is('metadata', avatarMetadataNode)) return null;
  const infos = item.childrenNamed('info').slice(0, mostInfos).flatMap((info): AvatarInfo[] => {
    const hash = info.attribute('id')?.toLowerCase() ?? '';
    const mime = info.attribute('type') ?? 'image/png';
    const sizeBytes = Number(info.attribute('bytes') ?? 'NaN');
    const isHere = info.attribute('url') === undefined && isAvatarHash(hash) && usefulTypes.has(mime);
    return isHere && sizeBytes > 0 && sizeBytes <= mostBytes ? [{ hash, mime, sizeBytes }] : [];
  });
  return infos.sort((left, right) => left.sizeBytes - right.sizeBytes)[0] ?? null;
}

/** The bytes in an answer for the data node, whatever they claim to be; null: none, or too many. */
export function readAvatarData(answer: XmlElement, mostBytes: number): Buffer | null {
  const [item] = readItemsResult(answer);
  return item === undefined || !item.payload.is('data', avatarDataNode) ? null : decodeBase64(item.payload.text(), mostBytes);
}

/** Null: more than `mostBytes`, or no bytes at all. */
export function decodeBase64(text: string, mostBytes: number): Buffer | null {
  if (text.length > mostBytes * 2) return null;
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === 0 || bytes.length > mostBytes ? null : bytes;
}

export const avatarData = (bytes: Uint8Array): XmlElement =>
  element('data', { xmlns: avatarDataNode }, Buffer.from(bytes).toString('base64'));

/** Without a picture: none any more. */
export const avatarMetadata = (
  picture: { readonly hash: string; readonly mime: string; readonly sizeBytes: number; readonly widthPx: number; readonly heightPx: number } | null,
): XmlElement =>
  element(
    'metadata',
    { xmlns: avatarMetadataNode },
    picture &&
      element('info', {
        id: picture.hash,
        type: picture.mime,
        bytes: String(picture.sizeBytes),
        width: String(picture.widthPx),
        height: String(picture.heightPx),
      }),
  );
