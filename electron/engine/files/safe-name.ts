/** Names that Windows takes for devices, whatever extension follows. */
const deviceName = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(?=\.|$)/i;
/** The two joiners stay: emoji and several scripts are written with them. */
const unsafeCharacters = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}\\/:*?"<>|]/gu;
const maxBytes = 180;
const maxExtensionLength = 16;

const byteLength = (text: string): number => Buffer.byteLength(text, 'utf8');

/** Cuts at a character, never inside one. */
const cutToBytes = (text: string, limit: number): string => {
  let kept = '';
  for (const character of text) {
    if (byteLength(kept) + byteLength(character) > limit) break;
    kept += character;
  }
  return kept;
};

const splitExtension = (name: string): readonly [string, string] => {
  const dot = name.lastIndexOf('.');
  const isExtension = dot > 0 && name.length - dot <= maxExtensionLength;
  return isExtension ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
};

/**
 * A file name from outside, made fit to be shown and offered for saving on every system: one path segment, no
 * control or direction characters (`exe.gpj` games), no device names, no leading or trailing dots, at most
 * 180 bytes with its extension kept. Never used as a path by the engine itself.
 */
export const safeFileName = (name: string): string => {
  const clean = name
    .slice(0, 4_096)
    .toWellFormed()
    .normalize('NFC')
    .replace(unsafeCharacters, '_')
    .replace(/^[.\s]+|[.\s]+$/gu, '');
  const [stem, extension] = splitExtension(clean);
  const short = `${cutToBytes(stem, maxBytes - byteLength(extension)).trimEnd()}${extension}`;
  if (short === '') return 'file';
  return deviceName.test(short) ? `_${short}` : short;
};
