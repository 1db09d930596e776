import { randomBytes } from 'node:crypto';
import { Answered, ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest } from './contract-server.ts';

type Attributes = Record<string, unknown>;
type Module = 'Contacts' | 'Notes' | 'Cases';

export interface SuiteRow {
  readonly id: string;
  readonly number: number;
  isDeleted: boolean;
  readonly attributes: Attributes;
  /** Decoded `filecontents`. */
  bytes: Buffer | null;
}

export const suiteClient = { clientId: 'c8f1f2a4-7a53-4d7e-9a36-5f0f8a7d2b11', clientSecret: 'a long secret of the client' };
const fields: Readonly<Record<Module, readonly string[]>> = {
  Contacts: ['first_name', 'last_name', 'phone_mobile', 'phone_work', 'phone_home', 'phone_other', 'email1', 'description', 'account_name', 'deleted', 'date_entered'],
  Notes: ['name', 'description', 'filename', 'filecontents', 'parent_type', 'parent_id', 'contact_id', 'portal_flag', 'deleted', 'date_entered'],
  Cases: ['name', 'state', 'status', 'priority', 'case_number', 'account_id', 'deleted', 'date_entered'],
};
/** Not in the table itself: a filter by one of these is an error of the database. */
const notStored: ReadonlySet<string> = new Set(['email1', 'account_name', 'filecontents']);
const badEndings: ReadonlySet<string> = new Set(['php', 'php3', 'php4', 'php5', 'pl', 'cgi', 'py', 'asp', 'cfm', 'js', 'vbs', 'html', 'htm', 'phtml']);
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/**
 * SuiteCRM's JSON API V8 as the documentation (https://docs.suitecrm.com/developer/api/) and the source of `Api/V8` describe
 * it: client credentials and passwords, filters that know only AND, ids of the client, deleted records that keep their id,
 * markup that is taken out, every refusal a 400.
 */
export async function startSuiteServer() {
  const rows: Readonly<Record<Module, SuiteRow[]>> = { Contacts: [], Notes: [], Cases: [] };
  /** By contact: `contacts_cases`. */
  const casesOf = new Map<string, string[]>();
  const tokens = new Set<string>();
  const setUp = {
    access: { Contacts: ['access', 'list', 'view', 'edit'], Notes: ['access', 'list', 'view', 'edit', 'delete'], Cases: ['access', 'list', 'view'] } as Readonly<Partial<Record<Module, readonly string[]>>>,
    tokenSeconds: 3_600,
  };
  let made = 0;

  const refuse = (status: number, detail: string): ContractAnswer => ({ status, json: { errors: { status, title: null, detail } } });
  const fail = (detail: string) => new Answered(refuse(400, detail));
  const moduleOf = (name: unknown): Module => {
    require(name === 'Contacts' || name === 'Notes' || name === 'Cases', `module ${String(name)}`);
    return name;
  };
  const needs = (module: Module, right: string): void => {
    if (setUp.access[module]?.includes(right) !== true) throw new Answered(refuse(403, 'Access denied'));
  };
  const rowOf = (module: Module, id: unknown): SuiteRow => {
    const found = rows[module].find((row) => row.id === id && !row.isDeleted);
    if (found === undefined) throw fail(`${module} module with id ${String(id)} is not found`);
    return found;
  };
  const dataOf = (module: Module, row: SuiteRow, only: readonly string[] | null) => ({
    type: module.slice(0, -1),
    id: row.id,
    attributes: Object.fromEntries(Object.entries(row.attributes).filter(([name]) => only === null || only.includes(name)).map(([name, value]) => [name, asRead(value)])),
    relationships: {},
  });

  const token = (request: ContractRequest): ContractAnswer => {
    const given = request.json();
    if (given['client_id'] !== suiteClient.clientId || given['client_secret'] !== suiteClient.clientSecret) {
      throw new Answered({ status: 401, json: { error: 'invalid_client', message: 'Client authentication failed' } });
    }
    if (given['grant_type'] === 'password') {
      const isRight = given['username'] === 'marta' && given['password'] === 'right';
      if (!isRight) throw new Answered({ status: 400, json: { error: 'invalid_grant', message: 'The user credentials were incorrect.' } });
    } else {
      require(given['grant_type'] === 'client_credentials', 'grant_type');
    }
    const text = randomBytes(24).toString('base64url');
    tokens.add(text);
    return { json: { token_type: 'Bearer', expires_in: setUp.tokenSeconds, access_token: text } };
  };

  const write = (request: ContractRequest, isNew: boolean): ContractAnswer => {
    require(request.headers['content-type'] === 'application/vnd.api+json', 'content-type application/vnd.api+json');
    const { data } = request.json() as { data?: { type?: unknown; id?: unknown; attributes?: Attributes } };
    require(data !== undefined && Object.keys(data).every((name) => ['type', 'id', 'attributes'].includes(name)), 'data with type, id and attributes');
    const module = moduleOf(data.type);
    const attributes = data.attributes ?? {};
    for (const name of Object.keys(attributes)) if (!fields[module].includes(name)) throw fail(`Property ${name} in ${module} module is invalid`);
    needs(module, 'edit');
    const row = isNew ? newRow(module, data.id) : rowOf(module, data.id);
    const { filecontents, filename, ...rest } = attributes;
    for (const [name, value] of Object.entries(rest)) row.attributes[name] = asSaved(value);
    if (filename !== undefined) attach(row, String(filename), String(filecontents ?? ''));
    require(module !== 'Contacts' || row.attributes['last_name'] !== '', 'last_name of a contact');
    return { status: isNew ? 201 : 200, json: { data: dataOf(module, row, null) } };
  };

  const newRow = (module: Module, id: unknown): SuiteRow => {
    require(id === undefined || uuid.test(String(id)), 'id is a UUID');
    const wanted = id === undefined ? crypto.randomUUID() : String(id);
    // Deleted ones count: the row is still in the table.
    if (rows[module].some((row) => row.id === wanted)) throw fail(`Bean ${module} with id ${wanted} is already exist`);
    made += 1;
    const row: SuiteRow = { id: wanted, number: made, isDeleted: false, attributes: { date_entered: new Date().toISOString().slice(0, 19), description: '', assigned_user_name: 'Jordi "Jo" Llach', ...(module === 'Notes' ? { filename: '' } : {}) }, bytes: null };
    rows[module].push(row);
    return row;
  };

  const attach = (row: SuiteRow, name: string, contents: string): void => {
    require(!badEndings.has(name.split('.').at(-1) ?? ''), 'the ending is refused in words before the JSON');
    require(/^[A-Za-z0-9+/]*={0,2}$/.test(contents), 'filecontents in base64');
    row.attributes['filename'] = name;
    row.bytes = Buffer.from(contents, 'base64');
  };

  const list = (request: ContractRequest): ContractAnswer => {
    const module = moduleOf(request.params['module']);
    needs(module, 'list');
    const wanted: [string, string][] = [];
    for (const [name, value] of request.query) {
      if (name.startsWith('fields[') || name === 'sort' || name === 'page[size]' || name === 'page[number]') continue;
      const [, field = ''] = /^filter\[([a-z0-9_]+)\]\[eq\]$/.exec(name) ?? [];
      require(field !== '', `parameter ${name} (joined by OR, everything that is not deleted comes)`);
      if (!fields[module].includes(field)) throw fail(`Filter field ${field} in ${module} module is not found`);
      require(!notStored.has(field), `filter by ${field}, which is no column`);
      wanted.push([field, value]);
    }
    const only = request.query.get(`fields[${module}]`)?.split(',') ?? null;
    const [size, number] = [Number(request.query.get('page[size]') ?? 20), Number(request.query.get('page[number]') ?? 1)];
    require(size > 0 && number > 0, 'page');
    const found = rows[module].filter((row) => !row.isDeleted && wanted.every(([field, value]) => String(row.attributes[field] ?? '') === value));
    const page = found.slice((number - 1) * size, number * size);
    return { json: { meta: { 'total-pages': Math.ceil(found.length / size) }, data: page.map((row) => dataOf(module, row, only)) } };
  };

  const server = await ContractServer.start({
    refuse,
    authorize: ({ path, headers }) => {
      if (path === '/legacy/Api/access_token' || tokens.has((headers['authorization'] ?? '').replace(/^Bearer /, ''))) return null;
      return { status: 401, json: { error: 'access_denied', hint: 'Access token is invalid' } };
    },
    routes: [
      { method: 'POST', path: '/legacy/Api/access_token', handle: token },
      { method: 'GET', path: '/legacy/Api/V8/current-user', handle: () => ({ json: { data: { type: 'User', id: '1', attributes: { user_name: 'palomar' } } } }) },
      {
        method: 'GET',
        path: '/legacy/Api/V8/meta/modules',
        handle: () => ({
          json: {
            data: {
              type: 'modules',
              // A list with gaps, as PHP writes it.
              attributes: Object.fromEntries(Object.entries(setUp.access).map(([module, access]) => [module, { label: module, access: { ...access } }])),
            },
          },
        }),
      },
      { method: 'GET', path: '/legacy/Api/V8/module/:module', handle: list },
      {
        method: 'GET',
        path: '/legacy/Api/V8/module/:module/:id',
        handle: ({ params, query }) => {
          const module = moduleOf(params['module']);
          needs(module, 'view');
          for (const name of query.keys()) require(name === `fields[${module}]`, `parameter ${name}`);
          return { json: { data: dataOf(module, rowOf(module, params['id']), query.get(`fields[${module}]`)?.split(',') ?? null) } };
        },
      },
      {
        method: 'GET',
        path: '/legacy/Api/V8/module/Contacts/:id/relationships/cases',
        handle: ({ params }) => {
          const ids = casesOf.get(rowOf('Contacts', params['id']).id) ?? [];
          if (ids.length === 0) return { json: { meta: { message: 'There is no relationship set in Contact module with cases link field' } } };
          return { json: { data: ids.map((id) => ({ type: 'Case', id, links: { self: `/V8/module/Case/${id}` } })) } };
        },
      },
      { method: 'POST', path: '/legacy/Api/V8/module', handle: (request) => write(request, true) },
      { method: 'PATCH', path: '/legacy/Api/V8/module', handle: (request) => write(request, false) },
      {
        method: 'DELETE',
        path: '/legacy/Api/V8/module/:module/:id',
        handle: ({ params }) => {
          const module = moduleOf(params['module']);
          needs(module, 'delete');
          const row = rowOf(module, params['id']);
          row.isDeleted = true;
          return { json: { meta: { message: `Record with id ${row.id} is deleted` } } };
        },
      },
    ],
  });
  return {
    baseUrl: server.baseUrl,
    living: (module: Module): readonly SuiteRow[] => rows[module].filter(({ isDeleted }) => !isDeleted),
    /** As people there do it. */
    addCase: (contactId: string, attributes: { readonly name: string; readonly state: string; readonly status: string }) => {
      const row = newRow('Cases', undefined);
      Object.assign(row.attributes, attributes);
      casesOf.set(contactId, [...(casesOf.get(contactId) ?? []), row.id]);
    },
    remove: (module: Module, id: string) => void (rowOf(module, id).isDeleted = true),
    /** As if the time of all tokens were over. */
    endTokens: () => tokens.clear(),
    /** How the company has set it up; a test may change it while it runs. */
    setUp,
    violations: server.violations,
    kill: server.kill,
    restart: server.restart,
  };
}

/** `SugarBean::cleanBean`: what looks like markup goes, and with a script everything. */
function asSaved(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  const decoded = value.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&').replaceAll('\u0000', '');
  return /<script>/i.test(decoded) ? '' : decoded.replace(/<[a-z!/?][^>]*>?/gi, '');
}

/** What is read comes with its quotes as entities. */
const asRead = (value: unknown): unknown =>
  typeof value === 'string' ? value.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll("'", '&#039;').replaceAll('<', '&lt;').replaceAll('>', '&gt;') : value;
