import { require } from './contract-server.ts';
import type { ContractRequest } from './contract-server.ts';

export type Row = Record<string, unknown>;
/** What each field may hold; a field that is not named is refused. */
export type Schema = Readonly<Record<string, (value: unknown) => boolean>>;

export function checkBody(body: Row, schema: Schema, needed: readonly string[]): Row {
  for (const [name, value] of Object.entries(body)) {
    const allows = schema[name];
    require(allows !== undefined, `no field ${name} in the body`);
    require(allows(value), `field ${name} is of another type`);
  }
  for (const name of needed) require(body[name] !== undefined && body[name] !== '', `${name} missing`);
  return body;
}

/** Pages are kept short, so that whoever reads only the first one is found out. */
export function pageOf(request: ContractRequest, list: readonly Row[], mark: 'start' | 'cursor') {
  const asked = Number(request.query.get('limit') ?? 100);
  require(asked > 0 && asked <= 500, `limit ${asked}`);
  if (mark === 'start') require(/^\d+$/.test(request.query.get('start') ?? '0'), 'start is a number');
  const from = Number(request.query.get(mark) ?? 0);
  const size = Math.min(asked, mark === 'start' ? 3 : 100);
  return { data: list.slice(from, from + size).map(({ madeAtMs: _, ...row }) => row), next: from + size < list.length ? from + size : null };
}

interface Listed {
  readonly value: string;
}
const valuesOf = (row: Row, name: string): readonly string[] => ((row[name] ?? []) as readonly Listed[]).map(({ value }) => value);

/** Numbers and addresses are plain lists in what a search finds. */
export const personItem = (row: Row) => ({
  id: row['id'],
  type: 'person',
  name: row['name'],
  phones: valuesOf(row, 'phones'),
  emails: valuesOf(row, 'emails'),
  organization: null,
  custom_fields: Object.values((row['custom_fields'] ?? {}) as object).filter((value) => typeof value === 'string'),
  notes: [],
});

const searchable = ['name', 'email', 'phone', 'notes', 'custom_fields'];

export function searchPersons(query: URLSearchParams, rows: readonly Row[]): readonly Row[] {
  const term = (query.get('term') ?? '').toLowerCase();
  const fields = (query.get('fields') ?? searchable.join(',')).split(',');
  const isExact = query.get('exact_match') === 'true';
  for (const name of query.keys()) require(['term', 'fields', 'exact_match', 'limit', 'cursor', 'organization_id', 'include_fields'].includes(name), `no parameter ${name}`);
  for (const field of fields) require(searchable.includes(field), `no field ${field} to search`);
  require(term.length >= (isExact ? 1 : 2), 'a term of at least two characters');
  require(Number(query.get('limit') ?? 100) <= 100, 'limit of at most 100');
  const holds = (value: string): boolean => (isExact ? value.toLowerCase() === term : value.toLowerCase().includes(term));
  const digits = term.replace(/\D/g, '');
  return rows.filter((row) => {
    const item = personItem(row);
    const inPhone = digits !== '' && item.phones.some((phone) => (isExact ? phone === term : phone.replace(/\D/g, '').includes(digits)));
    return (
      (fields.includes('name') && holds(String(item.name))) ||
      (fields.includes('email') && item.emails.some(holds)) ||
      (fields.includes('phone') && inPhone) ||
      (fields.includes('custom_fields') && item.custom_fields.some(holds))
    );
  });
}
