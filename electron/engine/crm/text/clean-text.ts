/**
 * Text of strangers, made safe to stand in a record that other people read.
 *
 * Nothing is dropped: control characters and direction overrides become visible as `⟦U+202E⟧`, so that a reader sees
 * that somebody tried something (CVE-2021-42574 and its kin). Plain direction marks stay; Arabic and Hebrew need them.
 */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .replace(/\r\n?|[\u0085\u2028\u2029\v\f]/g, '\n')
    .replace(/[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\u206a-\u206f\ufeff\ufff9-\ufffb]/g, visible);
}

/** The same on one line, at most `maxChars` characters long: names, titles, excerpts. */
export function cleanLine(text: string, maxChars: number): string {
  const line = cleanText(text).replace(/\s+/g, ' ').trim();
  return line.length <= maxChars ? line : `${line.slice(0, maxChars - 1).toWellFormed().replace(/\ufffd$/, '')}…`;
}

function visible(character: string): string {
  return `⟦U+${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}⟧`;
}
