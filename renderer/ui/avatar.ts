/** Initials and a steady colour from a name. Control and formatting characters never count as letters. */
export interface AvatarLook {
  readonly initials: string;
  readonly colorIndex: number;
}

const avatarColors = 8;
const segmenter = new Intl.Segmenter(undefined, { granularity: 'grapheme' });

const firstLetter = (word: string): string => {
  for (const { segment } of segmenter.segment(word.slice(0, 40))) {
    if (/[\p{L}\p{N}]/u.test(segment)) return segment.normalize('NFC').slice(0, 2).toLocaleUpperCase();
  }
  return '';
};

export const avatarLook = (name: string, isGroup: boolean): AvatarLook => {
  let hash = 0;
  for (const character of name.slice(0, 60)) hash = (hash * 31 + (character.codePointAt(0) ?? 0)) >>> 0;
  const words = name.slice(0, 120).split(/[\s·,._@-]+/u).map(firstLetter).filter(Boolean);
  const initials = isGroup ? '#' : (words[0] ?? '?') + (words[1] ?? '');
  return { initials, colorIndex: hash % avatarColors };
};
