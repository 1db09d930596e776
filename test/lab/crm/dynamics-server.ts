import { Answered, ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest } from './contract-server.ts';
import { readFilter, type RowTest } from './dynamics-filter.ts';
import { signInPage } from './sign-in-page.ts';

type Row = Readonly<Record<string, unknown>>;

export interface DynamicsServer {
  readonly server: ContractServer;
  readonly clientId: string;
  readonly tenant: string;
  readonly agree: (link: string) => string;
  readonly rows: (table: string) => readonly Row[];
  /** As a person in Dynamics does it. */
  readonly add: (table: string, id: string, values: Row) => void;
  readonly remove: (table: string, id: string) => void;
}

interface Column {
  readonly type: 'string' | 'boolean' | 'bound';
  readonly size?: number | undefined;
}

const text = (size: number): Column => ({ type: 'string', size });

/** Columns that may be written. From the table references of contact, annotation and incident. */
const columns: Readonly<Record<string, Readonly<Record<string, Column>>>> = {
  contacts: { firstname: text(50), lastname: text(50), mobilephone: text(50), telephone1: text(50), telephone2: text(50), emailaddress1: text(100) },
  annotations: {
    subject: text(500),
    notetext: text(100_000),
    isdocument: { type: 'boolean' },
    filename: text(255),
    mimetype: text(256),
    documentbody: text(Number.POSITIVE_INFINITY),
    'objectid_contact@odata.bind': { type: 'bound' },
    'objectid_incident@odata.bind': { type: 'bound' },
  },
  incidents: { title: text(200), 'customerid_contact@odata.bind': { type: 'bound' } },
};
const readable: Readonly<Record<string, readonly string[]>> = {
  contacts: ['contactid', 'fullname', 'statecode', 'createdon', 'firstname', 'lastname', 'mobilephone', 'telephone1', 'telephone2', 'emailaddress1', '_ownerid_value'],
  incidents: ['incidentid', 'title', 'statuscode', 'statecode', 'prioritycode', 'createdon', '_customerid_value', '_ownerid_value'],
  annotations: ['annotationid', 'subject', 'notetext', 'isdocument', 'filename', 'mimetype', 'documentbody', 'createdon', '_objectid_value'],
};
const idColumn: Readonly<Record<string, string>> = { contacts: 'contactid', incidents: 'incidentid', annotations: 'annotationid' };
const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** What Dynamics fills in itself. */
const newCase = { statecode: 0, statuscode: 1, prioritycode: 2, _ownerid_value: '11111111-2222-4333-8444-555555555555' };
const base = '/api/data/v9.2';
const maxUploadBytes = 5_242_880;
/** Dataverse sends at most as many rows as it was asked for, and may send fewer; so few make every list go on. */
const pageSize = 2;

const refusal = (status: number, code: string, message: string): Answered => new Answered({ status, json: { error: { code, message } } });

/** What a value is called, when that is asked for. */
function labelled(name: string, row: Row, prefer: string): readonly (readonly [string, string])[] {
  const label = name === '_ownerid_value' ? 'Jordi Llach' : name === 'statuscode' ? (row['statuscode'] === 1 ? 'In Progress' : 'Problem Solved') : name === 'prioritycode' ? 'Normal' : null;
  const isWanted = prefer.includes('odata.include-annotations="OData.Community.Display.V1.FormattedValue"');
  return label === null || !isWanted ? [] : [[`${name}@OData.Community.Display.V1.FormattedValue`, label]];
}

/** The Dataverse Web API 9.2 and the sign-in of Entra, as learn.microsoft.com writes them. */
export async function startDynamics({ hasCustomerService = true }: { readonly hasCustomerService?: boolean | undefined } = {}): Promise<DynamicsServer> {
  const [clientId, tenant] = ['5c1a0d1e-0000-4000-8000-00000000c11e', 'levante.example'];
  const login = `/${tenant}/oauth2/v2.0`;
  const scope = /^http:\/\/127\.0\.0\.1:\d+\/user_impersonation offline_access$/;
  const page = signInPage({ authorizePath: `${login}/authorize`, tokenPath: `${login}/token`, clientId, scope });
  const tables = new Map(Object.keys(columns).map((table) => [table, new Map<string, Record<string, unknown>>()]));
  let count = 0;

  const tableOf = (name: string): Map<string, Record<string, unknown>> => {
    const table = tables.get(name);
    if (name === 'incidents' && !hasCustomerService) throw refusal(404, '0x80060888', `Resource not found for the segment '${name}'.`);
    require(table !== undefined, `Resource not found for the segment '${name}'`);
    return table;
  };
  const place = (segment: string): { readonly table: string; readonly id: string } => {
    const [, table = '', id = ''] = /^(\w+)\(([^()]+)\)$/.exec(segment) ?? [];
    require(guid.test(id), `no id in ${segment}`);
    return { table, id: id.toLowerCase() };
  };
  const missing = (table: string, id: string): Answered => refusal(404, '0x80040217', `${table.slice(0, -1)} With Id = ${id} Does Not Exist`);
  const live = (table: string, id: string): Record<string, unknown> => {
    const row = tableOf(table).get(id);
    if (row === undefined) throw missing(table, id);
    return row;
  };

  const check = (table: string, values: Row): Row => {
    const checked: Record<string, unknown> = {};
    for (const [name, value] of Object.entries(values)) {
      const column = columns[table]?.[name];
      require(column !== undefined, `Invalid property '${name}' was found in entity '${table}'`);
      require(typeof value === (column.type === 'boolean' ? 'boolean' : 'string'), `${name} is of another type`);
      if (typeof value === 'string' && value.length > (column.size ?? Number.POSITIVE_INFINITY)) {
        throw refusal(400, '0x80044331', `The length of the '${name}' attribute exceeded the maximum allowed length of '${column.size}'`);
      }
      if (column.type === 'bound') checked[`_${name.split('_')[0]}_value`] = boundId(name, String(value));
      else checked[name] = value;
    }
    checkFile(checked);
    require(!('objectid_contact@odata.bind' in values && 'objectid_incident@odata.bind' in values), 'a note of two records');
    return checked;
  };
  /** `objectid_incident@odata.bind`: to which table is said by the name. */
  const boundId = (name: string, path: string): string => {
    const [, table = '', id = ''] = /^\/(contacts|incidents)\(([^()]+)\)$/.exec(path) ?? [];
    require(guid.test(id) && name === `${name.split('_')[0]}_${table.slice(0, -1)}@odata.bind`, `${name} bound to ${path}`);
    live(table, id.toLowerCase());
    return id.toLowerCase();
  };
  const checkFile = ({ isdocument, filename, documentbody }: Row): void => {
    if (documentbody === undefined) return;
    require(isdocument === true && typeof filename === 'string' && filename !== '', 'a document without isdocument and filename');
    require(/^[A-Za-z0-9+/]*={0,2}$/.test(String(documentbody)), 'documentbody is no base64');
    if (Buffer.from(String(documentbody), 'base64').length > maxUploadBytes) throw refusal(400, '0x80044a02', 'Attachment file size is too big.');
  };

  const add = (table: string, id: string, values: Row): void => {
    count += 1;
    const name = [values['firstname'], values['lastname']].filter(Boolean).join(' ');
    const own = table === 'contacts' ? { fullname: name, statecode: 0, _ownerid_value: '11111111-2222-4333-8444-555555555555' } : table === 'incidents' ? newCase : { isdocument: false };
    require(table !== 'incidents' || values['_customerid_value'] !== undefined, 'a case without its customer');
    tableOf(table).set(id, { ...own, ...values, [idColumn[table] ?? '']: id, createdon: new Date().toISOString(), order: count });
  };
  const upsert = (request: ContractRequest): ContractAnswer => {
    const { table, id } = place(request.params['row'] ?? '');
    const { 'if-none-match': ifNone, 'if-match': ifMatch } = request.headers;
    const known = tableOf(table).get(id);
    require([ifNone, ifMatch].every((value) => value === undefined || value === '*'), 'only * is used here');
    if (known !== undefined && ifNone === '*') throw refusal(412, '0x80060891', 'A record with matching key values already exists.');
    if (known === undefined && ifMatch === '*') throw missing(table, id);
    const values = check(table, request.json());
    if (known === undefined) add(table, id, values);
    else Object.assign(known, values);
    return { status: 204, headers: { 'odata-version': '4.0' } };
  };

  const select = (table: string, row: Row, names: string | null, prefer = ''): Row => {
    require(names !== null && names !== '', 'all columns of a row are asked for');
    for (const name of names.split(',')) require(readable[table]?.includes(name), `Could not find a property named '${name}'`);
    return { '@odata.etag': `W/"${String(row['order'])}"`, [idColumn[table] ?? '']: row[idColumn[table] ?? ''], ...Object.fromEntries(names.split(',').flatMap((name) => [[name, row[name] ?? null], ...labelled(name, row, prefer)])) };
  };
  const read = (request: ContractRequest): ContractAnswer => {
    const segment = request.params['row'] ?? '';
    if (segment === 'WhoAmI') return { json: { UserId: '11111111-2222-4333-8444-555555555555', BusinessUnitId: clientId, OrganizationId: clientId } };
    if (segment.startsWith('systemusers(')) return { json: { fullname: 'Jordi Llach' } };
    if (!segment.includes('(')) return list(segment, request);
    const { table, id } = place(segment);
    return { json: select(table, live(table, id), request.query.get('$select'), request.headers['prefer']) };
  };
  const list = (table: string, { query, headers, path }: ContractRequest): ContractAnswer => {
    const known = ['$select', '$filter', '$orderby', '$top', '$skiptoken'];
    for (const name of query.keys()) require(known.includes(name), `the query option ${name}`);
    const filter = query.get('$filter');
    const test: RowTest = filter === null ? () => true : readFilter(filter, readable[table] ?? []);
    const found = [...tableOf(table).values()].filter(test).sort((a, b) => Number(a['order']) - Number(b['order']));
    const from = Number(query.get('$skiptoken') ?? 0);
    const top = Number(query.get('$top') ?? Number.POSITIVE_INFINITY);
    const value = found.slice(from, Math.min(from + pageSize, top)).map((row) => select(table, row, query.get('$select'), headers['prefer']));
    const isLast = from + pageSize >= Math.min(found.length, top);
    const next = new URLSearchParams(query);
    next.set('$skiptoken', String(from + pageSize));
    return { json: { '@odata.context': `${base}/$metadata#${table}`, value, ...(isLast ? {} : { '@odata.nextLink': `http://${headers['host']}${path}?${next.toString()}` }) } };
  };
  const remove = (request: ContractRequest): ContractAnswer => {
    const { table, id } = place(request.params['row'] ?? '');
    live(table, id);
    tableOf(table).delete(id);
    return { status: 204 };
  };

  const server = await ContractServer.start({
    authorize: ({ path, headers }) => {
      if (path === `${login}/token`) return null;
      const [, token = ''] = /^Bearer (.+)$/.exec(headers['authorization'] ?? '') ?? [];
      if (!page.isGood(token)) return { status: 401, headers: { 'www-authenticate': 'Bearer' } };
      require(headers['odata-version'] === '4.0' && headers['odata-maxversion'] === '4.0', 'no OData-Version');
      require(headers['accept'] === 'application/json', 'no Accept');
      return null;
    },
    refuse: (status, message) => ({ status, json: { error: { code: '0x0', message } } }),
    routes: [
      ...page.routes,
      { method: 'PATCH', path: `${base}/:row`, handle: upsert },
      { method: 'GET', path: `${base}/:row`, handle: read },
      { method: 'DELETE', path: `${base}/:row`, handle: remove },
    ],
  });
  return { server, clientId, tenant, agree: page.agree, rows: (table) => [...tableOf(table).values()], add, remove: (table, id) => void tableOf(table).delete(id) };
}
