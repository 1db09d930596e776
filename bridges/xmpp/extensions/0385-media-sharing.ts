/**
 * XEP-0385 Stateless Inline Media Sharing (SIMS), version 0.4.1 — https://xmpp.org/extensions/xep-0385.html
 * Reading only: XEP-0447 took its place. Left out: Jingle sources.
 */
import type { XmlElement } from '../stream/xml/element.ts';
import { readMetadata } from './0446-file-metadata.ts';
import { isHttps, type SharedFile } from './0447-stateless-file-sharing.ts';

const reference = 'urn:xmpp:reference:0';
const namespace = 'urn:xmpp:sims:1';
const mostFiles = 20;
const mostSources = 5;

/** The files of a message that have at least one usable source. */
export function readMediaSharing(message: XmlElement): SharedFile[] {
  return message
    .childrenNamed('reference', reference)
    .slice(0, mostFiles)
    .flatMap((data) => {
      const sharing = data.child('media-sharing', namespace);
      const file = sharing?.elements().find(({ name, namespace: of }) => name === 'file' && of?.startsWith('urn:xmpp:jingle:apps:file-transfer:'));
      const sources = (sharing?.child('sources')?.childrenNamed('reference', reference) ?? [])
        .slice(0, mostSources)
        .map((source) => source.attribute('uri') ?? '')
        .filter(isHttps)
        .map((url) => ({ url, key: null }));
      return file === undefined || sources.length === 0 ? [] : [{ ...readMetadata(file, message), sources }];
    });
}
