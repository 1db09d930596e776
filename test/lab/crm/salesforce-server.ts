import { createHash } from 'node:crypto';
import { Answered, ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest } from './contract-server.ts';
import { readSoql, readSosl, type SoqlCondition } from './salesforce-queries.ts';
import { signInPage } from './sign-in-page.ts';

type Row = Readonly<Record<string, unknown>>;

export interface SalesforceOptions {
  /** How long a search does not see a new record. Queries see it at once. */
  readonly searchLagMs?: number | undefined;
  readonly hasKeyFields?: boolean | undefined;
  /** Whether cases have it too. */
  readonly hasCaseKey?: boolean | undefined;
}

export interface SalesforceServer {
  readonly server: ContractServer;
  readonly clientId: string;
  readonly agree: (link: string) => string;
  readonly rows: (object: string) => readonly Row[];
  /** As a person in Salesforce does it. */
  readonly add: (object: string, values: Row) => string;
  readonly remove: (object: string, id: string) => void;
}

/** Fields that may be written, with the length they hold; `*` is required. From the Object Reference. */
const writable: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  Contact: { 'LastName*': 80, FirstName: 40, Email: 80, MobilePhone: 40, Phone: 40, HomePhone: 40, OtherPhone: 40, Palomar_Key__c: 60 },
  Task: { Subject: 255, Description: 32_000, 'Status*': 255, ActivityDate: 10, WhoId: 18, WhatId: 18, Palomar_Key__c: 60 },
  Case: { Subject: 255, ContactId: 18, Palomar_Key__c: 60 },
  ContentVersion: { Title: 255, 'PathOnClient*': 500, Description: 1_000, FirstPublishLocationId: 18 },
};
const prefixes: Readonly<Record<string, string>> = { Contact: '003', Task: '00T', ContentVersion: '068', ContentDocument: '069', ContentDocumentLink: '06A', Case: '500' };
/** What a WHERE may ask for. Long texts may not be filtered by. */
const filterable: Readonly<Record<string, readonly string[]>> = {
  Contact: ['Id', 'Email', 'Palomar_Key__c'],
  Task: ['Id', 'WhoId', 'WhatId', 'Palomar_Key__c'],
  Case: ['Id', 'ContactId', 'IsClosed', 'Palomar_Key__c'],
  ContentVersion: ['Id'],
  ContentDocumentLink: ['LinkedEntityId', 'ContentDocumentId'],
};
const phoneFields = ['Phone', 'MobilePhone', 'HomePhone', 'OtherPhone'];
const base = '/services/data/v62.0';
/** Salesforce answers up to 2,000 rows, and may answer fewer; so few make every list go on. */
const pageSize = 2;

const refusal = (status: number, errorCode: string, message: string, fields: readonly string[] = []): Answered =>
  new Answered({ status, json: [{ message, errorCode, fields }] });

/** Salesforce's REST API 62.0 and its sign-in, as developer.salesforce.com/docs/platform/api-rest writes them. */
export async function startSalesforce({ searchLagMs = 0, hasKeyFields = true, hasCaseKey = true }: SalesforceOptions = {}): Promise<SalesforceServer> {
  const clientId = '3MVG9.palomar';
  const page = signInPage({ authorizePath: '/services/oauth2/authorize', tokenPath: '/services/oauth2/token', clientId, scope: 'api refresh_token' });
  const tables = new Map(Object.keys(prefixes).map((object) => [object, new Map<string, Record<string, unknown>>()]));
  const cursors = new Map<string, readonly unknown[]>();
  let count = 0;

  const tableOf = (object: string): Map<string, Record<string, unknown>> => {
    const table = tables.get(object);
    if (table === undefined) throw refusal(404, 'NOT_FOUND', 'The requested resource does not exist');
    return table;
  };
  const live = (object: string, id: string): Record<string, unknown> => {
    const row = tableOf(object).get(id);
    if (row === undefined) throw refusal(404, 'NOT_FOUND', 'The requested resource does not exist');
    return row;
  };
  const add = (object: string, values: Row): string => {
    count += 1;
    // Ids do not grow with time: two pods of Salesforce give them out.
    const id = `${prefixes[object]}${createHash('sha256').update(`${object} ${count}`).digest('hex').slice(0, 15)}`;
    const name = object === 'Contact' ? { Name: [values['FirstName'], values['LastName']].filter(Boolean).join(' ') } : {};
    // Status, priority and owner of a case are filled in there, unless they are given.
    const usual = object === 'Case' ? { Status: 'New', Priority: 'Medium', IsClosed: false } : {};
    tableOf(object).set(id, { ...usual, ...values, ...name, Id: id, CreatedDate: `${new Date().toISOString().slice(0, 19)}.000+0000`, addedAtMs: performance.now() });
    return id;
  };

  const check = (object: string, values: Row, isNew: boolean): Row => {
    const known = writable[object] ?? {};
    for (const [field, value] of Object.entries(values)) {
      const size = known[field] ?? known[`${field}*`];
      if (field === 'Palomar_Key__c' && !hasKeyFields) throw refusal(400, 'INVALID_FIELD', `No such column 'Palomar_Key__c' on sobject of type ${object}`);
      require(size !== undefined, `no field ${field} of ${object} to write`);
      require(typeof value === 'string', `field ${field} is no text`);
      if (value.length > size) throw refusal(400, 'STRING_TOO_LONG', `${field}: data value too large (max length=${size})`, [field]);
    }
    for (const field of isNew ? Object.keys(known).filter((name) => name.endsWith('*')) : []) {
      if (!values[field.slice(0, -1)]) throw refusal(400, 'REQUIRED_FIELD_MISSING', `Required fields are missing: [${field.slice(0, -1)}]`, [field.slice(0, -1)]);
    }
    if (object === 'Contact') checkUnique(values);
    for (const [field, target] of [['WhoId', 'Contact'], ['WhatId', 'Case'], ['ContactId', 'Contact']] as const) {
      const id = values[field];
      if (id !== undefined && !tableOf(target).has(String(id))) throw refusal(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', [field]);
    }
    return values;
  };
  const checkUnique = (values: Row): void => {
    const twin = [...tableOf('Contact').values()].find((row) => values['Palomar_Key__c'] !== undefined && row['Palomar_Key__c'] === values['Palomar_Key__c']);
    if (twin !== undefined) throw refusal(400, 'DUPLICATE_VALUE', `duplicate value found: Palomar_Key__c duplicates value on record with id: ${String(twin['Id'])}`);
  };

  const create = async (request: ContractRequest): Promise<ContractAnswer> => {
    const { object = '' } = request.params;
    if (object === 'ContentVersion') return { status: 201, json: { id: await addFile(request), success: true, errors: [] } };
    require(object in writable, `${object} is not created here`);
    return { status: 201, json: { id: add(object, check(object, request.json(), true)), success: true, errors: [] } };
  };
  const addFile = async (request: ContractRequest): Promise<string> => {
    const form = await request.form();
    const [about, file, ...more] = [...form.entries()];
    require(about?.[0] === 'entity_content' && file?.[0] === 'VersionData' && more.length === 0, 'parts entity_content and VersionData, in this order');
    require(file[1] instanceof File && file[1].name !== '', 'VersionData is no file');
    const text = typeof about[1] === 'string' ? about[1] : await about[1].text();
    const values = check('ContentVersion', JSON.parse(text) as Row, true);
    const parent = String(values['FirstPublishLocationId'] ?? '');
    if (!tableOf('Contact').has(parent) && !tableOf('Case').has(parent)) throw refusal(400, 'INVALID_CROSS_REFERENCE_KEY', 'invalid cross reference id', ['FirstPublishLocationId']);
    const documentId = add('ContentDocument', { Title: values['Title'], Description: values['Description'], bytes: Buffer.from(await file[1].arrayBuffer()) });
    add('ContentDocumentLink', { ContentDocumentId: documentId, LinkedEntityId: parent });
    return add('ContentVersion', { ...values, ContentDocumentId: documentId });
  };

  const upsert = (request: ContractRequest): ContractAnswer => {
    const { object = '', field = '', value = '' } = request.params;
    if (!hasKeyFields) throw refusal(404, 'NOT_FOUND', 'Provided external ID field does not exist or is not accessible: Palomar_Key__c');
    require((object === 'Contact' || (object === 'Case' && hasCaseKey)) && field === 'Palomar_Key__c', `${field} is no external id of ${object}`);
    const values = request.json();
    require(!('Id' in values) && !(field in values), 'neither Id nor the external id may stand in the body');
    const known = [...tableOf(object).values()].find((row) => row[field] === value);
    if (known === undefined) return { status: 201, json: { id: add(object, { ...check(object, values, true), [field]: value, ...ownerOf(request) }), success: true, errors: [], created: true } };
    Object.assign(known, check(object, values, false));
    return { json: { id: known['Id'], success: true, errors: [], created: false } };
  };

  // Unless it is told not to, the active assignment rule gives a new case to a queue, and those in it are told.
  const ownerOf = ({ params, headers }: ContractRequest): Row =>
    params['object'] === 'Case' && (headers['sforce-auto-assign'] ?? '').toUpperCase() !== 'FALSE' ? { OwnerName: 'Support queue' } : {};

  const read = (request: ContractRequest): ContractAnswer => {
    const { object = '', id = '' } = request.params;
    const row = live(object, id);
    const fields = (request.query.get('fields') ?? '').split(',');
    require(fields[0] !== '', 'which fields?');
    return { json: Object.fromEntries([...fields, 'Id'].map((field) => [field, row[field] ?? null])) };
  };
  const update = (request: ContractRequest): ContractAnswer => {
    const { object = '', id = '' } = request.params;
    Object.assign(live(object, id), check(object, request.json(), false));
    return { status: 204 };
  };
  const remove = (request: ContractRequest): ContractAnswer => {
    const { object = '', id = '' } = request.params;
    live(object, id);
    tableOf(object).delete(id);
    for (const [linkId, link] of tableOf('ContentDocumentLink')) if (link['ContentDocumentId'] === id) tableOf('ContentDocumentLink').delete(linkId);
    return { status: 204 };
  };

  const holds = (row: Row, { field, operator, value }: SoqlCondition): boolean => {
    const has = String(row[field] ?? '');
    return operator === '=' ? has.toLowerCase() === value.toLowerCase() : has.startsWith(value.slice(0, -1));
  };
  const query = (request: ContractRequest): ContractAnswer => {
    const { fields, object, conditions } = readSoql(request.query.get('q') ?? '');
    require(object in filterable, `${object} is not asked for`);
    for (const { field } of conditions) {
      if (field === 'Palomar_Key__c' && !hasKeyFields) throw refusal(400, 'INVALID_FIELD', `No such column 'Palomar_Key__c' on entity '${object}'.`);
      require(filterable[object]?.includes(field), `${object}.${field} cannot be filtered by`);
    }
    const found = [...tableOf(object).values()].filter((row) => conditions.every((condition) => holds(row, condition)));
    return paged(found.map((row) => shown(object, row, fields)));
  };
  const shown = (object: string, row: Row, fields: readonly string[]): Row => {
    const document = object === 'ContentDocumentLink' ? tableOf('ContentDocument').get(String(row['ContentDocumentId'])) : undefined;
    const values = Object.fromEntries(fields.filter((field) => !field.includes('.')).map((field) => [field, row[field] ?? null]));
    const nested = fields.filter((field) => field.startsWith('ContentDocument.')).map((field) => field.slice('ContentDocument.'.length));
    const inside = Object.fromEntries(nested.map((field) => [field, document?.[field] ?? null]));
    const owner = fields.includes('Owner.Name') ? { Owner: { attributes: { type: 'User' }, Name: row['OwnerName'] ?? 'Jordi Llach' } } : {};
    return { attributes: { type: object }, ...values, ...owner, ...(nested.length === 0 ? {} : { ContentDocument: inside }) };
  };
  const paged = (rows: readonly unknown[]): ContractAnswer => {
    const rest = rows.slice(pageSize);
    if (rest.length === 0) return { json: { totalSize: rows.length, done: true, records: rows } };
    count += 1;
    const cursor = `01gxx0000000${count}-${pageSize}`;
    cursors.set(cursor, rest);
    return { json: { totalSize: rows.length, done: false, nextRecordsUrl: `${base}/query/${cursor}`, records: rows.slice(0, pageSize) } };
  };
  const more = (request: ContractRequest): ContractAnswer => {
    const rest = cursors.get(request.params['cursor'] ?? '');
    require(rest !== undefined, 'no such cursor');
    return paged(rest);
  };

  const search = (request: ContractRequest): ContractAnswer => {
    const { words, scope, fields } = readSosl(request.query.get('q') ?? '');
    const isOld = (row: Row): boolean => performance.now() - Number(row['addedAtMs']) >= searchLagMs;
    const isIn = (row: Row): boolean => {
      if (scope === 'NAME') return words.some((word) => String(row['Name']).toLowerCase().includes(word.toLowerCase()));
      const numbers = phoneFields.map((field) => String(row[field] ?? '').replace(/\D/g, ''));
      return words.some((word) => numbers.some((number) => number !== '' && number.endsWith(word)));
    };
    const found = [...tableOf('Contact').values()].filter((row) => isOld(row) && isIn(row)).slice(0, 20);
    return { json: { searchRecords: found.map((row) => shown('Contact', row, fields)) } };
  };

  const describe = (request: ContractRequest): ContractAnswer => {
    const { object = '' } = request.params;
    tableOf(object);
    const isKey = object === 'Contact' || object === 'Case';
    const ours = { name: 'Palomar_Key__c', externalId: isKey, unique: isKey, filterable: true, createable: true };
    const isThere = hasKeyFields && (hasCaseKey || object !== 'Case');
    return { json: { name: object, createable: true, updateable: true, deletable: true, queryable: true, fields: isThere ? [ours] : [] } };
  };

  const server = await ContractServer.start({
    authorize: ({ path, headers }) => {
      if (path === '/services/oauth2/token') return null;
      const [, token = ''] = /^Bearer (.+)$/.exec(headers['authorization'] ?? '') ?? [];
      return page.isGood(token) ? null : { status: 401, json: [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }] };
    },
    refuse: (status, message) => ({ status, json: [{ message, errorCode: status === 429 ? 'REQUEST_LIMIT_EXCEEDED' : 'MALFORMED_QUERY' }] }),
    routes: [
      ...page.routes,
      { method: 'GET', path: `${base}/query`, handle: query },
      { method: 'GET', path: `${base}/query/:cursor`, handle: more },
      { method: 'GET', path: `${base}/search`, handle: search },
      { method: 'GET', path: `${base}/sobjects/:object/describe`, handle: describe },
      { method: 'POST', path: `${base}/sobjects/:object`, handle: create },
      { method: 'PATCH', path: `${base}/sobjects/:object/:field/:value`, handle: upsert },
      { method: 'GET', path: `${base}/sobjects/:object/:id`, handle: read },
      { method: 'PATCH', path: `${base}/sobjects/:object/:id`, handle: update },
      { method: 'DELETE', path: `${base}/sobjects/:object/:id`, handle: remove },
    ],
  });
  return { server, clientId, agree: page.agree, rows: (object) => [...tableOf(object).values()], add, remove: (object, id) => void tableOf(object).delete(id) };
}
