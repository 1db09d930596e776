import { describe, expect, it } from 'vitest';
import { MessageIds } from '../../../electron/engine/store/message-id.ts';

const secondMs = 1_000;
const atMs = Date.UTC(2026, 5, 1);
const slotsPerSecond = 64;

describe('ids of messages', () => {
  it('grow with the time they were written', () => {
    const ids = new MessageIds();
    const later = ids.next(atMs + secondMs);
    expect(new MessageIds().next(atMs)).toBeLessThan(later);
    expect(later - new MessageIds().next(atMs)).toBe(slotsPerSecond);
  });

  it('of a burst far above what a second holds follow one another, so that no free one has to be looked for', () => {
    const ids = new MessageIds();
    const given = Array.from({ length: 50_000 }, (_, index) => Number(ids.next(atMs + Math.floor(index / 2_000) * secondMs)));
    expect(given.every((id, index) => id === (given[0] ?? 0) + index)).toBe(true);
  });

  it('go back to their time after such a burst', () => {
    const ids = new MessageIds();
    for (let count = 0; count < 50_000; count += 1) ids.next(atMs);
    const hourMs = 3_600_000;
    expect(ids.next(atMs + hourMs)).toBe(new MessageIds().next(atMs + hourMs));
    expect(ids.next(atMs - hourMs)).toBe(new MessageIds().next(atMs - hourMs));
  });
});
