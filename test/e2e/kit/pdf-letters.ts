import { inflateSync } from 'node:zlib';

/**
 * Every letter that a reader can copy out of a PDF: what its fonts say of their glyphs (ToUnicode maps, ISO 32000-1,
 * 9.10.3). A letter drawn as an outline or a box is not among them.
 */
export const pdfLetters = (pdf: Buffer): ReadonlySet<string> => {
  const letters = new Set<string>();
  for (const map of streamsOf(pdf).filter((text) => text.includes('begincmap'))) {
    for (const [, body = ''] of map.matchAll(/beginbfchar([\s\S]*?)endbfchar/gu)) {
      for (const [, , to = ''] of body.matchAll(/<([0-9a-f]+)>\s*<([0-9a-f]+)>/giu)) addAll(letters, textOf(to));
    }
    for (const [, body = ''] of map.matchAll(/beginbfrange([\s\S]*?)endbfrange/gu)) {
      for (const [, first = '', last = '', to = ''] of body.matchAll(/<([0-9a-f]+)>\s*<([0-9a-f]+)>\s*<([0-9a-f]+)>/giu)) {
        const start = textOf(to).codePointAt(0) ?? 0;
        for (let at = 0; at <= parseInt(last, 16) - parseInt(first, 16); at += 1) letters.add(String.fromCodePoint(start + at));
      }
    }
  }
  return letters;
};

const addAll = (letters: Set<string>, text: string): void => {
  for (const letter of text) letters.add(letter);
};

/** UTF-16, big end first, in hex. */
const textOf = (hex: string): string => String.fromCharCode(...(hex.match(/.{4}/gu) ?? []).map((unit) => parseInt(unit, 16)));

const streamsOf = (pdf: Buffer): string[] => {
  const found: string[] = [];
  let at = 0;
  while ((at = pdf.indexOf('stream', at)) !== -1) {
    const isEnd = pdf.subarray(at - 3, at).toString('latin1') === 'end';
    at += 'stream'.length;
    if (isEnd) continue;
    const start = pdf[at] === 0x0d ? at + 2 : at + 1;
    const end = pdf.indexOf('endstream', start);
    if (end === -1) break;
    found.push(inflated(pdf.subarray(start, end)));
    at = end + 'endstream'.length;
  }
  return found;
};

const inflated = (bytes: Buffer): string => {
  try {
    return inflateSync(bytes, { finishFlush: 2 }).toString('latin1');
  } catch {
    return bytes.toString('latin1');
  }
};
