/** XEP-0156 Discovering Alternative XMPP Connection Methods, version 1.4.0: the links of a host-meta (RFC 6415). */
import { SaxesParser } from 'saxes';

const relation = 'urn:xmpp:alt-connections:websocket';
const xrd = 'http://docs.oasis-open.org/ns/xri/xrd-1.0';

/** Addresses in `host-meta.json`. @throws SyntaxError when it is no JSON */
export function webSocketsInJson(document: string): string[] {
  const root: unknown = JSON.parse(document);
  const links = isRecord(root) && Array.isArray(root['links']) ? (root['links'] as unknown[]) : [];
  return links.flatMap((link) =>
    isRecord(link) && link['rel'] === relation && typeof link['href'] === 'string' ? [link['href']] : [],
  );
}

/** Addresses in `host-meta`. @throws Error when it is no XML, or has a document type declaration */
export function webSocketsInXml(document: string): string[] {
  const addresses: string[] = [];
  const parser = new SaxesParser({ xmlns: true, position: false });
  parser.on('error', (error) => {
    throw error;
  });
  parser.on('doctype', () => {
    throw new Error('a document type declaration in a host-meta');
  });
  parser.on('opentag', ({ local, uri, attributes }) => {
    const href = attributes['href']?.value;
    const isLink = local === 'Link' && uri === xrd && attributes['rel']?.value === relation;
    if (isLink && href !== undefined) addresses.push(href);
  });
  parser.write(document).close();
  return addresses;
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;
