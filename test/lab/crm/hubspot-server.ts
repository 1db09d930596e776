import { randomUUID } from 'node:crypto';
import { Answered, ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest, ContractRoute } from './contract-server.ts';
import { checkFilter, lifecycleStage, matches, onlyKeys, pipelinesOf, readAssociations, writable } from './hubspot-rules.ts';
import type { Filter } from './hubspot-rules.ts';
import { signInPage, type SignInPage } from './sign-in-page.ts';

type Properties = Readonly<Record<string, string>>;

export interface HubspotRecord {
  readonly id: string;
  readonly properties: Readonly<Record<string, string>>;
}

interface StoredRecord {
  readonly id: string;
  properties: Record<string, string>;
  readonly createdAtMs: number;
  isArchived: boolean;
}

export interface HubspotOptions {
  /** How long a search does not see a new record; HubSpot writes of some seconds. */
  readonly searchLagMs?: number | undefined;
  /** HubSpot allows 190 in ten seconds; a suite at full speed asks more than that. */
  readonly mostPerSecond?: number | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly hasKeyProperty?: boolean | undefined;
}

export interface HubspotServer {
  readonly server: ContractServer;
  readonly token: string;
  /** Its page to sign in to, for an app registered with these. */
  readonly signIn: SignInPage & { readonly clientId: string; readonly clientSecret: string };
  /** Those that are not archived, oldest first. */
  records(type: string): readonly HubspotRecord[];
  /** Notes of one record, oldest first. */
  notesOf(type: string, id: string): readonly HubspotRecord[];
  fileOf(id: string): { readonly name: string; readonly bytes: Uint8Array; readonly access: string } | null;
  /** As a person at HubSpot does it. */
  add(type: string, properties: Properties): HubspotRecord;
  change(type: string, id: string, properties: Properties): void;
  remove(type: string, id: string): void;
}

const allScopes = ['contacts', 'deals', 'tickets'].flatMap((type) => ['read', 'write'].map((right) => `crm.objects.${type}.${right}`));
const defaultScopes = [...allScopes, 'crm.schemas.contacts.read', 'crm.schemas.deals.read', 'crm.schemas.tickets.read', 'files'];

/** Association types "HubSpot defined", from → to. */
const associationTypes: Readonly<Record<string, number>> = {
  'notes contacts': 202,
  'notes deals': 214,
  'notes tickets': 228,
  'deals contacts': 3,
  'tickets contacts': 16,
};

const refusal = (status: number, message: string, category: string): ContractAnswer => ({
  status,
  json: { status: 'error', message, correlationId: randomUUID(), category },
});

/** HubSpot's CRM objects, associations and files, version 3, as developers.hubspot.com/docs/api-reference writes them. */
export async function startHubspot(options: HubspotOptions = {}): Promise<HubspotServer> {
  const token = `pat-eu1-${randomUUID()}`;
  const [clientId, clientSecret] = [randomUUID(), randomUUID()];
  const signIn = signInPage({
    authorizePath: '/oauth/authorize',
    tokenPath: '/oauth/v3/token',
    clientId,
    secret: { way: 'post', secret: clientSecret },
    scope: /^oauth (?:crm\.(?:objects|schemas)\.(?:contacts|deals|tickets)\.(?:read|write) )+files$/,
    hasPkce: false,
  });
  const scopes = new Set(options.scopes ?? defaultScopes);
  const hasKeyProperty = options.hasKeyProperty ?? true;
  const stored = new Map(Object.keys(writable).map((type) => [type, new Map<string, StoredRecord>()]));
  const links: { readonly from: string; readonly to: string }[] = [];
  const files = new Map<string, { name: string; bytes: Uint8Array; access: string }>();
  let lastId = 50_000_000_000;
  const nextId = (): string => String((lastId += 7));

  const tableOf = (type: string): Map<string, StoredRecord> => {
    const table = stored.get(type);
    require(table !== undefined, `no object type ${type}`);
    return table;
  };
  const needScope = (scope: string): void => {
    if (!scopes.has(scope)) throw new Answered(refusal(403, `This app hasn't been granted all required scopes to make this call. Read more about required scopes here: ${scope}`, 'MISSING_SCOPES'));
  };
  /** Notes are reached with the rights on contacts. */
  const needRight = (type: string, right: 'read' | 'write'): void => needScope(`crm.objects.${type === 'notes' ? 'contacts' : type}.${right}`);
  const live = (type: string, id: string): StoredRecord => {
    const record = tableOf(type).get(id);
    if (record === undefined || record.isArchived) throw new Answered(refusal(404, 'resource not found', 'OBJECT_NOT_FOUND'));
    return record;
  };
  const all = (type: string): readonly StoredRecord[] => [...tableOf(type).values()].filter(({ isArchived }) => !isArchived);

  const checkProperties = (type: string, given: unknown, isNew: boolean): Record<string, string> => {
    require(typeof given === 'object' && given !== null, 'properties missing');
    const known = writable[type] ?? [];
    for (const [name, value] of Object.entries(given)) {
      require(known.some((one) => one.replace('*', '') === name) && (name !== 'palomar_key' || hasKeyProperty), `no property ${name} of ${type}`);
      require(typeof value === 'string', `property ${name} is no text`);
    }
    const values = given as Record<string, string>;
    for (const name of isNew ? known.filter((one) => one.endsWith('*')).map((one) => one.slice(0, -1)) : []) require(values[name], `${type} without ${name}`);
    require(['LOW', 'MEDIUM', 'HIGH', 'URGENT', undefined].includes(values['hs_ticket_priority']), `hs_ticket_priority ${values['hs_ticket_priority']}`);
    require((values['hs_note_body'] ?? '').length <= 65_536, 'hs_note_body of more than 65,536 characters');
    for (const id of (values['hs_attachment_ids'] ?? '').split(';').filter(Boolean)) require(files.has(id), `no file ${id}`);
    return values;
  };
  const checkUnique = (type: string, values: Properties, ownId: string | null): void => {
    for (const other of all(type).filter(({ id }) => id !== ownId)) {
      const { email, palomar_key: key } = values;
      if (type === 'contacts' && email !== undefined && email.toLowerCase() === other.properties['email']) {
        throw new Answered(refusal(409, `Contact already exists. Existing ID: ${other.id}`, 'CONFLICT'));
      }
      if (key === undefined || other.properties['palomar_key'] !== key) continue;
      const why = { isValid: false, message: `propertyName=palomar_key, ${other.id} already has that value.`, error: 'CONFLICTING_UNIQUE_VALUE', name: 'palomar_key' };
      throw new Answered(refusal(400, `Property values were not valid: ${JSON.stringify([why])}`, 'VALIDATION_ERROR'));
    }
  };
  const shown = (record: StoredRecord, names: readonly string[]) => ({
    id: record.id,
    properties: { hs_object_id: record.id, ...Object.fromEntries(names.map((name) => [name, record.properties[name] ?? null])) },
    createdAt: new Date(record.createdAtMs).toISOString(),
    updatedAt: new Date(record.createdAtMs).toISOString(),
    archived: false,
  });
  const add = (type: string, values: Properties): StoredRecord => {
    const record: StoredRecord = { id: nextId(), properties: { ...values }, createdAtMs: Date.now(), isArchived: false };
    if (record.properties['email'] !== undefined) record.properties['email'] = record.properties['email'].toLowerCase();
    tableOf(type).set(record.id, record);
    return record;
  };
  const wanted = (request: ContractRequest): readonly string[] => (request.query.get('properties') ?? '').split(',').filter(Boolean);

  const create = (request: ContractRequest): ContractAnswer => {
    const { type = '' } = request.params;
    needRight(type, 'write');
    const body = request.json();
    onlyKeys(body, ['properties', 'associations']);
    const values = checkProperties(type, body['properties'], true);
    const targets = readAssociations(type, body['associations'], associationTypes);
    for (const target of targets) live(target.type, target.id);
    checkUnique(type, values, null);
    const record = add(type, values);
    for (const target of targets) links.push({ from: `${type} ${record.id}`, to: `${target.type} ${target.id}` });
    return { status: 201, json: shown(record, Object.keys(values)) };
  };

  const read = (request: ContractRequest): ContractAnswer => {
    const { type = '', id = '' } = request.params;
    needRight(type, 'read');
    const byProperty = request.query.get('idProperty');
    if (byProperty === null) {
      require(/^\d+$/.test(id), `${id} is no number`);
      return { json: shown(live(type, id), wanted(request)) };
    }
    if (byProperty !== 'palomar_key' || !hasKeyProperty) throw new Answered(refusal(400, `Property '${byProperty}' is not a unique property`, 'VALIDATION_ERROR'));
    const found = all(type).find(({ properties: has }) => has[byProperty] === id);
    if (found === undefined) throw new Answered(refusal(404, 'resource not found', 'OBJECT_NOT_FOUND'));
    return { json: shown(found, wanted(request)) };
  };

  const search = (request: ContractRequest): ContractAnswer => {
    const { type = '' } = request.params;
    needRight(type, 'read');
    const body = request.json();
    onlyKeys(body, ['filterGroups', 'query', 'properties', 'limit', 'after', 'sorts']);
    require(typeof body['limit'] === 'number' && body['limit'] <= 200, 'limit of at most 200');
    const groups = (body['filterGroups'] ?? []) as readonly { readonly filters: readonly Filter[] }[];
    require(groups.length <= 5, 'at most five filterGroups');
    for (const filter of groups.flatMap(({ filters }) => filters)) checkFilter(filter);
    const query = String(body['query'] ?? '').toLowerCase();
    const seen = all(type).filter(({ createdAtMs }) => Date.now() - createdAtMs >= (options.searchLagMs ?? 0));
    const found = seen.filter(({ properties: has }) => {
      const isInGroup = groups.length === 0 || groups.some(({ filters }) => filters.every((filter) => matches(has, filter)));
      return isInGroup && query.split(/\s+/).every((word) => Object.values(has).some((value) => value.toLowerCase().includes(word)));
    });
    return { json: { total: found.length, results: found.slice(0, body['limit']).map((record) => shown(record, (body['properties'] ?? []) as string[])) } };
  };

  const associations = (request: ContractRequest): ContractAnswer => {
    const { type = '', id = '', to = '' } = request.params;
    needRight(type, 'read');
    live(type, id);
    // Pages are kept short, so that whoever reads only the first one is found out.
    const limit = Math.min(Number(request.query.get('limit') ?? 100), 2);
    const after = Number(request.query.get('after') ?? 0);
    const found = notesOf(type, id).slice(after);
    const next = found.length > limit ? { paging: { next: { after: String(after + limit), link: '?' } } } : {};
    require(to === 'notes', `no association to ${to}`);
    return { json: { results: found.slice(0, limit).map((note) => ({ id: note.id, type: 'contact_to_note' })), ...next } };
  };

  const notesOf = (type: string, id: string): readonly StoredRecord[] =>
    links.filter(({ to }) => to === `${type} ${id}`).flatMap(({ from }) => all('notes').filter((note) => from === `notes ${note.id}`));

  const batchRead = (request: ContractRequest): ContractAnswer => {
    needRight('notes', 'read');
    const body = request.json();
    onlyKeys(body, ['inputs', 'properties', 'propertiesWithHistory', 'idProperty']);
    const inputs = body['inputs'] as readonly { readonly id: string }[];
    require(inputs.length > 0 && inputs.length <= 100, 'between 1 and 100 inputs');
    const found = inputs.flatMap(({ id }) => all('notes').filter((note) => note.id === id));
    return { json: { status: 'COMPLETE', results: found.reverse().map((note) => shown(note, body['properties'] as string[])) } };
  };

  const upload = async (request: ContractRequest): Promise<ContractAnswer> => {
    needScope('files');
    const form = await request.form();
    for (const name of form.keys()) require(['file', 'fileName', 'folderId', 'folderPath', 'options', 'charsetHunch'].includes(name), `no field ${name}`);
    require(form.has('folderPath') !== form.has('folderId'), 'folderPath or folderId, one of them');
    const file = form.get('file');
    require(file instanceof File, 'file missing');
    const { access } = JSON.parse(String(form.get('options'))) as { access: string };
    require(['PUBLIC_INDEXABLE', 'PUBLIC_NOT_INDEXABLE', 'PRIVATE'].includes(access), `access ${access}`);
    const name = String(form.get('fileName') ?? file.name);
    const id = nextId();
    files.set(id, { name, bytes: new Uint8Array(await file.arrayBuffer()), access });
    return { status: 201, json: { id, name: name.replace(/\.[^.]*$/, ''), access, archived: false, size: file.size } };
  };

  const property = (request: ContractRequest): ContractAnswer => {
    const { type = '', name = '' } = request.params;
    needScope(`crm.schemas.${type}.read`);
    if (type === 'contacts' && name === 'lifecyclestage') {
      return { json: lifecycleStage };
    }
    if (name !== 'palomar_key' || !hasKeyProperty) return refusal(404, `Property "${name}" does not exist`, 'OBJECT_NOT_FOUND');
    return { json: { name, label: 'Palomar key', type: 'string', fieldType: 'text', hasUniqueValue: true } };
  };

  const routes: readonly ContractRoute[] = [
    { method: 'GET', path: '/account-info/v3/details', handle: () => ({ json: { portalId: 146_000_123, accountType: 'STANDARD', uiDomain: 'app-eu1.hubspot.com' } }) },
    { method: 'GET', path: '/crm/v3/properties/:type/:name', handle: property },
    { method: 'GET', path: '/crm/v3/pipelines/:type', handle: ({ params }) => ({ json: { results: pipelinesOf(params['type'] ?? '') } }) },
    { method: 'POST', path: '/crm/v3/objects/notes/batch/read', handle: batchRead },
    { method: 'POST', path: '/crm/v3/objects/:type/search', handle: search },
    { method: 'GET', path: '/crm/v3/objects/:type', handle: ({ params: { type = '' } }) => (needRight(type, 'read'), { json: { results: [] } }) },
    { method: 'POST', path: '/crm/v3/objects/:type', handle: create },
    { method: 'GET', path: '/crm/v3/objects/:type/:id', handle: read },
    {
      method: 'PATCH',
      path: '/crm/v3/objects/:type/:id',
      handle: (request) => {
        const { type = '', id = '' } = request.params;
        needRight(type, 'write');
        const values = checkProperties(type, request.json()['properties'], false);
        const record = live(type, id);
        checkUnique(type, values, id);
        record.properties = { ...record.properties, ...values };
        return { json: shown(record, Object.keys(values)) };
      },
    },
    {
      method: 'DELETE',
      path: '/crm/v3/objects/:type/:id',
      handle: ({ params: { type = '', id = '' } }) => {
        needRight(type, 'write');
        const record = tableOf(type).get(id);
        if (record !== undefined) record.isArchived = true;
        return { status: 204 };
      },
    },
    { method: 'GET', path: '/crm/v3/objects/:type/:id/associations/:to', handle: associations },
    { method: 'GET', path: '/files/v3/files/search', handle: () => (needScope('files'), { json: { results: [] } }) },
    { method: 'POST', path: '/files/v3/files', handle: upload },
    {
      method: 'DELETE',
      path: '/files/v3/files/:id',
      handle: ({ params: { id = '' } }) => {
        needScope('files');
        return files.delete(id) ? { status: 204 } : refusal(404, `File ${id} not found`, 'OBJECT_NOT_FOUND');
      },
    },
  ];

  const server = await ContractServer.start({
    routes: [...routes, ...signIn.routes],
    authorize: ({ path, headers }) => {
      const given = (headers['authorization'] ?? '').replace(/^Bearer /, '');
      const isKnown = path === '/oauth/v3/token' || given === token || signIn.isGood(given);
      return isKnown ? null : refusal(401, 'Authentication credentials not found.', 'INVALID_AUTHENTICATION');
    },
    refuse: (status, why) => refusal(status, why, status === 429 ? 'RATE_LIMITS' : 'VALIDATION_ERROR'),
    mostPerSecond: options.mostPerSecond,
  });
  return { server, token, signIn: { ...signIn, clientId, clientSecret }, records: all, notesOf, fileOf: (id) => files.get(id) ?? null, add, change: (type, id, properties) => void Object.assign(live(type, id).properties, properties), remove: (type, id) => void (live(type, id).isArchived = true) };
}
