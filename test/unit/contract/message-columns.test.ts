import { expect, it } from 'vitest';
import { fromMessageColumns, messageKeys, toColumns, toMessageColumns, type MessageRow } from '#rpc';

/** Values that a property may have; the first is what most messages have. */
const values: { readonly [Key in keyof MessageRow]?: readonly unknown[] } = {
  id: [1, 2, 3e9],
  conversationId: [7, 8],
  senderId: [5, null, 6],
  senderName: ['Ana', '', '🐦', 'Bo'],
  isOwn: [false, true],
  kind: ['message', 'push', 'system'],
  text: ['', 'hello', '"\\\n', 'x'.repeat(3_000)],
  sentAtMs: [1_700_000_000_000, 1.5],
  delivery: [null, 'sent', 'read'],
  attachments: [[], [{ id: 1, name: 'a.png' }]],
  reactions: [[], [{ emoji: '👍', count: 2 }]],
  isPushed: [false, true],
  hasGapBefore: [false, true],
  isUnstyled: [false, true],
  isMention: [false, true],
  shield: [null, 'in-clear', 'unknown-device'],
};
const rest: readonly unknown[] = [null, { made: 'up' }, 12];

const dice = (seed: number) => {
  let state = seed;
  return (below: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};
const anyRows = (seed: number): MessageRow[] => {
  const roll = dice(seed);
  const isLively = messageKeys.map(() => roll(4) === 0);
  return Array.from({ length: roll(60) }, () => {
    const row: Record<string, unknown> = {};
    for (const [at, key] of messageKeys.entries()) {
      const choices = values[key] ?? rest;
      row[key] = choices[isLively[at] === true ? roll(choices.length) : 0];
    }
    return row as unknown as MessageRow;
  });
};

it.each([
  ['clone', (value: unknown): unknown => structuredClone(value)],
  ['JSON', (value: unknown): unknown => JSON.parse(JSON.stringify(value))],
])('messages come back as they were, as %s', (_name, travel) => {
  for (let seed = 1; seed <= 500; seed += 1) {
    const rows = anyRows(seed);
    const back = fromMessageColumns(travel(toMessageColumns(rows)) as ReturnType<typeof toMessageColumns>);
    expect(back, `seed ${seed}`).toEqual(rows);
  }
});

it('says of messages what columns of anything say', () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const rows = anyRows(seed);
    expect(toMessageColumns(rows), `seed ${seed}`).toEqual(toColumns(rows, messageKeys));
  }
});

it('reads a property of every row, also one that only the last row has otherwise', () => {
  const [plain] = anyRows(3);
  if (plain === undefined) throw new Error('no row');
  for (const key of messageKeys) {
    const other = (values[key] ?? rest)[1];
    const rows = [plain, { ...plain }, { ...plain, [key]: other }];
    expect(fromMessageColumns(toMessageColumns(rows)), key).toEqual(rows);
  }
});
