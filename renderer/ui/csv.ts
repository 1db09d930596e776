type Cell = string | number | null;

/** What a table program would take for a formula is made text by a quote in front of it. */
const write = (value: Cell): string => {
  const text = value === null ? '' : String(value);
  const safe = typeof value === 'string' && /^\s*[=+\-@\t\r]/u.test(text) ? `'${text}` : text;
  return /[",\r\n]/u.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** A table as text (RFC 4180). */
export const toCsv = (heads: readonly string[], rows: readonly (readonly Cell[])[]): string =>
  [heads, ...rows].map((line) => `${line.map(write).join(',')}\r\n`).join('');
