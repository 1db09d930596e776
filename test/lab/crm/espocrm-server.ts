import { Answered, ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest, ContractRoute } from './contract-server.ts';
import { attachmentFields, espoKey, fieldsOf, links, noteFields, phpQuery } from './espocrm-rules.ts';
import type { Entity, EspoAttachment, EspoBelow, EspoNote, EspoRecord, Fields, Where } from './espocrm-rules.ts';

export { espoKey };

/** `recordListMaxSizeLimit` */
const longestPage = 200;

/**
 * EspoCRM as its documentation (https://docs.espocrm.com/development/api/) and the source of its services describe it:
 * API keys, contacts with a check for duplicates (409), posts in a stream, files as data URIs.
 */
export async function startEspoServer() {
  const contacts: EspoRecord[] = [];
  const cases: EspoRecord[] = [];
  const tables: Readonly<Record<Entity, EspoRecord[]>> = { Contact: contacts, Case: cases };
  const attachments: EspoAttachment[] = [];
  const notes: EspoNote[] = [];
  const below: Readonly<Record<string, EspoBelow[]>> = { cases: [], opportunities: [] };
  const setUp = { hasField: true, hasCaseField: true, rights: { create: 'yes', read: 'all', edit: 'all', delete: 'all', stream: 'all' } as Record<string, string>, isTooOldToDelete: false, hiddenLinks: [] as readonly string[] };
  let made = 0;

  const refuse = (status: number, why: string): ContractAnswer => ({ status, headers: { 'x-status-reason': why } });
  /** Thirteen signs of the time and four more, as `uniqid` makes them. */
  const newId = (): string => {
    made += 1;
    return `${Date.now().toString(16).padStart(11, '0')}${made.toString(16).padStart(6, '0')}`;
  };
  const needs = (right: string): void => {
    if ((setUp.rights[right] ?? 'no') === 'no') throw new Answered(refuse(403, `No '${right}' access.`));
  };
  const known = (given: Fields, names: readonly string[], what: string): void => {
    for (const name of Object.keys(given)) require(names.includes(name), `unknown field ${name} of ${what}`);
  };
  const hasKey = (entity: Entity): boolean => setUp.hasField && (entity === 'Contact' || setUp.hasCaseField);
  const recordOf = (entity: Entity, request: ContractRequest): EspoRecord => {
    const found = tables[entity].find(({ id }) => id === request.params['id']);
    if (found === undefined) throw new Answered(refuse(404, 'Record does not exist.'));
    return found;
  };
  const noteOf = (request: ContractRequest): EspoNote => {
    const found = notes.find(({ id }) => id === request.params['id']);
    if (found === undefined) throw new Answered(refuse(404, 'Record does not exist.'));
    return found;
  };
  const nameOf = ({ fields }: EspoRecord): string => (fields['name'] === undefined ? [fields['firstName'], fields['lastName']].filter(Boolean).join(' ') : String(fields['name']));
  const recordJson = (record: EspoRecord) => ({ ...record.fields, id: record.id, name: nameOf(record), createdAt: record.createdAt });
  const assigned = { assignedUserId: 'a1', assignedUserName: 'Jordi Llach' };
  const detailJson = (entity: Entity, record: EspoRecord) => ({ ...assigned, ...(entity === 'Contact' ? contactJson(record) : recordJson(record)) });
  const contactJson = (contact: EspoRecord) => ({
    ...recordJson(contact),
    phoneNumberData: contact.fields['phoneNumber'] ? [{ phoneNumber: contact.fields['phoneNumber'], type: 'Mobile', primary: true }] : [],
    emailAddressData: contact.fields['emailAddress'] ? [{ emailAddress: contact.fields['emailAddress'], primary: true }] : [],
  });
  const noteJson = (note: EspoNote) => ({
    ...note,
    type: 'Post',
    attachmentsNames: Object.fromEntries(note.attachmentsIds.map((id) => [id, attachments.find((one) => one.id === id)?.name])),
  });

  const checkContact = (given: Fields): Fields => {
    known(given, fieldsOf.Contact, 'a contact');
    for (const [name, value] of Object.entries(given)) require(value === null || typeof value === 'string', `${name} of a contact is text`);
    if (given['phoneNumber'] !== undefined && !/^\+\d{6,15}$/.test(String(given['phoneNumber']))) throw new Answered(refuse(400, 'Field validation failure: phoneNumber'));
    const { cPalomarKey, ...rest } = given;
    // What the metadata does not know is left out without a word.
    return setUp.hasField && cPalomarKey !== undefined ? { ...rest, cPalomarKey } : rest;
  };

  const createContact = (request: ContractRequest): ContractAnswer => {
    needs('create');
    const fields = checkContact(request.json());
    if (!fields['lastName']) throw new Answered(refuse(400, 'Field validation failure: lastName, required'));
    const isSame = (other: EspoRecord): boolean =>
      ((other.fields['firstName'] ?? '') === (fields['firstName'] ?? '') && other.fields['lastName'] === fields['lastName']) ||
      (Boolean(fields['emailAddress']) && other.fields['emailAddress'] === fields['emailAddress']);
    const duplicates = contacts.filter(isSame);
    if (duplicates.length > 0 && request.headers['x-skip-duplicate-check'] !== 'true') {
      throw new Answered({ status: 409, json: duplicates.map(recordJson), headers: { 'x-status-reason': '{"reason":"duplicate"}' } });
    }
    return store('Contact', fields);
  };
  const store = (entity: Entity, fields: Fields): ContractAnswer => {
    const record: EspoRecord = { id: newId(), createdAt: new Date().toISOString().slice(0, 19).replace('T', ' '), fields };
    tables[entity].push(record);
    return { json: detailJson(entity, record) };
  };

  const checkCase = (given: Fields): Fields => {
    known(given, fieldsOf.Case, 'a case');
    const { cPalomarKey, isInternal, contactsIds = [], ...texts } = given;
    for (const [name, value] of Object.entries(texts)) require(typeof value === 'string', `${name} of a case is text`);
    require(isInternal === undefined || typeof isInternal === 'boolean', 'isInternal is yes or no');
    const people = [...(contactsIds as unknown[]), ...(texts['contactId'] === undefined ? [] : [texts['contactId']])];
    if (!people.every((id) => contacts.some((one) => one.id === id))) throw new Answered(refuse(404, 'Contact does not exist.'));
    // `noBadCharacters`
    if (texts['name'] !== undefined && !/^[^<>=]+$/.test(String(texts['name']))) throw new Answered(refuse(400, 'Field validation failure: name, pattern'));
    return hasKey('Case') && cPalomarKey !== undefined ? { ...given, cPalomarKey } : { ...texts, contactsIds, isInternal: isInternal ?? false };
  };
  const createCase = (request: ContractRequest): ContractAnswer => {
    needs('create');
    const fields = checkCase(request.json());
    if (!fields['name']) throw new Answered(refuse(400, 'Field validation failure: name, required'));
    return store('Case', { status: 'New', priority: 'Normal', ...fields });
  };

  const matches = (entity: Entity, record: EspoRecord, { type, attribute = '', value }: Where): boolean => {
    if (type === 'or' || type === 'and') {
      const inner = Object.values(value as Record<string, Where>);
      return type === 'or' ? inner.some((one) => matches(entity, record, one)) : inner.every((one) => matches(entity, record, one));
    }
    require(type === 'equals', `filter type ${String(type)}`);
    if (attribute === 'cPalomarKey' && !hasKey(entity)) throw new Answered(refuse(403, 'Forbidden attribute in where.'));
    require((fieldsOf[entity] as readonly string[]).includes(attribute), `filter attribute ${attribute}`);
    return record.fields[attribute] === value;
  };

  const page = <Item>(query: URLSearchParams, all: readonly Item[]): readonly Item[] => {
    const [offset, size] = [Number(query.get('offset') ?? 0), Number(query.get('maxSize') ?? 20)];
    if (size > longestPage) throw new Answered(refuse(403, 'Max size should should not exceed 200. Use offset and limit.'));
    return all.slice(offset, offset + size);
  };

  const listRecords = (entity: Entity, { query }: ContractRequest): ContractAnswer => {
    needs('read');
    const where = Object.values((phpQuery(query)['where'] ?? {}) as Record<string, Where>);
    require(where.length > 0, 'a list without a filter');
    // Checked also when nobody is there yet.
    for (const one of where) matches(entity, { id: '', createdAt: '', fields: {} }, one);
    const select = (query.get('select') ?? '').split(',');
    const found = tables[entity].filter((record) => where.every((one) => matches(entity, record, one)));
    const list = page(query, found).map((record) => Object.fromEntries(Object.entries(recordJson(record)).filter(([name]) => select.includes(name))));
    return { json: { total: found.length, list } };
  };

  const listBelow = (request: ContractRequest): ContractAnswer => {
    const { id } = recordOf('Contact', request);
    const link = request.params['link'] ?? '';
    const [statusField, ended] = links[link] ?? ['', []];
    require(statusField !== '', `link ${link} of a contact`);
    // Without read access to that entity.
    if (setUp.hiddenLinks.includes(link)) throw new Answered(refuse(403, ''));
    for (const name of request.query.keys()) require(['primaryFilter', 'select', 'maxSize', 'offset', 'orderBy', 'order'].includes(name), `parameter ${name}`);
    require(['open', null].includes(request.query.get('primaryFilter')), 'primaryFilter');
    const select = (request.query.get('select') ?? '').split(',');
    const found = (below[link] ?? []).filter((row) => row.contactId === id && (!request.query.has('primaryFilter') || !ended.includes(row.status)));
    const list = page(request.query, found).map((row) => Object.fromEntries(Object.entries({ id: row.id, name: row.name, [statusField]: row.status }).filter(([name]) => select.includes(name))));
    return { json: { total: found.length, list } };
  };

  const createNote = (request: ContractRequest): ContractAnswer => {
    const given = request.json();
    known(given, noteFields, 'a note');
    if (given['type'] !== 'Post') throw new Answered(refuse(403, "Only 'Post' type allowed."));
    const parentType = given['parentType'] as Entity;
    require(Object.hasOwn(tables, parentType) && typeof given['post'] === 'string', 'parent and text of a post');
    if (!tables[parentType].some(({ id }) => id === given['parentId'])) throw new Answered(refuse(404, 'Parent does not exist.'));
    const attachmentsIds = (given['attachmentsIds'] ?? []) as string[];
    require(attachmentsIds.every((id) => attachments.some((one) => one.id === id)), 'a file that was not uploaded');
    const note: EspoNote = {
      id: newId(),
      number: Math.max(0, ...notes.map(({ number }) => number)) + 1,
      parentType,
      parentId: String(given['parentId']),
      post: given['post'],
      isInternal: given['isInternal'] === true,
      attachmentsIds,
    };
    notes.push(note);
    return { json: noteJson(note) };
  };

  const upload = (request: ContractRequest): ContractAnswer => {
    const given = request.json();
    known(given, attachmentFields, 'an attachment');
    require(given['role'] === 'Attachment' && given['parentType'] === 'Note' && given['field'] === 'attachments', 'where an attachment belongs');
    const [, mime = '', data = ''] = /^data:([^;,]+(?:;[^;,]+=[^;,]+)*);base64,([A-Za-z0-9+/=]*)$/.exec(String(given['file'])) ?? [];
    require(mime !== '' && mime === given['type'], 'file as a data URI of its type');
    const attachment = { id: newId(), name: String(given['name']), bytes: Buffer.from(data, 'base64') };
    attachments.push(attachment);
    return { json: { id: attachment.id, name: attachment.name } };
  };

  const routesOf = (entity: Entity, create: (request: ContractRequest) => ContractAnswer, check: (given: Fields) => Fields): readonly ContractRoute[] => {
    const place = `/api/v1/${entity}`;
    const update = (request: ContractRequest): ContractAnswer => {
      needs('edit');
      const record = recordOf(entity, request);
      Object.assign(record.fields, check(request.json()));
      return { json: detailJson(entity, record) };
    };
    const remove = (request: ContractRequest): ContractAnswer => {
      needs('delete');
      tables[entity].splice(tables[entity].indexOf(recordOf(entity, request)), 1);
      return { json: true };
    };
    const stream = (request: ContractRequest): ContractAnswer => {
      needs('stream');
      const { id } = recordOf(entity, request);
      const created = { id: 'created', number: 0, type: 'Create', parentId: id };
      const all = [...notes.filter(({ parentId }) => parentId === id).map(noteJson).reverse(), created];
      return { json: { total: -1, list: page(request.query, all) } };
    };
    return [
      { method: 'GET', path: place, handle: (request: ContractRequest) => listRecords(entity, request) },
      { method: 'POST', path: place, handle: create },
      { method: 'GET', path: `${place}/:id`, handle: (request: ContractRequest) => ({ json: detailJson(entity, recordOf(entity, request)) }) },
      { method: 'PUT', path: `${place}/:id`, handle: update },
      { method: 'DELETE', path: `${place}/:id`, handle: remove },
      { method: 'GET', path: `${place}/:id/stream`, handle: stream },
    ];
  };

  const server = await ContractServer.start({
    refuse,
    authorize: ({ headers }) => (headers['x-api-key'] === espoKey ? null : refuse(401, 'Unauthorized')),
    routes: [
      {
        method: 'GET',
        path: '/api/v1/App/user',
        handle: () => ({ json: { user: { userName: 'palomar' }, acl: { table: { Contact: setUp.rights, Case: setUp.rights } }, preferences: {}, token: null, settings: {} } }),
      },
      {
        method: 'GET',
        path: '/api/v1/Metadata',
        handle: ({ query }) => {
          const [, entity] = /^entityDefs\.(Contact|Case)\.fields$/.exec(query.get('key') ?? '') ?? [];
          require(entity === 'Contact' || entity === 'Case', 'the whole metadata is megabytes');
          const own = hasKey(entity) ? { cPalomarKey: { type: 'varchar', isCustom: true } } : {};
          return { json: { lastName: { type: 'varchar', required: true }, phoneNumber: { type: 'phone' }, ...own } };
        },
      },
      ...routesOf('Contact', createContact, checkContact),
      ...routesOf('Case', createCase, checkCase),
      { method: 'GET', path: '/api/v1/Contact/:id/:link', handle: listBelow },
      { method: 'POST', path: '/api/v1/Attachment', handle: upload },
      { method: 'POST', path: '/api/v1/Note', handle: createNote },
      { method: 'GET', path: '/api/v1/Note/:id', handle: (request) => ({ json: noteJson(noteOf(request)) }) },
      {
        method: 'DELETE',
        path: '/api/v1/Note/:id',
        handle: (request) => {
          const note = noteOf(request);
          if (setUp.isTooOldToDelete) throw new Answered(refuse(403, "No 'delete' access."));
          notes.splice(notes.indexOf(note), 1);
          return { json: true };
        },
      },
    ],
  });
  return {
    baseUrl: server.baseUrl,
    contacts: contacts as readonly EspoRecord[],
    cases: cases as readonly EspoRecord[],
    notes: notes as readonly EspoNote[],
    attachments: attachments as readonly EspoAttachment[],
    nameOf,
    /** As people there do it. */
    addBelow: (link: 'cases' | 'opportunities', contactId: string, name: string, status: string) => void below[link]?.push({ contactId, id: newId(), name, status }),
    remove: (id: string) => {
      for (const table of [contacts, cases]) table.splice(0, table.length, ...table.filter((one) => one.id !== id));
    },
    /** How the company has set it up; a test may change it while it runs. */
    setUp,
    violations: server.violations,
    kill: server.kill,
    restart: server.restart,
  };
}
