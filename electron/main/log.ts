/** Warnings for whoever started the app from a terminal. An error shows its code or name only: messages may hold paths. */
export const log = (what: string, error?: unknown): void => {
  // eslint-disable-next-line no-console -- the one place where this room writes to the terminal
  console.warn(`palomar: ${what}${error === undefined ? '' : ` (${nameOf(error)})`}`);
};

const nameOf = (error: unknown): string => {
  if (!(error instanceof Error)) return typeof error;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
};
