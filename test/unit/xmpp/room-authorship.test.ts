import { expect, it } from 'vitest';
import { RoomAuthorship } from '../../../bridges/xmpp/room-authorship.ts';
import { mostOccupants, RoomOccupants } from '../../../bridges/xmpp/room-occupants.ts';
import { personOf } from '../../../bridges/xmpp/ids.ts';

const written = (realJid: string | null): RoomAuthorship => {
  const authors = new RoomAuthorship();
  authors.entered('Anna', realJid);
  authors.wrote('Anna', ['m1', 's1', null]);
  return authors;
};

it('belongs to the nickname as long as it is carried without a break', () => {
  const authors = written(null);
  authors.entered('Anna', null);
  expect([authors.mayChange('Anna', 'm1'), authors.mayChange('Anna', 's1')]).toEqual([true, true]);
  expect([authors.mayChange('Ben', 'm1'), authors.mayChange('Anna', 'm2')]).toEqual([false, false]);
});

it('does not pass to who takes the nickname next', () => {
  const authors = written(null);
  authors.left('Anna');
  authors.entered('Anna', null);
  expect(authors.mayChange('Anna', 'm1')).toBe(false);
});

it('comes back with the same real address, and with no other', () => {
  const authors = written('anna@example');
  authors.lost();
  authors.entered('Anna', 'anna@example');
  expect(authors.mayChange('Anna', 'm1')).toBe(true);
  authors.left('Anna');
  authors.entered('Anna', 'mallory@example');
  expect(authors.mayChange('Anna', 'm1')).toBe(false);
});

it('forgets old messages instead of growing for ever', () => {
  const authors = written(null);
  for (let count = 0; count < 6_000; count += 1) authors.wrote('Anna', [`flood-${count}`]);
  expect([authors.mayChange('Anna', 'm1'), authors.mayChange('Anna', 'flood-5999')]).toEqual([false, true]);
});

it('a room keeps so many people and no more, and knows them by name and person', () => {
  const occupants = new RoomOccupants();
  const enter = (nick: string): boolean =>
    occupants.set({ nick, personId: personOf(`r@muc/${nick}`), rank: 'none', role: 'participant', realJid: null, hats: [] });
  for (let count = 0; count < mostOccupants; count += 1) expect(enter(`n${count}`)).toBe(true);
  expect(enter('one too many')).toBe(false);
  expect(enter('n0')).toBe(true);
  occupants.remove('n1');
  expect(enter('one too many')).toBe(true);
  expect(occupants.ofPerson('r@muc/one too many')?.nick).toBe('one too many');
  expect(occupants.ofPerson('r@muc/n1')).toBeUndefined();
});
