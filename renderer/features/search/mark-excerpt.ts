import type { SearchHit } from '../../rpc/index.ts';

export interface ExcerptPiece {
  readonly text: string;
  readonly isMarked: boolean;
}

/** Cuts an excerpt at its marks. Marks out of order or out of range are dropped; every piece becomes a text node. */
export const markExcerpt = ({ excerpt, marks }: Pick<SearchHit, 'excerpt' | 'marks'>): readonly ExcerptPiece[] => {
  const pieces: ExcerptPiece[] = [];
  let position = 0;
  for (const [start, end] of marks) {
    if (start < position || end <= start || end > excerpt.length) continue;
    if (start > position) pieces.push({ text: excerpt.slice(position, start), isMarked: false });
    pieces.push({ text: excerpt.slice(start, end), isMarked: true });
    position = end;
  }
  if (position < excerpt.length) pieces.push({ text: excerpt.slice(position), isMarked: false });
  return pieces;
};
