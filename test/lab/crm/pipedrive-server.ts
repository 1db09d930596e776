import { createHash, randomUUID } from 'node:crypto';
import { Answered, ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest, ContractRoute } from './contract-server.ts';
import { checkBody, pageOf, personItem, searchPersons } from './pipedrive-rules.ts';
import type { Row, Schema } from './pipedrive-rules.ts';
import { signInPage, type SignInPage } from './sign-in-page.ts';

export interface PipedriveOptions {
  /** How long a search does not see what is new. */
  readonly searchLagMs?: number | undefined;
  /** Objects that have our field. */
  /** Whether the user of the token may delete persons, deals and leads. */
  readonly canDelete?: boolean | undefined;
  readonly fieldsOf?: readonly ('person' | 'deal')[] | undefined;
}

export interface PipedriveServer {
  readonly server: ContractServer;
  readonly token: string;
  /** Its page to sign in to, for an app registered with these. */
  readonly signIn: SignInPage & { readonly clientId: string; readonly clientSecret: string };
  /** Those that are not deleted, oldest first. */
  rows(table: Table): readonly Row[];
  bytesOf(fileId: number): Uint8Array;
  add(table: Table, row: Row): Row;
  remove(table: Table, id: unknown): void;
  addPerson(row: { readonly name: string; readonly phones?: readonly string[]; readonly emails?: readonly string[] }): Row;
}

type Table = 'persons' | 'deals' | 'leads' | 'notes' | 'files';

/** Names of own fields are hashes that each company has for itself. */
const hashOf = (name: string): string => createHash('sha1').update(name).digest('hex');
export const personKeyField = hashOf('person Palomar key');
export const dealKeyField = hashOf('deal Palomar key');

/** What a new row has without being told. */
const defaults: Readonly<Record<string, Row>> = { persons: { owner_id: 7 }, leads: { owner_id: 7 }, deals: { owner_id: 7, stage_id: 1, status: 'open' } };

const isId = (value: unknown): boolean => Number.isInteger(value);
const isText = (value: unknown): boolean => typeof value === 'string';
const isList = (value: unknown): boolean =>
  Array.isArray(value) && value.every((one: object) => Object.keys(one).every((name) => ['value', 'label', 'primary'].includes(name)));
const onlyField = (field: string) => (value: unknown) => typeof value === 'object' && value !== null && Object.keys(value).every((name) => name === field);

const personSchema: Schema = { name: isText, emails: isList, phones: isList, custom_fields: onlyField(personKeyField), org_id: isId, owner_id: isId };
const dealSchema: Schema = { title: isText, person_id: isId, custom_fields: onlyField(dealKeyField), stage_id: isId, pipeline_id: isId };
const leadSchema: Schema = { title: isText, person_id: isId, organization_id: isId, [dealKeyField]: (value) => value === null || isText(value) };
const noteSchema: Schema = { content: isText, person_id: isId, deal_id: isId, org_id: isId, lead_id: isText };

const refusal = (status: number, error: string): ContractAnswer => ({ status, json: { success: false, error, error_info: 'Please check developers.pipedrive.com' } });
const found = (data: unknown, additional: object = {}): ContractAnswer => ({ json: { success: true, data, additional_data: additional } });

/** Pipedrive's API, versions 1 and 2, after its published description (developers.pipedrive.com/docs/api/v1). */
export async function startPipedrive(options: PipedriveOptions = {}): Promise<PipedriveServer> {
  const token = hashOf(randomUUID());
  const [clientId, clientSecret] = [hashOf(randomUUID()).slice(0, 20), hashOf(randomUUID())];
  const signIn = signInPage({ authorizePath: '/oauth/authorize', tokenPath: '/oauth/token', clientId, secret: { way: 'basic', secret: clientSecret }, scope: null, hasPkce: false });
  const owners = options.fieldsOf ?? ['person', 'deal'];
  const tables: Record<Table, Row[]> = { persons: [], deals: [], leads: [], notes: [], files: [] };
  const contents = new Map<number, Uint8Array>();
  let lastId = 100;

  const rows = (table: Table): readonly Row[] => tables[table].filter((row) => row['is_deleted'] !== true && row['active_flag'] !== false);
  const add = (table: Table, row: Row): Row => {
    const made = { id: table === 'leads' ? randomUUID() : (lastId += 1), add_time: new Date().toISOString(), madeAtMs: Date.now(), ...row };
    tables[table].push(made);
    return made;
  };
  const get = (table: Table, id: string): Row => {
    const row = rows(table).find((one) => String(one['id']) === id);
    if (row === undefined) throw new Answered(refusal(404, `${table} not found`));
    return row;
  };
  const must = (table: Table, id: unknown): void => require(rows(table).some((row) => row['id'] === id), `no ${table} ${String(id)}`);

  const crud = (version: 'v1' | 'v2', table: Table, schema: Schema, needed: readonly string[]): readonly ContractRoute[] => [
    {
      method: 'POST',
      path: `/api/${version}/${table}`,
      handle: (request) => {
        const body = checkBody(request.json(), schema, needed);
        const parents = (['person_id', 'deal_id', 'lead_id'] as const).filter((name) => body[name] !== undefined);
        for (const name of parents) must(name === 'person_id' ? 'persons' : name === 'deal_id' ? 'deals' : 'leads', body[name]);
        if (table === 'notes') {
          require(parents.length > 0, 'a note belongs to a person, a deal or a lead');
          require(Buffer.byteLength(String(body['content'])) <= 100_000, 'a note of more than 100,000 bytes');
        }
        return { ...found(add(table, { ...defaults[table], ...body })), status: version === 'v2' || table === 'leads' ? 201 : 200 };
      },
    },
    { method: 'GET', path: `/api/${version}/${table}/:id`, handle: ({ params }) => found(get(table, params['id'] ?? '')) },
    {
      method: 'DELETE',
      path: `/api/${version}/${table}/:id`,
      handle: ({ params }) => {
        const row = get(table, params['id'] ?? '');
        const isRecord = table !== 'notes' && table !== 'files';
        if (isRecord && options.canDelete === false) return refusal(403, 'You do not have permission to do this');
        row[version === 'v1' ? 'active_flag' : 'is_deleted'] = version === 'v2';
        return found({ id: row['id'] });
      },
    },
  ];

  const listV1 = (request: ContractRequest, list: readonly Row[]): ContractAnswer => {
    const { data, next } = pageOf(request, list, 'start');
    return found(data, { pagination: { start: Number(request.query.get('start')), limit: data.length, more_items_in_collection: next !== null, ...(next === null ? {} : { next_start: next }) } });
  };
  const listV2 = (request: ContractRequest, list: readonly Row[]): ContractAnswer => {
    const { data, next } = pageOf(request, list, 'cursor');
    return found(data, { next_cursor: next === null ? null : String(next) });
  };
  const byOwner = (request: ContractRequest, table: Table): readonly Row[] => {
    const owner = ['person_id', 'deal_id', 'lead_id'].find((name) => request.query.has(name));
    const status = request.query.get('status');
    require(status === null || ['open', 'won', 'lost', 'deleted'].includes(status), `status ${status}`);
    return rows(table).filter((row) => (owner === undefined || String(row[owner]) === request.query.get(owner)) && (status === null || row['status'] === status));
  };
  const fieldRows = (owner: 'person' | 'deal'): readonly Row[] => [
    { id: 1, key: 'name', name: 'Name', field_type: 'varchar', edit_flag: false },
    { id: 2, key: 'phone', name: 'Phone', field_type: 'phone', edit_flag: false },
    { id: 3, key: 'label', name: 'Label', field_type: 'set', edit_flag: true },
    ...(owners.includes(owner) ? [{ id: 9001, key: owner === 'person' ? personKeyField : dealKeyField, name: 'Palomar key', field_type: 'varchar', edit_flag: true }] : []),
  ];

  const upload = async (request: ContractRequest): Promise<ContractAnswer> => {
    const form = await request.form();
    for (const name of form.keys()) require(['file', 'deal_id', 'person_id', 'org_id', 'product_id', 'activity_id', 'lead_id'].includes(name), `no field ${name}`);
    const file = form.get('file');
    require(file instanceof File, 'file missing');
    const [person, deal, lead] = ['person_id', 'deal_id', 'lead_id'].map((name) => form.get(name));
    require(person !== null || deal !== null || lead !== null, 'a file belongs to a person, a deal or a lead');
    const row = add('files', {
      name: file.name,
      file_name: `${hashOf(file.name)}.bin`,
      person_id: person === null ? null : Number(person),
      deal_id: deal === null ? null : Number(deal),
      lead_id: lead,
      active_flag: true,
    });
    contents.set(Number(row['id']), new Uint8Array(await file.arrayBuffer()));
    return found(row);
  };
  const rename = (request: ContractRequest): ContractAnswer => {
    require(request.headers['content-type'] === 'application/x-www-form-urlencoded', 'PUT /files takes a form');
    const form = new URLSearchParams(request.bytes.toString('utf8'));
    for (const name of form.keys()) require(['name', 'description'].includes(name), `no field ${name}`);
    return found(Object.assign(get('files', request.params['id'] ?? ''), Object.fromEntries(form)));
  };
  const patch = (version: 'v1' | 'v2', table: Table, schema: Schema): ContractRoute => ({
    method: 'PATCH',
    path: `/api/${version}/${table}/:id`,
    handle: (request) => found(Object.assign(get(table, request.params['id'] ?? ''), checkBody(request.json(), schema, []))),
  });
  const newestPersons = (request: ContractRequest): ContractAnswer => {
    const { query } = request;
    require(['id', 'add_time', 'update_time'].includes(query.get('sort_by') ?? 'id'), `sort_by ${query.get('sort_by')}`);
    require((query.get('custom_fields') ?? '').split(',').length <= 15, 'at most 15 custom_fields');
    return listV2(request, query.get('sort_direction') === 'desc' ? [...rows('persons')].reverse() : rows('persons'));
  };
  const search = (request: ContractRequest): ContractAnswer => {
    const seen = rows('persons').filter((row) => Date.now() - Number(row['madeAtMs']) >= (options.searchLagMs ?? 0));
    const items = searchPersons(request.query, seen).map((row) => ({ result_score: 0.5, item: personItem(row) }));
    return found({ items }, { next_cursor: null });
  };

  const routes: readonly ContractRoute[] = [
    { method: 'GET', path: '/api/v1/users/:id', handle: ({ params }) => (['me', '7'].includes(params['id'] ?? '') ? found({ id: 7, name: 'Jordi Llach', company_domain: 'levante' }) : refusal(404, 'User not found')) },
    { method: 'GET', path: '/api/v2/stages/:id', handle: ({ params }) => (params['id'] === '1' ? found({ id: 1, name: 'Qualified', pipeline_id: 1 }) : refusal(404, 'Stage not found')) },
    { method: 'GET', path: '/api/v1/personFields', handle: (request) => listV1(request, fieldRows('person')) },
    { method: 'GET', path: '/api/v1/dealFields', handle: (request) => listV1(request, fieldRows('deal')) },
    { method: 'GET', path: '/api/v2/persons/search', handle: search },
    { method: 'GET', path: '/api/v2/persons', handle: newestPersons },
    patch('v2', 'persons', personSchema),
    patch('v2', 'deals', dealSchema),
    patch('v1', 'leads', leadSchema),
    { method: 'GET', path: '/api/v2/deals', handle: (request) => listV2(request, byOwner(request, 'deals')) },
    { method: 'GET', path: '/api/v1/leads', handle: (request) => listV1(request, byOwner(request, 'leads')) },
    { method: 'GET', path: '/api/v1/notes', handle: (request) => listV1(request, byOwner(request, 'notes')) },
    { method: 'GET', path: '/api/v1/persons/:id/files', handle: (request) => listV1(request, rows('files').filter((row) => String(row['person_id']) === request.params['id'])) },
    { method: 'GET', path: '/api/v1/deals/:id/files', handle: (request) => listV1(request, rows('files').filter((row) => String(row['deal_id']) === request.params['id'])) },
    { method: 'POST', path: '/api/v1/files', handle: upload },
    { method: 'PUT', path: '/api/v1/files/:id', handle: rename },
    ...crud('v2', 'persons', personSchema, ['name']),
    ...crud('v2', 'deals', dealSchema, ['title']),
    ...crud('v1', 'leads', leadSchema, ['title', 'person_id']),
    ...crud('v1', 'notes', noteSchema, ['content']),
    ...crud('v1', 'files', {}, []).filter(({ method }) => method !== 'POST'),
  ];
  const server = await ContractServer.start({
    routes: [...routes, ...signIn.routes],
    authorize: ({ path, headers }) => {
      const isKnown = path === '/oauth/token' || headers['x-api-token'] === token || signIn.isGood((headers['authorization'] ?? '').replace(/^Bearer /, ''));
      return isKnown ? null : refusal(401, 'unauthorized access');
    },
    refuse: refusal,
  });
  const listOf = (values: readonly string[] = []) => values.map((value, index) => ({ value, label: 'work', primary: index === 0 }));
  return {
    server,
    token,
    signIn: { ...signIn, clientId, clientSecret },
    rows,
    bytesOf: (id) => contents.get(id) ?? new Uint8Array(),
    add,
    remove: (table, id) => void tables[table].splice(tables[table].findIndex((row) => row['id'] === id), 1),
    addPerson: ({ name, phones, emails }) => add('persons', { name, phones: listOf(phones), emails: listOf(emails), custom_fields: {} }),
  };
}
