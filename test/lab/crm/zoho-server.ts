import { ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest } from './contract-server.ts';
import { signInPage } from './sign-in-page.ts';
import { checkValues, fields, isFound, modules, nameOf, picks, readCoql, readData, refusal, refused } from './zoho-rules.ts';
import type { Row } from './zoho-rules.ts';

export interface ZohoOptions {
  /** How long a search does not see a new record. Queries and related lists see it at once. */
  readonly searchLagMs?: number | undefined;
  /** Modules that have our field, and whether its values are unique. */
  readonly keyFields?: Readonly<Record<string, 'unique' | 'plain'>> | undefined;
  readonly forbidden?: readonly string[] | undefined;
}

export interface ZohoServer {
  readonly server: ContractServer;
  readonly clientId: string;
  readonly agree: (link: string) => string;
  readonly rows: (table: string) => readonly Row[];
  /** As a person at Zoho does it. */
  readonly add: (table: string, values: Row) => string;
  readonly change: (table: string, id: string, values: Row) => void;
  readonly remove: (table: string, id: string) => void;
}

const scope =
  'ZohoCRM.modules.contacts.ALL,ZohoCRM.modules.leads.ALL,ZohoCRM.modules.deals.ALL,ZohoCRM.modules.notes.ALL,ZohoCRM.modules.attachments.ALL,ZohoCRM.coql.READ,ZohoCRM.settings.fields.READ,ZohoCRM.users.READ,ZohoSearch.securesearch.READ';
/** 200 there; so few make every list go on. */
const pageSize = 2;
const base = '/crm/v8';

/** Zoho CRM's API, version 8, and its sign-in, after www.zoho.com/crm/developer/docs/api/v8 and its published description. */
export async function startZoho({ searchLagMs = 0, keyFields = { Contacts: 'unique', Leads: 'unique', Deals: 'unique' }, forbidden = [] }: ZohoOptions = {}): Promise<ZohoServer> {
  const clientId = '1000.PALOMAR';
  const extra = { access_type: 'offline', prompt: 'consent' };
  const page = signInPage({ authorizePath: '/oauth/v2/auth', tokenPath: '/oauth/v2/token', clientId, scope, extra });
  const tables = new Map([...modules, 'Notes', 'Attachments'].map((name) => [name, new Map<string, Record<string, unknown>>()]));
  let count = 0;

  const tableOf = (name: string): Map<string, Record<string, unknown>> => {
    const table = tables.get(name);
    if (table === undefined) throw refusal(400, 'INVALID_MODULE', 'the module name given seems to be invalid', { resource_path_index: 0 });
    return table;
  };
  const add = (table: string, values: Row): string => {
    count += 1;
    // Two of its servers give out numbers, each from a stock of its own.
    const id = `4876876000000${String(count % 2 === 0 ? 300_000 + count : 600_000 + count)}`;
    const name = table === 'Contacts' || table === 'Leads' ? { Full_Name: [values['First_Name'], values['Last_Name']].filter(Boolean).join(' ') } : {};
    tableOf(table).set(id, { ...values, ...name, id, Owner: { name: 'Jordi Llach', id: '4876876000000225013' }, addedAtMs: performance.now() });
    return id;
  };
  const live = (table: string, id: string): Record<string, unknown> => {
    const row = tableOf(table).get(id);
    if (row === undefined) throw refusal(400, 'INVALID_DATA', 'the id given seems to be invalid', { resource_path_index: 1 });
    return row;
  };
  const mayUse = (module: string): void => {
    if (forbidden.includes(module)) throw refusal(403, 'NO_PERMISSION', 'permission denied', { permissions: [`Crm_Implied_View_${module}`] });
  };
  const done = (id: string, message: string, status = 200): ContractAnswer => {
    const time = new Date().toISOString().replace(/\.\d+Z$/, '+00:00');
    return { status, json: { data: [{ code: 'SUCCESS', details: { id, Created_Time: time, Modified_Time: time }, message, status: 'success' }] } };
  };
  const checkUnique = (module: string, values: Row, ownId: string | null): void => {
    if (keyFields[module] !== 'unique' || values['Palomar_Key'] === undefined) return;
    const twin = [...tableOf(module).values()].find((row) => row['id'] !== ownId && row['Palomar_Key'] === values['Palomar_Key']);
    if (twin !== undefined) throw refused('DUPLICATE_DATA', 'duplicate data', { api_name: 'Palomar_Key', id: twin['id'], json_path: '$.data[0].Palomar_Key' });
  };
  const shown = (row: Row, names: readonly string[]): Row => ({ id: row['id'], ...Object.fromEntries(names.map((name) => [name, row[name] ?? null])) });
  const wanted = (request: ContractRequest, module: string): readonly string[] => {
    const names = (request.query.get('fields') ?? '').split(',');
    if (names[0] === '') throw refusal(400, 'REQUIRED_PARAM_MISSING', 'One of the expected parameter is missing', { param_name: 'fields' });
    const known = Object.keys(fields[module] ?? {}).map(nameOf);
    if (known.length > 0) for (const name of names) require(known.includes(name), `no field ${name} of ${module}`);
    return names;
  };
  const paged = (request: ContractRequest, found: readonly Row[]): ContractAnswer => {
    const at = Number(request.query.get('page') ?? 1);
    require(at >= 1 && Number(request.query.get('per_page') ?? 200) <= 200, 'page from 1, per_page up to 200');
    if (found.length === 0) return { status: 204 };
    const data = found.slice((at - 1) * pageSize, at * pageSize);
    return { json: { data, info: { per_page: pageSize, count: data.length, page: at, more_records: found.length > at * pageSize } } };
  };

  const create = (request: ContractRequest): ContractAnswer => {
    const { module = '' } = request.params;
    if (module === 'Notes') return createNote(request);
    mayUse(module);
    require(module in fields, `${module} is not created here`);
    const values = readData(request.json(), ['data', 'trigger']);
    checkValues(module, values, true, keyFields[module] !== undefined);
    checkUnique(module, values, null);
    const contact = values['Contact_Name'] as { readonly id: string } | undefined;
    if (contact !== undefined) live('Contacts', contact.id);
    return done(add(module, values), 'record added', 201);
  };
  const createNote = (request: ContractRequest): ContractAnswer => {
    const values = readData(request.json(), ['data']);
    for (const name of Object.keys(values)) require(['Note_Title', 'Note_Content', 'Parent_Id'].includes(name), `no field ${name} of a note`);
    const parent = values['Parent_Id'] as { readonly id?: string; readonly module?: { readonly api_name?: string } } | undefined;
    require(typeof values['Note_Content'] === 'string' && values['Note_Content'] !== '', 'a note without content');
    require(/\b(?:crm|zsu)\[/.exec(values['Note_Content']) === null, 'a colleague is mentioned, and told');
    if (values['Note_Content'].length > 32_000) throw refused('INVALID_DATA', 'invalid data', { api_name: 'Note_Content', maximum_length: 32_000 });
    require(typeof parent?.id === 'string' && typeof parent.module?.api_name === 'string', 'Parent_Id: module.api_name and id');
    if (!tableOf(parent.module.api_name).has(parent.id)) throw refused('INVALID_DATA', 'the related id given seems to be invalid', { api_name: 'Parent_Id' });
    return done(add('Notes', values), 'record added', 201);
  };
  const update = (request: ContractRequest): ContractAnswer => {
    const { module = '', id = '' } = request.params;
    const values = readData(request.json(), ['data', 'trigger']);
    const row = live(module, id);
    checkValues(module, values, false, keyFields[module] !== undefined);
    checkUnique(module, values, id);
    Object.assign(row, values);
    return done(id, 'record updated');
  };
  const read = (request: ContractRequest): ContractAnswer => {
    const { module = '', id = '' } = request.params;
    mayUse(module);
    const names = wanted(request, module);
    const row = tableOf(module).get(id);
    return row === undefined ? { status: 204 } : { json: { data: [shown(row, names)] } };
  };
  const remove = (request: ContractRequest): ContractAnswer => {
    const { module = '', id = '' } = request.params;
    require(module === 'Notes', `${module} are not deleted here`);
    live(module, id);
    tableOf(module).delete(id);
    return done(id, 'record deleted');
  };

  const search = (request: ContractRequest): ContractAnswer => {
    const { module = '' } = request.params;
    mayUse(module);
    const by = ['phone', 'email', 'word', 'criteria'].filter((name) => request.query.has(name));
    require(by.length === 1 && by[0] !== 'criteria', 'one of phone, email and word here');
    const value = request.query.get(by[0] ?? '') ?? '';
    require(value.length > 1, 'at least two signs');
    const names = wanted(request, module);
    const seen = [...tableOf(module).values()].filter((row) => performance.now() - Number(row['addedAtMs']) >= searchLagMs);
    const found = seen.filter((row) => isFound(row, by[0] ?? '', value)).map((row) => shown(row, names));
    return found.length === 0 ? { status: 204 } : { json: { data: found.slice(0, 20), info: { more_records: false } } };
  };
  const coql = (request: ContractRequest): ContractAnswer => {
    const { select_query: text, ...more } = request.json();
    require(Object.keys(more).length === 0 && typeof text === 'string', 'select_query, and nothing else');
    const { columns, module, field, value, limit } = readCoql(text);
    mayUse(module);
    const known = Object.keys(fields[module] ?? {}).map(nameOf);
    for (const name of [...columns, field]) {
      const isThere = known.includes(name) && (name !== 'Palomar_Key' || keyFields[module] !== undefined);
      if (!isThere) throw refusal(400, 'INVALID_QUERY', 'column given seems to be invalid', { column_name: name });
    }
    const idOf = (row: Row): unknown => (row[field] as { readonly id?: string } | undefined)?.id ?? row[field];
    const found = [...tableOf(module).values()].filter((row) => String(idOf(row) ?? '') === value).slice(0, limit);
    return found.length === 0 ? { status: 204 } : { json: { data: found.map((row) => shown(row, columns)), info: { count: found.length, more_records: false } } };
  };

  const related = (request: ContractRequest): ContractAnswer => {
    const { module = '', id = '', list = '' } = request.params;
    require(list === 'Notes' || list === 'Attachments', `no related list ${list} here`);
    live(module, id);
    const names = wanted(request, list);
    const found = [...tableOf(list).values()].filter((row) => (row['Parent_Id'] as { readonly id: string }).id === id);
    return paged(request, found.map((row) => shown(row, names)));
  };
  const upload = async (request: ContractRequest): Promise<ContractAnswer> => {
    const { module = '', id = '', list = '' } = request.params;
    require(list === 'Attachments', `nothing is uploaded to ${list}`);
    const form = await request.form();
    const file = form.get('file');
    require(file instanceof File && [...form.keys()].length === 1, 'one part, named file');
    require(!/\.exe$/i.test(file.name), 'all kinds but .exe');
    if (!tableOf(module).has(id)) throw refusal(400, 'INVALID_DATA', 'the related id given seems to be invalid', { resource_path_index: 1 });
    const bytes = Buffer.from(await file.arrayBuffer());
    return done(add('Attachments', { File_Name: file.name, Parent_Id: { id }, bytes }), 'attachment uploaded successfully');
  };
  const removeAttachment = (request: ContractRequest): ContractAnswer => {
    const { id = '', list = '', itemId = '' } = request.params;
    require(list === 'Attachments', `${list} are not deleted here`);
    const row = live('Attachments', itemId);
    require((row['Parent_Id'] as { readonly id: string }).id === id, 'an attachment of another record');
    tableOf('Attachments').delete(itemId);
    return done(itemId, 'record deleted');
  };
  const settings = (request: ContractRequest): ContractAnswer => {
    const module = request.query.get('module') ?? '';
    mayUse(module);
    const all = Object.keys(fields[module] ?? {}).filter((name) => name !== 'Palomar_Key' || keyFields[module] !== undefined);
    const described = all.map((name) => ({
      api_name: nameOf(name),
      system_mandatory: name.endsWith('*'),
      unique: name === 'Palomar_Key' && keyFields[module] === 'unique' ? { casesensitive: true } : {},
      pick_list_values: (picks[nameOf(name)] ?? []).map(({ value, sequence, isUnused }) => ({ display_value: value, actual_value: value, sequence_number: sequence, type: isUnused === true ? 'unused' : 'used' })),
    }));
    return { json: { fields: described } };
  };

  const server = await ContractServer.start({
    authorize: ({ path, headers }) => {
      if (path === '/oauth/v2/token') return null;
      const [, token = ''] = /^Zoho-oauthtoken (.+)$/.exec(headers['authorization'] ?? '') ?? [];
      return page.isGood(token) ? null : { status: 401, json: { code: 'INVALID_TOKEN', details: {}, message: 'invalid oauth token', status: 'error' } };
    },
    refuse: (status, message) => ({ status, json: { code: status === 429 ? 'TOO_MANY_REQUESTS' : 'INVALID_REQUEST', details: {}, message, status: 'error' } }),
    routes: [
      ...page.routes,
      { method: 'GET', path: `${base}/users`, handle: () => ({ json: { users: [{ id: '4876876000000225013', full_name: 'Jordi Llach', email: 'jordi@palomar.example' }] } }) },
      { method: 'GET', path: `${base}/settings/fields`, handle: settings },
      { method: 'POST', path: `${base}/coql`, handle: coql },
      { method: 'GET', path: `${base}/:module/search`, handle: search },
      { method: 'POST', path: `${base}/:module`, handle: create },
      { method: 'GET', path: `${base}/:module/:id`, handle: read },
      { method: 'PUT', path: `${base}/:module/:id`, handle: update },
      { method: 'DELETE', path: `${base}/:module/:id`, handle: remove },
      { method: 'GET', path: `${base}/:module/:id/:list`, handle: related },
      { method: 'POST', path: `${base}/:module/:id/:list`, handle: upload },
      { method: 'DELETE', path: `${base}/:module/:id/:list/:itemId`, handle: removeAttachment },
    ],
  });
  return {
    server,
    clientId,
    agree: page.agree,
    rows: (table) => [...tableOf(table).values()],
    add,
    change: (table, id, values) => void Object.assign(live(table, id), values),
    remove: (table, id) => void tableOf(table).delete(id),
  };
}
