import { Answered, require } from './contract-server.ts';

export type Row = Readonly<Record<string, unknown>>;

export const modules = ['Contacts', 'Leads', 'Deals'] as const;
const people = { Full_Name: 0, First_Name: 40, 'Last_Name*': 80, Email: 100, Phone: 30, Mobile: 30, Palomar_Key: 255 };

/** Fields of each module with the length they hold; `*` is mandatory, 0 cannot be written. From the field metadata of a new organization. */
export const fields: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Contacts: { ...people, Home_Phone: 30, Other_Phone: 30, Owner: 0 },
  Leads: { ...people, Lead_Status: 120, Owner: 0 },
  Deals: { 'Deal_Name*': 120, 'Stage*': 120, 'Pipeline*': 120, 'Closing_Date*': 10, Contact_Name: 20, Owner: 0, Palomar_Key: 255 },
};
/** In no order, as they may come; the sequence counts. */
export const picks: Readonly<Record<string, readonly { readonly value: string; readonly sequence: number; readonly isUnused?: boolean }[]>> = {
  Stage: [
    { value: 'Closed Won', sequence: 5 },
    { value: 'Qualification', sequence: 1 },
    { value: 'Negotiation/Review', sequence: 3 },
    { value: 'Old stage', sequence: 0, isUnused: true },
  ],
  Lead_Status: [{ value: 'Contacted', sequence: 2 }, { value: '-None-', sequence: 1 }, { value: 'Lost Lead', sequence: 3 }],
  Pipeline: [{ value: 'Standard (Standard)', sequence: 1 }],
};

export const refusal = (status: number, code: string, message: string, details: object = {}): Answered =>
  new Answered({ status, json: { code, message, details, status: 'error' } });

/** What becomes of one record of a request. */
export const refused = (code: string, message: string, details: object): Answered => new Answered({ status: 400, json: { data: [{ code, message, details, status: 'error' }] } });

export const nameOf = (field: string): string => field.replace('*', '');

/** https://www.zoho.com/crm/developer/docs/api/v8/insert-records.html */
export function checkValues(module: string, values: Row, isNew: boolean, hasKeyField: boolean): void {
  const known = fields[module] ?? {};
  for (const [name, value] of Object.entries(values)) {
    const size = known[name] ?? known[`${name}*`];
    require(size !== undefined && size > 0 && (name !== 'Palomar_Key' || hasKeyField), `no field ${name} of ${module} to write`);
    if (name === 'Contact_Name') require(/^\d+$/.test(String((value as { id?: string }).id)), 'Contact_Name: a record with an id');
    else require(typeof value === 'string', `field ${name} is no text`);
    if (typeof value === 'string' && value.length > size) throw refused('INVALID_DATA', 'invalid data', { api_name: name, maximum_length: size });
    if (name === 'Closing_Date') require(/^\d{4}-\d\d-\d\d$/.test(String(value)), 'Closing_Date: YYYY-MM-DD');
    if (name in picks) require(picks[name]?.some((pick) => pick.value === value && pick.isUnused !== true), `${name}: ${String(value)}`);
  }
  for (const name of isNew ? Object.keys(known).filter((one) => one.endsWith('*')).map(nameOf) : []) {
    if (!values[name]) throw refused('MANDATORY_NOT_FOUND', 'required field not found', { api_name: name, json_path: `$.data[0].${name}` });
  }
}

/** `{ data: [one record], trigger: [] }`: without `trigger` the workflows of the company run, and may mail somebody. */
export function readData(body: Record<string, unknown>, names: readonly string[]): Row {
  for (const name of Object.keys(body)) require(names.includes(name), `no key ${name} in the body`);
  const { data, trigger } = body;
  require(Array.isArray(data) && data.length === 1, 'data: a list of one record here');
  if (names.includes('trigger')) require(Array.isArray(trigger) && trigger.length === 0, 'workflows would run');
  return data[0] as Row;
}

export interface Coql {
  readonly columns: readonly string[];
  readonly module: string;
  readonly field: string;
  readonly value: string;
  readonly limit: number;
}

/** The part of the grammar that is asked here: one condition; two quotes stand for one. */
export function readCoql(text: string): Coql {
  const found = /^select ([\w, ]+) from (\w+) where (\w+) = '((?:[^']|'')*)' limit (\d+)$/.exec(text);
  require(found !== null, `COQL: ${text}`);
  const [, columns = '', module = '', field = '', value = '', limit = ''] = found;
  require(Number(limit) > 0 && Number(limit) <= 2_000, `limit ${limit}`);
  return { columns: columns.split(',').map((one) => one.trim()), module, field, value: value.replaceAll("''", "'"), limit: Number(limit) };
}

/** All fields of numbers are looked through, by what they hold without signs. */
export function isFound(row: Row, by: string, value: string): boolean {
  const plain = (text: unknown): string => String(text ?? '').replace(/\D/g, '');
  if (by === 'email') return String(row['Email'] ?? '').toLowerCase() === value.toLowerCase();
  if (by === 'phone') return ['Phone', 'Mobile', 'Home_Phone', 'Other_Phone'].some((name) => plain(row[name]) !== '' && plain(row[name]) === plain(value));
  return Object.values(row).some((one) => typeof one === 'string' && one.toLowerCase().includes(value.toLowerCase()));
}
