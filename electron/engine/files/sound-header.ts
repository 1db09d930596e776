/** What the first bytes of a sound or film say about it. */
export interface SoundHeader {
  readonly kind: 'sound' | 'film';
  readonly mime: string;
}

interface Container {
  readonly starts: (bytes: Buffer) => boolean;
  readonly sound: string;
  /** Absent: it never holds a film. */
  readonly film?: string;
}

const ascii = (bytes: Buffer, start: number, end: number): string => bytes.toString('latin1', start, end);

/** What Chromium plays. A picture may come in the box of MPEG-4, too: it names itself by another brand. */
const containers: readonly Container[] = [
  { starts: (bytes) => ascii(bytes, 0, 4) === 'RIFF' && ascii(bytes, 8, 12) === 'WAVE', sound: 'audio/wav' },
  { starts: (bytes) => ascii(bytes, 0, 4) === 'fLaC', sound: 'audio/flac' },
  { starts: (bytes) => ascii(bytes, 0, 4) === 'OggS', sound: 'audio/ogg', film: 'video/ogg' },
  { starts: (bytes) => bytes.length > 4 && bytes.readUInt32BE(0) === 0x1a45dfa3, sound: 'audio/webm', film: 'video/webm' },
  { starts: (bytes) => ascii(bytes, 4, 8) === 'ftyp' && !/^(avif|avis|heic|heix|mif1)$/.test(ascii(bytes, 8, 12)), sound: 'audio/mp4', film: 'video/mp4' },
  { starts: (bytes) => ascii(bytes, 0, 3) === 'ID3' || (bytes.length > 2 && bytes[0] === 0xff && ((bytes[1] ?? 0) & 0xe6) === 0xe2), sound: 'audio/mpeg' },
];

/** Recognises a sound or film by its bytes; `claimed` decides only what a box that holds both is taken for. Null: neither. */
export const readSoundHeader = (bytes: Buffer, claimed: string): SoundHeader | null => {
  const found = containers.find(({ starts }) => starts(bytes));
  if (found === undefined) return null;
  const isFilm = found.film !== undefined && /^video\//i.test(claimed);
  return isFilm ? { kind: 'film', mime: found.film ?? found.sound } : { kind: 'sound', mime: found.sound };
};
