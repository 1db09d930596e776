import type { SharedSource } from './extensions/0447-stateless-file-sharing.ts';

/** How a file is fetched again: addresses in the order to try them, and what the bytes have to be. */
export interface FileSource {
  readonly sources: readonly SharedSource[];
  /** Of the readable file, in hex. */
  readonly sha256: string | null;
}

/** As the store keeps it: an address alone, where that is all there is. */
export function writeSource({ sources, sha256 }: FileSource): string {
  const [first, ...others] = sources;
  return first !== undefined && others.length === 0 && first.key === null && sha256 === null
    ? first.url
    : JSON.stringify({ sources, sha256 });
}

/** What was written so; one that cannot be read has no place to fetch from. */
export function readSource(text: string): FileSource {
  if (!text.startsWith('{')) return { sources: [{ url: text, key: null }], sha256: null };
  try {
    const { sources, sha256 } = JSON.parse(text) as FileSource;
    return { sources, sha256 };
  } catch {
    return { sources: [], sha256: null };
  }
}
