import { describe, expect, it } from 'vitest';
import { isUnusuallySilent } from '../../../electron/engine/watchdog/silence-model.ts';

/** Monday 00:00, as the model of the test counts. */
const monday = 24 * 7 * 2_900;
const hourOfDay = (hour: number): number => hour % 24;
const dayOfWeek = (hour: number): number => Math.floor(hour / 24) % 7;
const kindOf = (hour: number): number => hourOfDay(hour) + (dayOfWeek(hour) > 4 ? 24 : 0);

/** Hours of whole days in which somebody wrote. */
const hoursOf = (days: number, isActive: (hour: number) => boolean, from = monday): number[] =>
  Array.from({ length: days * 24 }, (_unused, index) => from + index).filter(isActive);
const isOfficeHour = (hour: number): boolean => dayOfWeek(hour) < 5 && hourOfDay(hour) >= 9 && hourOfDay(hour) < 17;
/** Three of four, by a fixed pattern that no day repeats. */
const isBusy = (hour: number): boolean => isOfficeHour(hour) && (hour * 7) % 11 > 2;
const silentAt = (hours: readonly number[], nowHour: number): boolean => isUnusuallySilent({ hours, nowHour, kindOf });

describe('the silence of a network', () => {
  const office = hoursOf(26, isBusy);
  const fridayEvening = monday + 24 * 26;

  it('means nothing at night, over a weekend, and in the hours after', () => {
    const lastDay = office.at(-1) ?? 0;
    expect(dayOfWeek(lastDay)).toBe(4);
    for (let hour = lastDay + 1; hour < lastDay + 66; hour += 1) expect(silentAt(office, hour), `${hourOfDay(hour)}:00`).toBe(false);
  });

  it('is told when working hours pass without a word, and only in working hours', () => {
    const told = Array.from({ length: 7 * 24 }, (_unused, index) => fridayEvening + index).filter((hour) => silentAt(office, hour));
    const [first] = told;
    expect(first).toBeDefined();
    expect(dayOfWeek(first ?? 0)).toBeLessThanOrEqual(1);
    expect(told.every(isOfficeHour)).toBe(true);
  });

  it('is not told before two weeks are learned, nor of a place where hardly anybody writes', () => {
    const short = hoursOf(10, isBusy);
    expect(silentAt(short, (short.at(-1) ?? 0) + 48)).toBe(false);
    const rare = hoursOf(56, (hour) => hourOfDay(hour) === 12 && dayOfWeek(hour) === 2);
    for (let days = 1; days < 20; days += 1) expect(silentAt(rare, (rare.at(-1) ?? 0) + days * 24)).toBe(false);
    expect(silentAt([], monday)).toBe(false);
  });

  it('a longer silence that ended well makes it more patient', () => {
    const holiday = hoursOf(26, (hour) => isBusy(hour) && (hour < monday + 24 * 14 || hour >= monday + 24 * 18));
    const after = [...holiday];
    const twoDays = (after.at(-1) ?? 0) + 24 * 3 + 20;
    expect(silentAt(office, twoDays)).toBe(true);
    expect(silentAt(after, twoDays)).toBe(false);
  });

  it('costs little, however much there is', () => {
    const always = hoursOf(60, () => true);
    const startedAtMs = performance.now();
    for (let times = 0; times < 50; times += 1) silentAt(always, (always.at(-1) ?? 0) + 5_000);
    expect(performance.now() - startedAtMs).toBeLessThan(2_000);
  });
});
