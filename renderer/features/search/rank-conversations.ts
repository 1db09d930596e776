interface Titled {
  readonly title: string;
}

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();

/** Whose own name fits comes before those where somebody of that name takes part; else the order stays. */
export const rankConversations = <Row extends Titled>(rows: readonly Row[], query: string): readonly Row[] => {
  const words = fold(query).split(/\s+/u).filter(Boolean);
  const isNamed = ({ title }: Row): boolean => words.every((word) => fold(title).includes(word));
  return [...rows.filter(isNamed), ...rows.filter((row) => !isNamed(row))];
};
