import { describe, expect, it } from 'vitest';
import type { ContactRow, ProfileCard } from '#rpc';
import { cardLines } from '../../../renderer/features/people/card-lines.ts';
import { groupContacts, joinGroups, splitGroups } from '../../../renderer/features/people/contact-groups.ts';
import { fromFields, toFields } from '../../../renderer/features/people/profile-fields.ts';
import { idleSince } from '../../../renderer/features/people/useIdle.ts';

const contact = (name: string, groups: readonly string[]): ContactRow =>
  ({ addressId: name.length, accountId: 1, network: 'xmpp', handle: `${name}@x`, name, groups, bond: 'mutual', presence: 'unknown', statusText: null, idleSinceMs: null, avatarId: null, conversationId: null, isBlocked: false }) as unknown as ContactRow;
const card: ProfileCard = { fullName: 'Ana', nickname: null, organization: null, role: null, emails: ['a@x', 'b@x'], phones: [], urls: [], address: null, birthday: null, note: 'n' };

describe('contacts', () => {
  const all = [contact('Zoë', ['Sales', 'Porto']), contact('Ana', []), contact('Joan', ['Sales'])];

  it('stand under each of their groups, those without one last', () => {
    expect(groupContacts(all, '').map(({ name, contacts }) => [name, contacts.map((one) => one.name)])).toEqual([
      ['Porto', ['Zoë']],
      ['Sales', ['Zoë', 'Joan']],
      [null, ['Ana']],
    ]);
  });

  it('are found by name, address and group, accents or not', () => {
    expect(groupContacts(all, 'zoe').flatMap(({ contacts }) => contacts)).toHaveLength(2);
    expect(groupContacts(all, 'sales joan').flatMap(({ contacts }) => contacts).map(({ name }) => name)).toEqual(['Joan']);
    expect(groupContacts(all, 'ana@x')).toHaveLength(1);
    expect(groupContacts(all, 'nobody')).toEqual([]);
  });

  it('have groups as a person types them', () => {
    expect(splitGroups(' Sales, Porto ,,Sales')).toEqual(['Sales', 'Porto']);
    expect(splitGroups(joinGroups(['A', 'B']))).toEqual(['A', 'B']);
  });
});

describe('a card', () => {
  it('shows only what it says', () => {
    expect(cardLines(card).map(({ name, values }) => [name, values])).toEqual([
      ['fullName', ['Ana']],
      ['emails', ['a@x', 'b@x']],
      ['note', ['n']],
    ]);
    expect(cardLines(null)).toEqual([]);
  });

  it('goes into a form and comes back', () => {
    expect(fromFields(toFields(card))).toEqual(card);
    expect(fromFields({ ...toFields(null), fullName: '  ', emails: '\n a@x \n\n' })).toMatchObject({ fullName: null, emails: ['a@x'] });
  });
});

describe('leaving the desk', () => {
  const minute = 60_000;
  it('counts from the last touch, and not before the time that was chosen', () => {
    expect(idleSince(9 * minute, 10, 100 * minute, null)).toBeNull();
    expect(idleSince(10 * minute, 10, 100 * minute, null)).toBe(90 * minute);
    expect(idleSince(600 * minute, 0, 1_000 * minute, null)).toBeNull();
  });
  it('is one absence, however often one looks', () => {
    expect(idleSince(11 * minute, 10, 101 * minute + 500, 90 * minute)).toBe(90 * minute);
    expect(idleSince(10 * minute, 10, 200 * minute, 90 * minute)).toBe(190 * minute);
  });
});
