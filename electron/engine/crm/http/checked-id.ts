import { Permanent } from '../errors.ts';
import { asText } from './json-value.ts';

/**
 * An id that a server named, if it has this shape: whatever else a server says there must not become part of a path or a query.
 * @throws Permanent `server-incompatible`
 */
export function checkedId(value: unknown, shape: RegExp, detail = 'no id where one belongs'): string {
  const text = asText(value);
  if (!shape.test(text)) throw new Permanent('server-incompatible', { detail });
  return text;
}

/** The same for ids that are numbers. */
export const checkedNumber = (value: unknown, shape: RegExp): string => checkedId(value, shape, 'no number where one belongs');

/** A number of at most 15 digits: what most products name their records by. */
export const numberOf = (value: unknown): string => checkedNumber(value, /^\d{1,15}$/);
