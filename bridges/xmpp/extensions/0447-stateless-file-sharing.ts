/**
 * XEP-0447 Stateless file sharing, version 0.3.1 — https://xmpp.org/extensions/xep-0447.html
 * Sources are web addresses (XEP-0103), encrypted or not (XEP-0448). Left out: sources that come in a later message,
 * Jingle sources.
 */
import type { OutgoingAttachment } from '#model';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { metadata, metadataIn, readMetadata, type FileMetadata } from './0446-file-metadata.ts';
import { readEncryptedSources } from './0448-encrypted-file-sharing.ts';

export const fileSharingNamespace = 'urn:xmpp:sfs:0';
const urlData = 'http://jabber.org/protocol/url-data';
const mostFiles = 20;
const mostSources = 5;
const longestUrl = 4_000;

/** Where bytes can be had, and the key when they are encrypted there. */
export interface SharedSource {
  readonly url: string;
  readonly key: { readonly keyHex: string; readonly ivHex: string } | null;
}

export interface SharedFile extends FileMetadata {
  readonly sources: readonly SharedSource[];
}

/** The files of a message that have at least one usable source. */
export function readFileSharing(message: XmlElement): SharedFile[] {
  return message
    .childrenNamed('file-sharing', fileSharingNamespace)
    .slice(0, mostFiles)
    .flatMap((sharing) => {
      const file = metadataIn(sharing);
      const list = sharing.child('sources');
      const sources = list === undefined ? [] : [...readUrls(list).map(plainSource), ...readEncryptedSources(list, readUrls)];
      return file === undefined || sources.length === 0 ? [] : [{ ...readMetadata(file, message), sources: sources.slice(0, mostSources) }];
    });
}

export const fileSharing = (file: OutgoingAttachment, url: string): XmlElement =>
  element(
    'file-sharing',
    { xmlns: fileSharingNamespace, disposition: /^(?:image|audio|video)\//.test(file.mime) ? 'inline' : 'attachment' },
    metadata(file),
    element('sources', {}, element('url-data', { xmlns: urlData, target: url })),
  );

const plainSource = (url: string): SharedSource => ({ url, key: null });

function readUrls(sources: XmlElement): string[] {
  return sources
    .childrenNamed('url-data', urlData)
    .slice(0, mostSources)
    .map((source) => source.attribute('target') ?? '')
    .filter(isHttps);
}

/** Only https, and no name or password in front of the host. */
export function isHttps(url: string): boolean {
  if (url.length > longestUrl || !URL.canParse(url)) return false;
  const { protocol, username } = new URL(url);
  return protocol === 'https:' && username === '';
}
