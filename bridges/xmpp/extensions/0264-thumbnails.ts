/**
 * XEP-0264 Jingle Content Thumbnails, version 0.4.1 — https://xmpp.org/extensions/xep-0264.html
 * Only pictures that came with the message: a `data:` address, or Bits of Binary (XEP-0231) inside the same stanza. To
 * fetch one would tell its sender who looks when. Left out: asking for Bits of Binary, thumbnails on the web.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';

const namespace = 'urn:xmpp:thumbs:1';
const bitsOfBinary = 'urn:xmpp:bob';
/** Of base64: enough for a picture of 128 pixels, too little to fill a store with. */
const longest = 24_000;
const raster = /^image\/(?:png|jpeg|webp|gif)$/;
const base64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** The thumbnail of a file as a `data:` address; undefined when there is none at hand. */
export function readThumbnail(file: XmlElement, message: XmlElement): string | undefined {
  for (const thumbnail of file.childrenNamed('thumbnail', namespace).slice(0, 4)) {
    const uri = thumbnail.attribute('uri') ?? '';
    const inMessage = uri.startsWith('cid:') ? pictureIn(message, uri.slice('cid:'.length)) : undefined;
    const picture = inMessage ?? cleanDataUri(uri);
    if (picture !== undefined) return picture;
  }
  return undefined;
}

/** A `data:` address of a small raster image, written anew; undefined for anything else. */
export function cleanDataUri(uri: string): string | undefined {
  if (uri.length > longest) return undefined;
  const [, type = '', data = ''] = /^data:([a-z/]{1,20});base64,(.+)$/is.exec(uri) ?? [];
  return toDataUri(type, data);
}

export const thumbnail = (uri: string): XmlElement =>
  element('thumbnail', { xmlns: namespace, uri, 'media-type': /^data:([^;,]+)/.exec(uri)?.[1] });

function pictureIn(message: XmlElement, cid: string): string | undefined {
  const data = message.childrenNamed('data', bitsOfBinary).find((one) => one.attribute('cid') === cid);
  return data === undefined ? undefined : toDataUri(data.attribute('type') ?? '', data.text());
}

function toDataUri(type: string, data: string): string | undefined {
  const clean = data.replace(/\s/g, '');
  const isUsable = raster.test(type.toLowerCase()) && clean.length <= longest && base64.test(clean);
  return isUsable ? `data:${type.toLowerCase()};base64,${clean}` : undefined;
}
