/**
 * XEP-0092 Software Version, version 1.1 — https://xmpp.org/extensions/xep-0092.html
 * Asking; who asks us hears our name only (`answer-requests.ts`). Left out: telling our version and operating system.
 */
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

export interface SoftwareVersion {
  readonly name: string;
  readonly version: string | null;
  readonly os: string | null;
}

const longestText = 200;

export const versionQuery = (): XmlElement => element('query', { xmlns: ns.version });

/** Null when the answer names nothing. */
export function readVersion(result: XmlElement): SoftwareVersion | null {
  const query = result.child('query', ns.version);
  const text = (name: string): string | null => {
    const found = query?.childText(name)?.trim().slice(0, longestText);
    return found === undefined || found === '' ? null : found;
  };
  const name = text('name');
  return name === null ? null : { name, version: text('version'), os: text('os') };
}
