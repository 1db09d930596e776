/** Answers of a CRM are data from a stranger: these read them without believing in their shape. */
export type JsonRecord = Readonly<Record<string, unknown>>;

export const asRecord = (value: unknown): JsonRecord =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonRecord) : {};

export const asArray = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** Text, or a number as text; anything else is empty. */
export const asText = (value: unknown): string =>
  typeof value === 'string' ? value : typeof value === 'number' ? String(value) : '';

/** Positive whole numbers only: the ids of every product we know. */
export const asId = (value: unknown): number | null => {
  const number = typeof value === 'string' && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === 'number' && Number.isSafeInteger(number) && number > 0 ? number : null;
};
