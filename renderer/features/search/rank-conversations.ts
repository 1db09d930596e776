import { foldText } from './fold-text.ts';

interface Titled {
  readonly title: string;
}

/** Whose own name fits comes before those where somebody of that name takes part; else the order stays. */
export const rankConversations = <Row extends Titled>(rows: readonly Row[], query: string): readonly Row[] => {
  const words = foldText(query).split(/\s+/u).filter(Boolean);
  const isNamed = ({ title }: Row): boolean => words.every((word) => foldText(title).includes(word));
  return [...rows.filter(isNamed), ...rows.filter((row) => !isNamed(row))];
};
