import { cleanText } from './clean-text.ts';

const maxChars = 120;
/** Names that mean a device on Windows, with any ending. */
const reserved = /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i;

/**
 * A file name that is a name on every system: no folders, no control or direction characters, no device names,
 * no trailing dots, at most 120 characters with the ending kept.
 */
export function safeFileName(name: string): string {
  const plain = cleanText(name)
    .replace(/[\u200e\u200f\u061c]/g, '')
    .replace(/[/\\:*?"<>|\n\t]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  const usable = plain === '' ? 'file' : reserved.test(plain) ? `_${plain}` : plain;
  return shorten(usable);
}

function shorten(name: string): string {
  if (name.length <= maxChars) return name;
  const ending = /\.[^.]{1,16}$/.exec(name)?.[0] ?? '';
  return `${name.slice(0, maxChars - ending.length).toWellFormed().replace(/\ufffd$/, '')}${ending}`;
}
