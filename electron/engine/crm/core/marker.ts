import { Conflict } from '../errors.ts';

export interface Marker {
  readonly key: string;
  /** Mark of the last message inside. */
  readonly last: string;
}

const lastLine = /(?:^|\n)\[ref:(pal1\.[a-z2-7]{16});l=([a-z2-7]{10})\]\s*$/;

/** The last line of each body where the target has no field of its own for it. */
export const formatMarker = ({ key, last }: Marker): string => `[ref:${key};l=${last}]`;

/** How long the marker's line is, its line break included. */
export const markerChars = formatMarker({ key: 'pal1.'.padEnd(21, 'a'), last: 'a'.repeat(10) }).length + 1;

/** Reads the marker of a body. Only the very last line counts: what a stranger quotes further up does not. */
export function readMarker(body: string): Marker | null {
  const found = lastLine.exec(body);
  return found?.[1] !== undefined && found[2] !== undefined ? { key: found[1], last: found[2] } : null;
}

/** A marker in a field of its own: `KEY;l=LAST`. */
export const formatFieldMarker = ({ key, last }: Marker): string => `${key};l=${last}`;

export function readFieldMarker(value: string): Marker | null {
  const found = /^(pal1\.[a-z2-7]{16});l=([a-z2-7]{10})$/.exec(value.trim());
  return found?.[1] !== undefined && found[2] !== undefined ? { key: found[1], last: found[2] } : null;
}

/** Where a server keeps notes single by an id of ours: one that stands there may be of a device that knew less, or more. */
export function refuseOtherEnd(there: Marker | null, ours: Marker): void {
  if (there !== null && there.last !== ours.last) throw new Conflict({ detail: `a note of this key ends at ${there.last}` });
}
