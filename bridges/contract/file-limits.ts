/** Which files a network takes, kind by kind. */

export type FileKind = 'image' | 'video' | 'audio' | 'voice' | 'file';

export interface FileLimit {
  readonly kind: FileKind;
  /** `image/png`, `image/*`, or for all of them a star, a slash and a star. */
  readonly mimes: readonly string[];
  /** Absent: no limit is known. */
  readonly maxBytes?: number | undefined;
}

/** What a file goes out as, by its type. */
export const fileKindOf = (mime: string, isVoice = false): FileKind => {
  if (isVoice) return 'voice';
  const [family = ''] = mime.toLowerCase().split('/', 1);
  return family === 'image' || family === 'video' || family === 'audio' ? family : 'file';
};

const isAmong = (mimes: readonly string[], mime: string): boolean => {
  const bare = mime.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  return mimes.some((pattern) => pattern === '*/*' || pattern === bare || (pattern.endsWith('/*') && bare.startsWith(pattern.slice(0, -1))));
};

/** What holds for a file: null where the network does not take it. No limits known: everything goes. */
export const limitOfFile = (limits: readonly FileLimit[] | undefined, mime: string, isVoice = false): { readonly maxBytes?: number | undefined } | null => {
  if (limits === undefined) return {};
  const kind = fileKindOf(mime, isVoice);
  return limits.find((limit) => limit.kind === kind && isAmong(limit.mimes, mime)) ?? null;
};
