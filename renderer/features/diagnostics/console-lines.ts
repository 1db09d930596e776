import type { ConsoleLine } from '../../rpc/index.ts';

/** A line with a number that stays its own. */
export interface NumberedLine extends ConsoleLine {
  readonly id: number;
}

export const lineKinds = ['message', 'presence', 'iq', 'sm', 'stream'] as const;
export type LineKind = (typeof lineKinds)[number];

export interface LineFilter {
  readonly kinds: ReadonlySet<string>;
  readonly direction: 'both' | 'in' | 'out';
  readonly text: string;
}

/** What a console keeps: 2,000 lines or 8 MiB, whichever is less. */
export const mostLines = 2_000;
export const mostBytes = 8 * 1024 * 1024;
/** Text of the page takes two bytes a unit. */
const bytesOf = (line: ConsoleLine): number => line.text.length * 2;

/** The newest lines within the bounds, oldest first. */
export function keepNewest(lines: readonly NumberedLine[]): readonly NumberedLine[] {
  let bytes = 0;
  let first = lines.length;
  while (first > 0 && lines.length - first < mostLines) {
    bytes += bytesOf(lines[first - 1] as NumberedLine);
    if (bytes > mostBytes) break;
    first -= 1;
  }
  return first === 0 ? lines : lines.slice(first);
}

export function filterLines(lines: readonly NumberedLine[], { kinds, direction, text }: LineFilter): readonly NumberedLine[] {
  const wanted = text.trim().toLocaleLowerCase();
  return lines.filter(
    (line) =>
      kinds.has(line.kind) &&
      (direction === 'both' || line.direction === direction) &&
      (wanted === '' || line.text.toLocaleLowerCase().includes(wanted)),
  );
}

/** For a file or the clipboard. */
export const linesAsText = (lines: readonly ConsoleLine[]): string =>
  lines.map(({ atMs, direction, text }) => `${new Date(atMs).toISOString()} ${direction === 'in' ? '<<' : '>>'} ${text}\n`).join('');
