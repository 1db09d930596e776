import { createHash } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Answered, ContractServer, Violation, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest } from './contract-server.ts';
import { odooModels, OdooTables, requiredFields } from './odoo-tables.ts';
import type { OdooRow } from './odoo-tables.ts';

export interface OdooJson2Server {
  readonly server: ContractServer;
  readonly tables: OdooTables;
  readonly key: string;
  readonly database: string;
  readonly user: string;
  /** Models that the user may only read. */
  readonly readOnly: Set<string>;
}

type Words = Readonly<Record<string, unknown>>;

const key = '6578616d706c65206a736f6e20617069206b6579';
const database = 'mycompany';
const user = 'agent';

/** Parameters of the methods that are called, `ids` and `context` aside (orm/models.py of 19.0; all arguments are named). */
const parameters: Readonly<Record<string, readonly string[]>> = {
  search_read: ['domain', 'fields', 'offset', 'limit', 'order'],
  fields_get: ['allfields', 'attributes'],
  load: ['fields', 'data'],
  write: ['vals'],
  unlink: [],
  has_access: ['operation'],
  context_get: [],
};

const failure = (status: number, name: string, message: string): ContractAnswer => ({
  status,
  json: { name, message, arguments: [message, status], context: {}, debug: `Traceback (most recent call last):\n${name}: ${message}` },
});

/**
 * Odoo 19 as its documentation of JSON-2 writes it, with the ORM's rules for what is called:
 * https://www.odoo.com/documentation/19.0/developer/reference/external_api.html
 */
export async function startOdooJson2Server(): Promise<OdooJson2Server> {
  const tables = new OdooTables();
  const readOnly = new Set<string>();
  const me = tables.add('res.users', { login: user });
  const note = tables.add('mail.message.subtype', { name: 'Notes', internal: true });
  tables.add('project.project', { name: 'Support' });
  const known = new Map<string, { model: string; id: number }>([['mail.mt_note', { model: 'mail.message.subtype', id: note.id }]]);
  const loader = createLoader(tables, known, readOnly);

  const call = (model: string, method: string, body: Words): unknown => {
    const words = (body['context'] ?? {}) as Words;
    const ids = (body['ids'] ?? []) as readonly number[];
    if (method === 'context_get') return { lang: 'en_US', tz: false, uid: me.id };
    if (method === 'search_read') return searchRead(tables, model, body, words);
    if (method === 'fields_get') return fieldsGet(model, body);
    if (method === 'has_access') return !readOnly.has(model) || body['operation'] === 'read';
    if (method === 'load') return loader(model, body['fields'], body['data'], words);
    for (const id of ids) {
      if (!tables.rows(model).some((row) => row.id === id)) throw new Answered(failure(404, 'odoo.exceptions.MissingError', 'Record does not exist or has been deleted.'));
    }
    if (readOnly.has(model)) throw new Answered(failure(403, 'odoo.exceptions.AccessError', `You are not allowed to modify '${model}' records.`));
    if (method === 'write') {
      for (const row of tables.rows(model).filter(({ id }) => ids.includes(id))) Object.assign(row, checkedValues(model, body['vals']));
    } else {
      tables.remove(model, ids);
      for (const [name, target] of known) if (target.model === model && ids.includes(target.id)) known.delete(name);
    }
    return true;
  };

  const server = await ContractServer.start({
    authorize: (request) => authorize(request),
    refuse: (status, why) => failure(status, status === 429 ? 'werkzeug.exceptions.TooManyRequests' : 'builtins.TypeError', why),
    routes: [
      { method: 'GET', path: '/web/version', handle: () => ({ json: { version_info: [19, 0, 0, 'final', 0, ''], version: '19.0' } }) },
      {
        method: 'POST',
        path: '/json/2/:model/:method',
        handle: async (request) => {
          const { model = '', method = '' } = request.params;
          // Readable for administrators only since 15.
          if (model === 'ir.model.data') throw new Answered(failure(403, 'odoo.exceptions.AccessError', `You are not allowed to access 'Model Data' (ir.model.data) records.`));
          if (!(model in odooModels)) throw new Answered(failure(404, 'werkzeug.exceptions.NotFound', `the model '${model}' does not exist`));
          return { json: await call(model, method, checkedBody(method, request.json())) };
        },
      },
    ],
  });
  return { server, tables, key, database, user, readOnly };
}

function authorize(request: ContractRequest): ContractAnswer | null {
  if (request.path === '/web/version') return null;
  const asked = request.headers['x-odoo-database'];
  require(asked === undefined || asked === database, `no database ${String(asked)}`);
  return request.headers['authorization'] === `bearer ${key}` ? null : failure(401, 'werkzeug.exceptions.Unauthorized', 'Invalid apikey');
}

function checkedBody(method: string, body: Words): Words {
  const allowed = parameters[method];
  require(allowed !== undefined, `nobody knows the method ${method}`);
  for (const name of Object.keys(body)) require(name === 'ids' || name === 'context' || allowed.includes(name), `${method}() got an unexpected keyword argument '${name}'`);
  const ids = body['ids'] ?? [];
  require(Array.isArray(ids) && ids.every(Number.isInteger), 'ids must be a list of numbers');
  require(!['write', 'unlink'].includes(method) || ids.length > 0, `${method} without ids`);
  require(typeof (body['context'] ?? {}) === 'object', 'context must be an object');
  return body;
}

/** What a new record has without being told. */
const defaults: Readonly<Record<string, Words>> = { 'crm.lead': { priority: '0', probability: 10 }, 'project.task': { priority: '0' } };
const priorities = [['0', 'Low'], ['1', 'Medium'], ['2', 'High'], ['3', 'Very High']];

function fieldsGet(model: string, { allfields, attributes }: Words): Words {
  require(Array.isArray(attributes) && (allfields === undefined || Array.isArray(allfields)), 'fields_get: lists of names');
  const asked = Object.entries(odooModels[model] ?? {}).filter(([name]) => allfields === undefined || (allfields as unknown[]).includes(name));
  const of = (kind: string): Words => ({ type: kind.split(':')[0], ...(kind === 'selection' ? { selection: priorities } : {}) });
  return Object.fromEntries(asked.map(([name, kind]) => [name, Object.fromEntries(Object.entries(of(kind)).filter(([word]) => attributes.includes(word)))]));
}

function searchRead(tables: OdooTables, model: string, body: Words, words: Words): readonly Words[] {
  const { domain = [], fields, offset = 0, limit, order = 'id' } = body;
  require(Array.isArray(domain) && Array.isArray(fields), 'search_read wants domain and fields');
  require(order === 'id', 'only "id" is known as an order here');
  require(Number.isInteger(offset) && (limit === undefined || Number.isInteger(limit)), 'offset and limit are numbers');
  const found = tables.search(model, domain, words['active_test'] === false).slice(Number(offset), Number(offset) + Number(limit ?? 1e9));
  return found.map((row) => Object.fromEntries([['id', row.id], ...fields.map((field: unknown) => [String(field), shown(tables, model, row, String(field))])]));
}

function shown(tables: OdooTables, model: string, row: OdooRow, field: string): unknown {
  if (field === 'id') return row.id;
  const kind = odooModels[model]?.[field];
  require(kind !== undefined, `Invalid field '${field}' on '${model}'`);
  const value = row[field];
  if (value === undefined || value === '') return false;
  if (!kind.startsWith('many2one')) return value;
  const target = tables.rows(kind.slice('many2one:'.length)).find(({ id }) => id === value);
  return [value, target?.['name'] ?? 'display name'];
}

function checkedValues(model: string, vals: unknown): Words {
  require(typeof vals === 'object' && vals !== null && !Array.isArray(vals), 'vals must be an object');
  for (const name of Object.keys(vals)) require(odooModels[model]?.[name] !== undefined, `Invalid field '${name}' in '${model}'`);
  return vals as Words;
}

type Loaded = { readonly ids: readonly number[] | false; readonly messages: readonly Words[] };

/** `load` of orm/models.py: text by field path, made or found by external id, all or nothing. */
function createLoader(tables: OdooTables, known: Map<string, { model: string; id: number }>, readOnly: ReadonlySet<string>) {
  const underWay = new Set<string>();
  const refused = (message: string): Loaded => ({ ids: false, messages: [{ type: 'error', message, record: 0 }] });

  return async (model: string, fields: unknown, data: unknown, words: Words): Promise<Loaded> => {
    require(Array.isArray(fields) && Array.isArray(data), 'load wants fields and data');
    require(data.length === 1 && Array.isArray(data[0]) && data[0].length === fields.length, 'one row as long as its fields');
    const row = data[0] as readonly unknown[];
    require(row.every((value) => typeof value === 'string'), 'load takes text only: list(list(str))');
    require(words['mode'] === 'update' && words['noupdate'] === true, 'without mode and noupdate, what is there is overwritten');
    const name = String(row[fields.indexOf('id')]);
    require(/^\w+\.\w+$/.test(name), `${name} is no external id`);
    const there = known.get(name);
    if (there !== undefined) return there.model === model ? { ids: [there.id], messages: [] } : refused(`For external id ${name} when trying to create/update a record of model ${model} found record of different model ${there.model}`);
    if (underWay.has(name)) return refused('duplicate key value violates unique constraint "ir_model_data_module_name_uniq_index"');
    if (readOnly.has(model)) return refused(`You are not allowed to create '${model}' records.`);
    const values = convert(model, fields.map(String), row.map(String), known);
    const required = requiredFields[model];
    if (required !== undefined && !values[required]) return refused(`Missing required value for the field '${required}'`);
    underWay.add(name);
    // The time in which another one can come.
    await pause(15);
    underWay.delete(name);
    const { id } = tables.add(model, { ...defaults[model], ...values });
    known.set(name, { model, id });
    return { ids: [id], messages: [] };
  };
}

function convert(model: string, fields: readonly string[], row: readonly string[], known: ReadonlyMap<string, { model: string; id: number }>): Words {
  const values: Record<string, unknown> = {};
  for (const [index, path] of fields.entries()) {
    if (path === 'id') continue;
    const [field = '', part] = path.split('/');
    const kind = odooModels[model]?.[field];
    if (kind === undefined) throw new Violation(`KeyError: '${field}' of ${model}`);
    const text = row[index] ?? '';
    if (part === 'id') values[field] = known.get(text)?.id;
    else values[field] = part === '.id' || kind === 'integer' ? Number(text) : text;
    if (part === 'id') require(values[field] !== undefined, `No matching record found for external id '${text}'`);
  }
  if (model === 'mail.message') {
    require(values['subtype_id'] !== undefined, 'a message without the subtype of a note is mailed to followers');
    // As its cleaner writes it.
    values['body'] = String(values['body']).replaceAll('<br/>', '<br>');
  }
  if (model === 'ir.attachment') values['checksum'] = createHash('sha1').update(Buffer.from(String(values['datas']), 'base64')).digest('hex');
  return values;
}
