import { Permanent } from '../errors.ts';
import { asId } from '../http/json-value.ts';

/** The number of a record, of ours or as the server says it. */
export function idOf(record: { readonly id?: unknown }): number {
  const id = asId(record.id);
  if (id === null) throw new Permanent('server-incompatible', { detail: 'no number where one belongs' });
  return id;
}
