import { require } from './contract-server.ts';

export interface MultiValue {
  readonly ID: string;
  readonly VALUE: string;
  readonly VALUE_TYPE: string;
  readonly TYPE_ID: string;
}

export type Contact = Record<string, string | MultiValue[]> & { ID: string };

export interface BitrixComment {
  readonly id: number;
  readonly entityType: 'contact' | 'deal';
  readonly ownerId: number;
  readonly text: string;
  readonly files: readonly { readonly name: string; readonly bytes: Buffer }[];
}

export type Json = Record<string, unknown>;
const pageSize = 50;
const multiTypes: Readonly<Record<string, readonly string[]>> = {
  PHONE: ['WORK', 'MOBILE', 'FAX', 'HOME', 'PAGER', 'MAILING', 'OTHER'],
  EMAIL: ['WORK', 'HOME', 'MAILING', 'OTHER'],
  IM: ['FACEBOOK', 'TELEGRAM', 'VK', 'SKYPE', 'VIBER', 'INSTAGRAM', 'BITRIX24', 'OPENLINE', 'IMOL', 'ICQ', 'MSN', 'JABBER', 'OTHER'],
};
export const textFields = ['NAME', 'SECOND_NAME', 'LAST_NAME', 'POST', 'COMMENTS', 'SOURCE_DESCRIPTION', 'OPENED', 'ORIGINATOR_ID', 'ORIGIN_ID', 'ORIGIN_VERSION'];
export const readable = ['ID', ...textFields, ...Object.keys(multiTypes)];

export class Page {
  readonly rows: readonly unknown[];
  readonly next: number | null;
  readonly total: number;
  constructor(rows: readonly unknown[], next: number | null, total: number) {
    this.rows = rows;
    this.next = next;
    this.total = total;
  }
}

/** Always 50 rows; `next` is where the following page starts. */
export function page(rows: readonly unknown[], params: Json): Page {
  const start = params['start'] ?? 0;
  require(Number.isInteger(start) && (start as number) % pageSize === 0, 'start: a multiple of 50');
  const end = (start as number) + pageSize;
  return new Page(rows.slice(start as number, end), rows.length > end ? end : null, rows.length);
}

export const shown = ({ id, entityType, ownerId, text, files }: BitrixComment) => ({
  ID: String(id),
  ENTITY_ID: String(ownerId),
  ENTITY_TYPE: entityType,
  CREATED: '2026-11-20T12:00:00+03:00',
  COMMENT: text,
  AUTHOR_ID: '1',
  FILES: Object.fromEntries(files.map(({ name, bytes }, index) => [String(index + 1), { id: index + 1, name, size: bytes.length }])),
});

export function toFile(file: unknown): { name: string; bytes: Buffer } {
  require(Array.isArray(file) && file.length === 2, 'FILES: pairs of name and base64');
  const [name, content] = file as unknown[];
  require(typeof name === 'string' && name !== '' && typeof content === 'string' && /^[A-Za-z0-9+/]+={0,2}$/.test(content), 'FILES: name and base64');
  return { name: name as string, bytes: Buffer.from(content as string, 'base64') };
}

/** Multi-fields without ID are added to those that are there. */
export function write(contact: Contact, fields: Json): void {
  for (const [name, value] of Object.entries(fields)) {
    const types = multiTypes[name];
    if (types === undefined) {
      require(textFields.includes(name) && typeof value === 'string', `field ${name}`);
      require(value.length <= (name === 'NAME' || name === 'LAST_NAME' ? 50 : 255), `${name} is longer than its column`);
      contact[name] = value;
      continue;
    }
    require(Array.isArray(value), `${name}: a list`);
    const rows = (value as Json[]).map((one, index): MultiValue => {
      only(one, ['VALUE', 'VALUE_TYPE']);
      require(typeof one['VALUE'] === 'string' && types.includes(String(one['VALUE_TYPE'])), `${name}: VALUE and VALUE_TYPE`);
      return { ID: String(index + 1), VALUE: String(one['VALUE']), VALUE_TYPE: String(one['VALUE_TYPE']), TYPE_ID: name };
    });
    contact[name] = [...((contact[name] ?? []) as MultiValue[]), ...rows];
  }
}

export function checkParams(params: Json): void {
  const given = recordOf(params['params'] ?? {}, 'params');
  only(given, ['REGISTER_SONET_EVENT', 'IMPORT']);
  require(Object.values(given).every((value) => value === 'Y' || value === 'N'), 'params: Y or N');
}

export function recordOf(value: unknown, name: string): Json {
  require(typeof value === 'object' && value !== null && !Array.isArray(value), `${name}: a record`);
  return value as Json;
}

export function only(given: Json, names: readonly string[]): void {
  for (const name of Object.keys(given)) require(names.includes(name), `${name} is not documented`);
}

/** A deal as it is stored; all values are texts there. */
export type Deal = Readonly<Record<'ID' | 'TITLE' | 'STAGE_ID' | 'CATEGORY_ID' | 'CONTACT_ID' | 'CLOSED' | 'ASSIGNED_BY_ID' | 'ORIGINATOR_ID' | 'ORIGIN_ID', string>>;

const dealFields = ['ID', 'TITLE', 'STAGE_ID', 'CATEGORY_ID', 'CONTACT_ID', 'CLOSED', 'ASSIGNED_BY_ID', 'ORIGINATOR_ID', 'ORIGIN_ID'] as const;

/** What `crm.deal.add` makes of its fields: the first stage of the first funnel, the user of the webhook. */
export function newDeal(id: number, params: Json, hasContact: (id: number) => boolean): Deal {
  only(params, ['fields', 'params']);
  checkParams(params);
  const { TITLE: title = `Deal #${id}`, CONTACT_IDS: ids = [], ORIGINATOR_ID: originator = '', ORIGIN_ID: origin = '', ...more } = recordOf(params['fields'], 'fields');
  only(more, []);
  require([title, originator, origin].every((value) => typeof value === 'string' && value.length <= 255), 'TITLE, ORIGINATOR_ID, ORIGIN_ID: texts of 255 signs');
  require(Array.isArray(ids) && ids.every((one) => Number.isInteger(one) && hasContact(one as number)), 'CONTACT_IDS: numbers of contacts');
  const [contact = ''] = ids as number[];
  const given = { TITLE: String(title), CONTACT_ID: String(contact), ORIGINATOR_ID: String(originator), ORIGIN_ID: String(origin) };
  return { ID: String(id), STAGE_ID: 'NEW', CATEGORY_ID: '0', CLOSED: 'N', ASSIGNED_BY_ID: '1', ...given };
}

export function listDeals(deals: readonly Deal[], params: Json): Page {
  only(params, ['select', 'filter', 'order', 'start']);
  const filter = recordOf(params['filter'], 'filter');
  only(filter, dealFields);
  const order = JSON.stringify(params['order']);
  require(order === '{"ID":"DESC"}' || order === '{"ID":"ASC"}', 'order');
  const select = (params['select'] ?? []) as (keyof Deal)[];
  require(select.every((name) => dealFields.includes(name)), `select ${select.join()}`);
  const found = deals.filter((deal) => Object.entries(filter).every(([name, wanted]) => deal[name as keyof Deal] === String(wanted)));
  const inOrder = order === '{"ID":"DESC"}' ? [...found].reverse() : found;
  return page(inOrder.map((deal) => Object.fromEntries(select.map((name) => [name, deal[name]]))), params);
}
