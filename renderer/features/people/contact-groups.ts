import type { ContactRow } from '../../rpc/index.ts';

/** A heading and who stands under it; null: without a group. */
export interface ContactGroup {
  readonly name: string | null;
  readonly contacts: readonly ContactRow[];
}

const fold = (text: string): string => text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase();

/** Contacts that fit the typed words, under their groups by name; who is in several stands in each. */
export const groupContacts = (contacts: readonly ContactRow[], query: string): readonly ContactGroup[] => {
  const words = fold(query).split(/\s+/u).filter(Boolean);
  const fits = ({ name, handle, groups }: ContactRow): boolean => {
    const text = fold([name, handle, ...groups].join('\n'));
    return words.every((word) => text.includes(word));
  };
  const byGroup = new Map<string | null, ContactRow[]>();
  for (const contact of contacts) {
    if (!fits(contact)) continue;
    for (const group of contact.groups.length > 0 ? contact.groups : [null]) {
      const members = byGroup.get(group) ?? [];
      members.push(contact);
      byGroup.set(group, members);
    }
  }
  return [...byGroup]
    .map(([name, members]) => ({ name, contacts: members }))
    .sort((left, right) => (left.name === null ? 1 : right.name === null ? -1 : left.name.localeCompare(right.name)));
};

/** Groups as a person types them. */
export const splitGroups = (text: string): string[] => [...new Set(text.split(',').map((group) => group.trim()).filter(Boolean))].slice(0, 20);
export const joinGroups = (groups: readonly string[]): string => groups.join(', ');
