import { useI18n } from 'vue-i18n';

const dayMs = 86_400_000;
const startOfDay = (ms: number): number => new Date(ms).setHours(0, 0, 0, 0);

/** Makes it when it is first asked for: each takes time and memory, and the first screen needs three of them. */
const late = <Value>(make: () => Value): (() => Value) => {
  let made: Value | undefined;
  return () => (made ??= make());
};

const makeFormats = (language: string) => {
  const date = (options: Intl.DateTimeFormatOptions): (() => Intl.DateTimeFormat) => late(() => new Intl.DateTimeFormat(language, options));
  return {
    time: date({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }),
    weekday: date({ weekday: 'short' }),
    day: date({ day: 'numeric', month: 'short' }),
    dayWithYear: date({ day: 'numeric', month: 'short', year: 'numeric' }),
    longDay: date({ weekday: 'long', day: 'numeric', month: 'long' }),
    longDayWithYear: date({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' }),
    exact: date({ dateStyle: 'medium', timeStyle: 'medium', hourCycle: 'h23' }),
    relative: late(() => new Intl.RelativeTimeFormat(language, { numeric: 'auto' })),
    number: late(() => new Intl.NumberFormat(language, { maximumFractionDigits: 1 })),
    list: late(() => new Intl.ListFormat(language, { type: 'conjunction' })),
  };
};

/** Made once a language: a formatter costs a hundred times what it costs to use it. */
const formatsByLanguage = new Map<string, ReturnType<typeof makeFormats>>();
const formatsOf = (language: string): ReturnType<typeof makeFormats> => {
  const known = formatsByLanguage.get(language) ?? makeFormats(language);
  formatsByLanguage.set(language, known);
  return known;
};

/** Dates, times and sizes the way the chosen language writes them. */
export const useFormat = () => {
  const { locale } = useI18n();
  const formats = (): ReturnType<typeof makeFormats> => formatsOf(locale.value);

  const daysAgo = (ms: number, nowMs: number): number => Math.round((startOfDay(nowMs) - startOfDay(ms)) / dayMs);
  const isThisYear = (ms: number, nowMs: number): boolean => new Date(ms).getFullYear() === new Date(nowMs).getFullYear();
  const capital = (text: string): string => text.slice(0, 1).toLocaleUpperCase(locale.value) + text.slice(1);

  return {
    /** 10:42 */
    time: (ms: number): string => formats().time().format(ms),
    /** For lists: today's time, this week's day, else the date. */
    shortWhen: (ms: number, nowMs = Date.now()): string => {
      const days = daysAgo(ms, nowMs);
      if (days <= 0) return formats().time().format(ms);
      if (days < 7) return formats().weekday().format(ms);
      return (isThisYear(ms, nowMs) ? formats().day : formats().dayWithYear)().format(ms);
    },
    /** When something began: the time today, else the day too. */
    sinceWhen: (ms: number, nowMs = Date.now()): string => {
      const time = formats().time().format(ms);
      const day = (isThisYear(ms, nowMs) ? formats().day : formats().dayWithYear)();
      return daysAgo(ms, nowMs) <= 0 ? time : `${day.format(ms)}, ${time}`;
    },
    /** For day dividers: "Today", "Yesterday", "Friday, 20 November". */
    day: (ms: number, nowMs = Date.now()): string => {
      const days = daysAgo(ms, nowMs);
      if (days === 0 || days === 1) return capital(formats().relative().format(-days, 'day'));
      return capital((isThisYear(ms, nowMs) ? formats().longDay : formats().longDayWithYear)().format(ms));
    },
    /** With seconds, for tooltips. */
    exact: (ms: number): string => formats().exact().format(ms),
    /** 184 kB; decimal units as file managers show them. */
    size: (bytes: number): string => {
      const units = ['B', 'kB', 'MB', 'GB', 'TB'];
      const step = bytes < 1 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(bytes) / 3));
      return `${formats().number().format(bytes / 1_000 ** step)} ${units[step]}`;
    },
    /** 15 minutes, 2 days: the largest unit that fits. */
    duration: (ms: number): string => {
      const steps = [
        ['day', dayMs],
        ['hour', 3_600_000],
        ['minute', 60_000],
        ['second', 1_000],
      ] as const;
      const [unit, unitMs] = steps.find(([, size]) => ms >= size) ?? (['second', 1_000] as const);
      return new Intl.NumberFormat(locale.value, { style: 'unit', unit, unitDisplay: 'long', maximumFractionDigits: 0 }).format(ms / unitMs);
    },
    list: (items: readonly string[]): string => formats().list().format(items),
  };
};
