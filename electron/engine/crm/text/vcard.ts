import { createHash } from 'node:crypto';
import type { ContactDraft } from '../connector.ts';
import { cleanLine } from './clean-text.ts';

/**
 * A person as a vCard 4.0: name, numbers, addresses; handles with the network they belong to. The same person gives the
 * same bytes. Names of strangers are data: nothing in them begins a line or a property of its own.
 * @see https://www.rfc-editor.org/rfc/rfc6350
 */
export function vcardOf({ name, identifiers, networkName }: ContactDraft): string {
  const shown = cleanLine(name, 200) || identifiers[0]?.value || networkName;
  const lines = identifiers.map(({ kind, value }) => {
    if (kind === 'phone') return `TEL;VALUE=uri;TYPE=cell:tel:${value.replace(/[^+\d]/g, '')}`;
    if (kind === 'email') return `EMAIL:${escapeText(value)}`;
    return networkName === 'XMPP' ? `IMPP:xmpp:${encodeURI(cleanLine(value, 300))}` : `NOTE:${escapeText(`${networkName}: ${value}`)}`;
  });
  const all = ['BEGIN:VCARD', 'VERSION:4.0', `UID:urn:uuid:${uuidOf(identifiers.map(({ value }) => value).join('\n') || shown)}`, `FN:${escapeText(shown)}`, ...lines, 'END:VCARD'];
  return all.map((line) => `${fold(line)}\r\n`).join('');
}

/** Section 3.4: backslash, comma, semicolon and line breaks. */
const escapeText = (text: string): string => cleanLine(text, 500).replace(/[\\,;]/g, (sign) => `\\${sign}`);

/** Section 3.2: at most 75 octets a line, never within a character. */
function fold(line: string): string {
  let folded = '';
  let octets = 0;
  for (const character of line) {
    const size = Buffer.byteLength(character);
    if (octets + size > 75) {
      folded += '\r\n ';
      octets = 1;
    }
    folded += character;
    octets += size;
  }
  return folded;
}

/** A name-based one (RFC 9562, version 8), so that a second import meets the first. */
function uuidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
