import { describe, expect, it } from 'vitest';
import { orderBetween, ordersAfterMove, type Ordered } from '../../../bridges/matrix/order-keys.ts';

const isWritable = (order: string): boolean => /^[\x20-\x7e]{1,50}$/u.test(order);

describe('an order between two others', () => {
  it.each([
    [null, null],
    [null, 'a'],
    ['a', null],
    ['a', 'b'],
    ['a', 'aO'],
    ['~', null],
    ['~~~', null],
    [null, ' !'],
    ['ab', 'b'],
    ['a', 'a!!'],
    ['a~', 'b'],
  ])('%j and %j', (low, high) => {
    const made = orderBetween(low, high);
    if (made === null) throw new Error('none');
    expect(isWritable(made)).toBe(true);
    if (low !== null) expect(made > low).toBe(true);
    if (high !== null) expect(made < high).toBe(true);
  });

  it.each([
    ['a', 'a'],
    ['b', 'a'],
    ['a', 'a '],
    [null, ' '],
    [null, '  '],
    ['~'.repeat(50), null],
  ])('%j and %j: there is none', (low, high) => {
    expect(orderBetween(low, high)).toBeNull();
  });

  it('stays between also after many at the same place, until there is no more room', () => {
    let high = 'b';
    for (let count = 0; count < 500; count += 1) {
      const made = orderBetween('a', high);
      if (made === null) return;
      expect(made > 'a' && made < high && isWritable(made)).toBe(true);
      high = made;
    }
    throw new Error('endless');
  });
});

describe('moving', () => {
  const ordered = (...all: readonly (readonly [string, string | null])[]): readonly Ordered[] => all.map(([id, order]) => ({ id, order }));
  /** As every program for Matrix sorts: those with an order first, the others as they stood. */
  const after = (all: readonly Ordered[], moved: string, before: string | null): readonly string[] => {
    const orders = ordersAfterMove(all, moved, before);
    if (orders === null) throw new Error('not there');
    const now = all.map(({ id, order }, place) => ({ id, order: orders.get(id) ?? order, place }));
    return now
      .toSorted((a, b) => {
        if (a.order !== null && b.order !== null) return a.order < b.order ? -1 : 1;
        return a.order === null && b.order === null ? a.place - b.place : a.order === null ? 1 : -1;
      })
      .map(({ id }) => id);
  };

  it('where nothing has an order gives one to no more than it must', () => {
    const all = ordered(['a', null], ['b', null], ['c', null], ['d', null]);
    expect(after(all, 'd', 'b')).toEqual(['a', 'd', 'b', 'c']);
    expect([...(ordersAfterMove(all, 'd', 'b') ?? [])].map(([id]) => id).toSorted()).toEqual(['a', 'd']);
    expect(after(all, 'a', null)).toEqual(['b', 'c', 'd', 'a']);
  });

  it('between two with orders changes the moved one alone', () => {
    const all = ordered(['a', 'a'], ['b', 'b'], ['c', null]);
    expect(after(all, 'c', 'b')).toEqual(['a', 'c', 'b']);
    expect(ordersAfterMove(all, 'c', 'b')?.size).toBe(1);
  });

  it('where there is no room counts all anew', () => {
    const all = ordered(['a', 'x'], ['b', 'x '], ['c', 'y']);
    expect(after(all, 'c', 'b')).toEqual(['a', 'c', 'b']);
    expect(ordersAfterMove(all, 'c', 'b')?.size).toBe(3);
  });

  it('of what is not there is refused', () => {
    const all = ordered(['a', null], ['b', null]);
    expect(ordersAfterMove(all, 'z', 'a')).toBeNull();
    expect(ordersAfterMove(all, 'a', 'z')).toBeNull();
    expect(ordersAfterMove(all, 'a', 'a')).toBeNull();
  });
});
