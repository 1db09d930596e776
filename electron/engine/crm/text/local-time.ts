export interface LocalTime {
  /** `2026-11-22` */
  readonly day: string;
  /** `10:21` */
  readonly minute: string;
  /** `UTC+01:00` */
  readonly zone: string;
}

const formats = new Map<string, Intl.DateTimeFormat>();

/** A moment in a time zone, in words that mean the same in every language. */
export function localTime(atMs: number, timeZone: string): LocalTime {
  const parts = new Map(formatFor(timeZone).formatToParts(atMs).map((part) => [part.type, part.value]));
  const zone = parts.get('timeZoneName') ?? 'GMT';
  return {
    day: `${parts.get('year')}-${parts.get('month')}-${parts.get('day')}`,
    minute: `${parts.get('hour')}:${parts.get('minute')}`,
    zone: zone.replace(/^GMT(\+00:00)?/, 'UTC'),
  };
}

function formatFor(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', {
      timeZone,
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    });
    formats.set(timeZone, format);
  }
  return format;
}
