/**
 * Whether a network is more silent than it ever is. Learned from the hours in which somebody wrote: how likely each hour
 * of a working day or a weekend is to bring a message, and how long the longest silence was that meant nothing.
 */
export interface SilenceInput {
  /** Hours since 1970 in which somebody wrote, ascending. */
  readonly hours: readonly number[];
  readonly nowHour: number;
  /** Which kind of hour it is where the person lives: hours that are alike share what was learned of them. */
  readonly kindOf?: ((hour: number) => number) | undefined;
}

export const learnedHours = 28 * 24;
/** Less than this teaches nothing. */
const leastLearnedHours = 14 * 24;
const leastActiveHours = 40;
/** Nobody is told before this is as unlikely as one in eight thousand hours … */
const leastSurprise = 9;
/** … and much more so than any silence before. */
const timesLongest = 1.5;
/** At night, and whenever people hardly write, nothing is said. */
const leastLikelyNow = 0.2;
const mostLikely = 0.9;

const hoursOfDay = 24;

/** Hour of the day, weekends apart, in the zone of this computer. */
export const localKind = (hour: number): number => {
  const at = new Date(hour * 3_600_000);
  const isWeekend = at.getDay() === 0 || at.getDay() === 6;
  return at.getHours() + (isWeekend ? hoursOfDay : 0);
};

const countByKind = (hours: Iterable<number>, kindOf: (hour: number) => number): Map<number, number> => {
  const counts = new Map<number, number>();
  for (const hour of hours) counts.set(kindOf(hour), (counts.get(kindOf(hour)) ?? 0) + 1);
  return counts;
};

function* range(from: number, until: number): Generator<number> {
  for (let hour = from; hour < until; hour += 1) yield hour;
}

/** True when the silence since the last of the hours says that something is broken. */
export const isUnusuallySilent = ({ hours, nowHour, kindOf = localKind }: SilenceInput): boolean => {
  const last = hours.at(-1);
  const known = last === undefined ? [] : hours.filter((hour) => hour > last - learnedHours);
  const [first] = known;
  if (first === undefined || last === undefined || last - first < leastLearnedHours || known.length < leastActiveHours) return false;
  const passed = countByKind(range(first, last + 1), kindOf);
  const active = countByKind(known, kindOf);
  const likelihood = (hour: number): number => {
    const kind = kindOf(hour);
    return Math.min(mostLikely, (active.get(kind) ?? 0) / ((passed.get(kind) ?? 0) + 1));
  };
  /** How surprising it is that nobody wrote from the one hour to before the other. */
  const surpriseOf = (from: number, until: number): number => {
    let sum = 0;
    for (const hour of range(from, Math.min(until, from + learnedHours))) sum -= Math.log(1 - likelihood(hour));
    return sum;
  };
  if (likelihood(nowHour) < leastLikelyNow) return false;
  const surprise = surpriseOf(last + 1, nowHour);
  if (surprise < leastSurprise) return false;
  const longest = Math.max(...known.slice(1).map((hour, index) => surpriseOf((known[index] ?? hour) + 1, hour)));
  return surprise > longest * timesLongest;
};
