import { describe, expect, it } from 'vitest';
import { fromColumns, toColumns } from '#rpc';

interface Row {
  readonly id: number;
  readonly name: string | null;
  readonly tags: readonly string[];
  readonly isOwn: boolean;
}
const keys: readonly (keyof Row)[] = ['id', 'name', 'tags', 'isOwn'];
const travel = (rows: readonly Row[]): Row[] => fromColumns(structuredClone(toColumns(rows, keys)));

describe('rows as columns', () => {
  it('come back as they were, whatever their number', () => {
    const rows = [
      { id: 1, name: 'Ana', tags: [], isOwn: true },
      { id: 2, name: null, tags: ['a', 'b'], isOwn: true },
      { id: 3, name: 'Ana', tags: [], isOwn: true },
    ];
    for (let count = 0; count <= rows.length; count += 1) expect(travel(rows.slice(0, count))).toEqual(rows.slice(0, count));
  });

  it('send a value that all rows share only once', () => {
    const rows = Array.from({ length: 50 }, (_, index) => ({ id: index, name: null, tags: [], isOwn: index === 49 }));
    const { columns } = toColumns(rows, keys);
    expect(columns.name).toEqual([null]);
    expect(columns.tags).toEqual([[]]);
    expect(columns.id).toHaveLength(50);
    expect(columns.isOwn).toHaveLength(50);
    expect(travel(rows)).toEqual(rows);
  });

  it('do not take lists for alike because both are lists', () => {
    const rows = [
      { id: 1, name: null, tags: ['a'], isOwn: false },
      { id: 2, name: null, tags: ['b'], isOwn: false },
    ];
    expect(travel(rows)).toEqual(rows);
  });
});
