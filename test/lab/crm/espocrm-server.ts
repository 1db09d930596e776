import { Answered, ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest } from './contract-server.ts';

type Fields = Record<string, unknown>;

export interface EspoContact {
  readonly id: string;
  readonly createdAt: string;
  readonly fields: Fields;
}

export interface EspoAttachment {
  readonly id: string;
  readonly name: string;
  readonly bytes: Buffer;
}

export interface EspoNote {
  readonly id: string;
  readonly number: number;
  readonly parentId: string;
  readonly post: string;
  readonly isInternal: boolean;
  readonly attachmentsIds: readonly string[];
}

/** Of a case or an opportunity: what a list of them shows. */
export interface EspoBelow {
  readonly contactId: string;
  readonly id: string;
  readonly name: string;
  readonly status: string;
}

interface Where {
  readonly type?: string;
  readonly attribute?: string;
  readonly value?: unknown;
}

export const espoKey = '0123456789abcdef0123456789abcdef';
const contactFields = ['firstName', 'lastName', 'phoneNumber', 'emailAddress', 'description', 'accountId', 'title', 'cPalomarKey'];
const noteFields = ['type', 'parentType', 'parentId', 'post', 'attachmentsIds', 'isInternal', 'targetType'];
const attachmentFields = ['name', 'type', 'role', 'relatedType', 'relatedId', 'parentType', 'parentId', 'field', 'file'];
/** Links of a contact, with the field that says how far a record there is, and what the primary filter `open` leaves out. */
const links: Readonly<Record<string, readonly [statusField: string, ended: readonly string[]]>> = {
  cases: ['status', ['Closed', 'Rejected', 'Duplicate']],
  opportunities: ['stage', ['Closed Won', 'Closed Lost']],
};
/** `recordListMaxSizeLimit` */
const longestPage = 200;

/**
 * EspoCRM as its documentation (https://docs.espocrm.com/development/api/) and the source of its services describe it:
 * API keys, contacts with a check for duplicates (409), posts in a stream, files as data URIs.
 */
export async function startEspoServer() {
  const contacts: EspoContact[] = [];
  const attachments: EspoAttachment[] = [];
  const notes: EspoNote[] = [];
  const below: Readonly<Record<string, EspoBelow[]>> = { cases: [], opportunities: [] };
  const setUp = { hasField: true, rights: { create: 'yes', read: 'all', edit: 'all', delete: 'all', stream: 'all' } as Record<string, string>, isTooOldToDelete: false, hiddenLinks: [] as readonly string[] };
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
  const contactOf = (request: ContractRequest): EspoContact => {
    const found = contacts.find(({ id }) => id === request.params['id']);
    if (found === undefined) throw new Answered(refuse(404, 'Record does not exist.'));
    return found;
  };
  const noteOf = (request: ContractRequest): EspoNote => {
    const found = notes.find(({ id }) => id === request.params['id']);
    if (found === undefined) throw new Answered(refuse(404, 'Record does not exist.'));
    return found;
  };
  const nameOf = ({ fields }: EspoContact): string => [fields['firstName'], fields['lastName']].filter(Boolean).join(' ');
  const contactJson = (contact: EspoContact) => ({ ...contact.fields, id: contact.id, name: nameOf(contact), createdAt: contact.createdAt });
  const detailJson = (contact: EspoContact) => ({
    ...contactJson(contact),
    assignedUserId: 'a1',
    assignedUserName: 'Jordi Llach',
    phoneNumberData: contact.fields['phoneNumber'] ? [{ phoneNumber: contact.fields['phoneNumber'], type: 'Mobile', primary: true }] : [],
    emailAddressData: contact.fields['emailAddress'] ? [{ emailAddress: contact.fields['emailAddress'], primary: true }] : [],
  });
  const noteJson = (note: EspoNote) => ({
    ...note,
    type: 'Post',
    parentType: 'Contact',
    attachmentsNames: Object.fromEntries(note.attachmentsIds.map((id) => [id, attachments.find((one) => one.id === id)?.name])),
  });

  const checkContact = (given: Fields): Fields => {
    known(given, contactFields, 'a contact');
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
    const isSame = (other: EspoContact): boolean =>
      ((other.fields['firstName'] ?? '') === (fields['firstName'] ?? '') && other.fields['lastName'] === fields['lastName']) ||
      (Boolean(fields['emailAddress']) && other.fields['emailAddress'] === fields['emailAddress']);
    const duplicates = contacts.filter(isSame);
    if (duplicates.length > 0 && request.headers['x-skip-duplicate-check'] !== 'true') {
      throw new Answered({ status: 409, json: duplicates.map(contactJson), headers: { 'x-status-reason': '{"reason":"duplicate"}' } });
    }
    const contact: EspoContact = { id: newId(), createdAt: new Date().toISOString().slice(0, 19).replace('T', ' '), fields };
    contacts.push(contact);
    return { json: detailJson(contact) };
  };

  const matches = (contact: EspoContact, { type, attribute = '', value }: Where): boolean => {
    if (type === 'or' || type === 'and') {
      const inner = Object.values(value as Record<string, Where>);
      return type === 'or' ? inner.some((one) => matches(contact, one)) : inner.every((one) => matches(contact, one));
    }
    require(type === 'equals', `filter type ${String(type)}`);
    if (attribute === 'cPalomarKey' && !setUp.hasField) throw new Answered(refuse(403, 'Forbidden attribute in where.'));
    require(contactFields.includes(attribute), `filter attribute ${attribute}`);
    return contact.fields[attribute] === value;
  };

  const page = <Item>(query: URLSearchParams, all: readonly Item[]): readonly Item[] => {
    const [offset, size] = [Number(query.get('offset') ?? 0), Number(query.get('maxSize') ?? 20)];
    if (size > longestPage) throw new Answered(refuse(403, 'Max size should should not exceed 200. Use offset and limit.'));
    return all.slice(offset, offset + size);
  };

  const listContacts = ({ query }: ContractRequest): ContractAnswer => {
    needs('read');
    const where = Object.values((phpQuery(query)['where'] ?? {}) as Record<string, Where>);
    require(where.length > 0, 'a list without a filter');
    // Checked also when nobody is there yet.
    for (const one of where) matches({ id: '', createdAt: '', fields: {} }, one);
    const select = (query.get('select') ?? '').split(',');
    const found = contacts.filter((contact) => where.every((one) => matches(contact, one)));
    const list = page(query, found).map((contact) => Object.fromEntries(Object.entries(contactJson(contact)).filter(([name]) => select.includes(name))));
    return { json: { total: found.length, list } };
  };

  const listBelow = (request: ContractRequest): ContractAnswer => {
    const { id } = contactOf(request);
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
    require(given['parentType'] === 'Contact' && typeof given['post'] === 'string', 'parent and text of a post');
    if (!contacts.some(({ id }) => id === given['parentId'])) throw new Answered(refuse(404, 'Parent does not exist.'));
    const attachmentsIds = (given['attachmentsIds'] ?? []) as string[];
    require(attachmentsIds.every((id) => attachments.some((one) => one.id === id)), 'a file that was not uploaded');
    const note: EspoNote = {
      id: newId(),
      number: Math.max(0, ...notes.map(({ number }) => number)) + 1,
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

  const server = await ContractServer.start({
    refuse,
    authorize: ({ headers }) => (headers['x-api-key'] === espoKey ? null : refuse(401, 'Unauthorized')),
    routes: [
      {
        method: 'GET',
        path: '/api/v1/App/user',
        handle: () => ({ json: { user: { userName: 'palomar' }, acl: { table: { Contact: setUp.rights } }, preferences: {}, token: null, settings: {} } }),
      },
      {
        method: 'GET',
        path: '/api/v1/Metadata',
        handle: ({ query }) => {
          require(query.get('key') === 'entityDefs.Contact.fields', 'the whole metadata is megabytes');
          const own = setUp.hasField ? { cPalomarKey: { type: 'varchar', isCustom: true } } : {};
          return { json: { lastName: { type: 'varchar', required: true }, phoneNumber: { type: 'phone' }, ...own } };
        },
      },
      { method: 'GET', path: '/api/v1/Contact', handle: listContacts },
      { method: 'POST', path: '/api/v1/Contact', handle: createContact },
      { method: 'GET', path: '/api/v1/Contact/:id', handle: (request) => ({ json: detailJson(contactOf(request)) }) },
      {
        method: 'PUT',
        path: '/api/v1/Contact/:id',
        handle: (request) => {
          needs('edit');
          const contact = contactOf(request);
          Object.assign(contact.fields, checkContact(request.json()));
          return { json: detailJson(contact) };
        },
      },
      {
        method: 'DELETE',
        path: '/api/v1/Contact/:id',
        handle: (request) => {
          needs('delete');
          contacts.splice(contacts.indexOf(contactOf(request)), 1);
          return { json: true };
        },
      },
      {
        method: 'GET',
        path: '/api/v1/Contact/:id/stream',
        handle: (request) => {
          needs('stream');
          const { id } = contactOf(request);
          const created = { id: 'created', number: 0, type: 'Create', parentId: id };
          const all = [...notes.filter(({ parentId }) => parentId === id).map(noteJson).reverse(), created];
          return { json: { total: -1, list: page(request.query, all) } };
        },
      },
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
    contacts: contacts as readonly EspoContact[],
    notes: notes as readonly EspoNote[],
    attachments: attachments as readonly EspoAttachment[],
    nameOf,
    /** As people there do it. */
    addBelow: (link: 'cases' | 'opportunities', contactId: string, name: string, status: string) => void below[link]?.push({ contactId, id: newId(), name, status }),
    remove: (id: string) => void contacts.splice(contacts.findIndex((contact) => contact.id === id), 1),
    /** How the company has set it up; a test may change it while it runs. */
    setUp,
    violations: server.violations,
    kill: server.kill,
    restart: server.restart,
  };
}

/** `a[0][b]=c` as PHP reads it. */
function phpQuery(query: URLSearchParams): Fields {
  const all: Fields = {};
  for (const [name, value] of query) {
    const path = name.split(/[[\]]+/).filter((word) => word !== '');
    let place = all;
    for (const word of path.slice(0, -1)) place = (place[word] ??= {}) as Fields;
    place[path.at(-1) ?? ''] = value;
  }
  return all;
}
