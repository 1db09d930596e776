import { expect, it } from 'vitest';
import { rankConversations } from '../../../renderer/features/search/rank-conversations.ts';

const rows = [{ title: 'Support · level 2' }, { title: 'Grace Okafor' }, { title: 'Mart Põder' }];
const titles = (query: string): readonly string[] => rankConversations(rows, query).map(({ title }) => title);

it('puts the person of that name before a group where she takes part', () => {
  expect(titles('grace')).toEqual(['Grace Okafor', 'Support · level 2', 'Mart Põder']);
});

it('takes accents and capitals for the same, and every word', () => {
  expect(titles('PODER')[0]).toBe('Mart Põder');
  expect(titles('mart poder')[0]).toBe('Mart Põder');
});

it('keeps the order where no name fits', () => {
  expect(titles('nobody')).toEqual(rows.map(({ title }) => title));
});
