import type { ProfileCard } from '../../rpc/index.ts';

export interface CardLine {
  readonly name: keyof ProfileCard;
  /** A key of the catalogue. */
  readonly label: string;
  readonly values: readonly string[];
}

const order = [
  ['fullName', 'profile.fullName'],
  ['nickname', 'profile.nickname'],
  ['organization', 'card.organization'],
  ['role', 'card.role'],
  ['emails', 'card.emails'],
  ['phones', 'card.phones'],
  ['urls', 'card.urls'],
  ['address', 'card.address'],
  ['birthday', 'card.birthday'],
  ['note', 'card.note'],
] as const;

/** What a card says, in the order people read it; nothing for a card that says nothing. */
export const cardLines = (profile: ProfileCard | null): readonly CardLine[] =>
  order.flatMap(([name, label]) => {
    const value = profile?.[name] ?? null;
    const values = value === null ? [] : typeof value === 'string' ? [value] : value;
    return values.length === 0 ? [] : [{ name, label, values }];
  });
