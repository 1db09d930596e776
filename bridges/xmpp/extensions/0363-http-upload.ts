/** XEP-0363 HTTP File Upload, version 1.1.0 — https://xmpp.org/extensions/xep-0363.html. Left out: `purpose`. */
import { BridgeError } from '#bridge';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export interface UploadSlot {
  readonly putUrl: string;
  readonly getUrl: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The only headers that a slot may set (section 5); any other could make us speak for somebody else. */
const allowedHeaders = new Set(['authorization', 'cookie', 'expires']);

export const slotRequest = (name: string, sizeBytes: number, mime: string): XmlElement =>
  element('request', { xmlns: ns.upload, filename: name, size: String(sizeBytes), 'content-type': mime });

/** @throws BridgeError `server-incompatible` when the slot is not usable. */
export function readSlot(result: XmlElement): UploadSlot {
  const slot = result.child('slot', ns.upload);
  const put = slot?.child('put');
  const putUrl = put?.attribute('url') ?? '';
  const getUrl = slot?.child('get')?.attribute('url') ?? '';
  const isHttps = (url: string): boolean => URL.canParse(url) && new URL(url).protocol === 'https:';
  if (put === undefined || !isHttps(putUrl) || !isHttps(getUrl)) {
    throw new BridgeError('server-incompatible', { detail: 'the server gave no usable place for the file' });
  }
  const headers: Record<string, string> = {};
  for (const header of put.childrenNamed('header')) {
    const name = (header.attribute('name') ?? '').toLowerCase();
    if (allowedHeaders.has(name)) headers[name] = header.text().replace(/[\r\n]/g, '');
  }
  return { putUrl, getUrl, headers };
}
