import { describe, expect, it } from 'vitest';
import { fromColumns, toColumns } from '#rpc';

interface Row {
  readonly id: number;
  readonly name: string | null;
  readonly tags: readonly string[];
  readonly isOwn: boolean;
}
const keys: readonly (keyof Row)[] = ['id', 'name', 'tags', 'isOwn'];
/** The ways of rows: cloned into a port, or as JSON through a pipe or a WebSocket. */
const ways = {
  clone: (rows: readonly Row[]): Row[] => fromColumns(structuredClone(toColumns(rows, keys))),
  JSON: (rows: readonly Row[]): Row[] => fromColumns(JSON.parse(JSON.stringify(toColumns(rows, keys)))),
};

/** Small numbers with a seed: the same rows at every run. */
const dice = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};
const texts = [null, '', 'Ana', '\u0000', '"\\\n', '🐦', '\ud800', 'x'.repeat(5_000)];
const anyRows = (seed: number): Row[] => {
  const roll = dice(seed);
  const variety = 1 + roll(40);
  const text = (): string | null => (roll(2) === 0 ? (texts[roll(Math.min(variety, texts.length))] ?? null) : `${roll(variety)}`);
  return Array.from({ length: roll(60) }, () => ({
    id: [roll(variety), roll(variety) * 1e12, -0.5][roll(3)] ?? 0,
    name: text(),
    tags: Array.from({ length: roll(3) === 0 ? roll(3) : 0 }, () => text() ?? ''),
    isOwn: roll(variety) > 0,
  }));
};

describe.each(Object.entries(ways))('rows as columns, as %s', (_name, travel) => {
  it('come back as they were, whatever their number', () => {
    const rows = [
      { id: 1, name: 'Ana', tags: [], isOwn: true },
      { id: 2, name: null, tags: ['a', 'b'], isOwn: true },
      { id: 3, name: 'Ana', tags: [], isOwn: true },
    ];
    for (let count = 0; count <= rows.length; count += 1) expect(travel(rows.slice(0, count))).toEqual(rows.slice(0, count));
  });

  it('come back as they were, whatever is in them', () => {
    for (let seed = 1; seed <= 300; seed += 1) {
      const rows = anyRows(seed);
      expect(travel(rows), `seed ${seed}`).toEqual(rows);
    }
  });

  it('do not take lists for alike because both are lists', () => {
    const rows = [
      { id: 1, name: null, tags: ['a'], isOwn: false },
      { id: 2, name: null, tags: ['b'], isOwn: false },
    ];
    expect(travel(rows)).toEqual(rows);
  });

  it('may have their properties in any order, and more than are sent', () => {
    const rows = [
      { id: 1, name: 'Ana', tags: [], isOwn: true },
      { isOwn: false, name: 'Bo', id: 2, tags: ['a'] },
      { id: 3, name: 'Cy', tags: [], isOwn: true, path: '/etc/passwd' },
    ];
    expect(travel(rows)).toEqual(rows.map(({ id, name, tags, isOwn }) => ({ id, name, tags, isOwn })));
    expect(travel(rows.slice(2))[0]).not.toHaveProperty('path');
  });
});

describe('columns', () => {
  const rows = Array.from({ length: 50 }, (_, index) => ({ id: index, name: index % 2 === 0 ? 'Ana' : 'Bo', tags: [], isOwn: index === 49 }));

  it('hold a value that all rows share only once', () => {
    expect(toColumns(rows, keys).columns.tags).toEqual([[]]);
  });

  it('hold a few different values once each', () => {
    expect(toColumns(rows, keys).columns.name).toEqual({ choices: ['Ana', 'Bo'], picks: '01'.repeat(25) });
  });

  it('hold numbers as they are, without holes, which a port would carry one by one', () => {
    const { id } = toColumns(rows, keys).columns;
    expect(id).toEqual(rows.map((row) => row.id));
  });
});
