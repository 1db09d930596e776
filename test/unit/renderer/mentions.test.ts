// needs: nothing
import { describe, expect, it } from 'vitest';
import { insertMention, matchNames, mentionAt } from '../../../renderer/features/composer/mentions.ts';

describe('naming somebody in a room', () => {
  it('begins behind an @ at the start of a word', () => {
    expect(mentionAt('@ma', 3)).toEqual({ start: 0, text: 'ma' });
    expect(mentionAt('hola @ma y', 8)).toEqual({ start: 5, text: 'ma' });
    expect(mentionAt('hola @', 6)).toEqual({ start: 5, text: '' });
    expect(mentionAt('mail@ma', 7)).toBeNull();
    expect(mentionAt('@ma\nx', 5)).toBeNull();
    expect(mentionAt('no', 2)).toBeNull();
  });

  it('finds names by their beginning, accents folded, then by their other words', () => {
    const names = ['Jordi', 'Õie Kõiv', 'Ana María', 'María', 'María'];
    expect(matchNames(names, 'mari')).toEqual(['María', 'Ana María']);
    expect(matchNames(names, 'oie')).toEqual(['Õie Kõiv']);
    expect(matchNames(names, 'x')).toEqual([]);
  });

  it('puts the name in place of what was typed, with a colon at the beginning', () => {
    expect(insertMention('@ma', { start: 0, text: 'ma' }, 'María')).toEqual({ text: 'María: ', caret: 7 });
    expect(insertMention('hola @ma y', { start: 5, text: 'ma' }, 'María')).toEqual({ text: 'hola María  y', caret: 11 });
  });
});
