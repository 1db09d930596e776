import type { XmlElement } from './element.ts';
import { ns } from '../../namespaces.ts';

/**
 * Characters that XML 1.0 forbids (section 2.2) and lone surrogates. A server closes the whole stream for one of them,
 * so they are replaced on the way out.
 */
const forbidden =
   
  /[\u0000-\u0008\u000B\u000C\u000E-\u001F\uFFFE\uFFFF]|[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

const replacement = '\uFFFD';

const escapes: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#13;',
  '\n': '&#10;',
  '\t': '&#9;',
};

const escapeCharacter = (character: string): string => escapes[character] ?? character;

/** Text as XML text. A carriage return is escaped, because parsers turn a bare one into a line feed. */
export const escapeText = (text: string): string =>
  text.replace(forbidden, replacement).replace(/[&<>\r]/g, escapeCharacter);

export const escapeAttribute = (text: string): string =>
  text.replace(forbidden, replacement).replace(/[&<>"'\r\n\t]/g, escapeCharacter);

/** The element as it goes over the wire, inside a stream whose default namespace is `parentNamespace`. */
export function serialize(element: XmlElement, parentNamespace: string = ns.client): string {
  const namespace = element.namespace ?? parentNamespace;
  let xml = `<${element.name}`;
  if (namespace !== parentNamespace) xml += ` xmlns="${escapeAttribute(namespace)}"`;
  for (const name in element.attributes) {
    xml += ` ${name}="${escapeAttribute(element.attributes[name] ?? '')}"`;
  }
  if (element.children.length === 0) return `${xml}/>`;
  xml += '>';
  for (const child of element.children) {
    xml += typeof child === 'string' ? escapeText(child) : serialize(child, namespace);
  }
  return `${xml}</${element.name}>`;
}
