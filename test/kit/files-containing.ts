import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** Every file below `folder` that holds one of the texts, as plain bytes, base64 or hex. */
export const filesContaining = (folder: string, texts: readonly string[]): string[] => {
  const needles = texts.flatMap((text) => {
    const bytes = Buffer.from(text, 'utf8');
    return [bytes, Buffer.from(bytes.toString('base64')), Buffer.from(bytes.toString('hex')), Buffer.from(text, 'utf16le')];
  });
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => {
      const content = readFileSync(path);
      return needles.some((needle) => content.includes(needle));
    });
};
