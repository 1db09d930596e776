import { randomBytes } from 'node:crypto';
import { Answered, ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest } from './contract-server.ts';

type Json = Record<string, unknown>;
export type FrappeDocument = Json & { readonly name: string };

export interface FrappeOptions {
  /** Without it, the administrator has not added the field of our key yet. */
  readonly hasKeyField?: boolean | undefined;
  /** Doctypes that the user's role may not read. */
  readonly forbidden?: readonly string[] | undefined;
}

export interface FrappeServer {
  readonly server: ContractServer;
  readonly token: string;
  /** Documents by doctype and name, in the order they were made. */
  readonly documents: ReadonlyMap<string, ReadonlyMap<string, FrappeDocument>>;
  readonly bytesOf: (file: string) => Buffer;
  add(doctype: string, fields: Json): FrappeDocument;
  /** As a person there does it. */
  delete(doctype: string, name: string): void;
}

/** Fields of each doctype that a client may write, with those of its child tables. */
const schemas: Readonly<Record<string, { readonly fields: readonly string[]; readonly tables?: Readonly<Record<string, { readonly doctype: string; readonly fields: readonly string[] }>> }>> = {
  Contact: {
    fields: ['first_name', 'last_name', 'full_name', 'company_name', 'designation', 'status', 'palomar_ref'],
    tables: {
      phone_nos: { doctype: 'Contact Phone', fields: ['phone', 'is_primary_phone', 'is_primary_mobile_no'] },
      email_ids: { doctype: 'Contact Email', fields: ['email_id', 'is_primary'] },
    },
  },
  Lead: { fields: ['first_name', 'last_name', 'lead_name', 'company_name', 'mobile_no', 'phone', 'whatsapp_no', 'email_id', 'status', 'source', 'lead_owner', 'palomar_ref'] },
  Employee: { fields: ['employee_name', 'cell_number', 'personal_email', 'company_email', 'designation', 'department', 'company', 'status', 'emergency_phone_number'] },
  Issue: { fields: ['subject', 'status', 'priority', 'contact', 'lead', 'customer', 'raised_by'] },
  Opportunity: { fields: ['title', 'status', 'opportunity_from', 'party_name', 'opportunity_owner'] },
  Comment: { fields: ['comment_type', 'reference_doctype', 'reference_name', 'content', 'comment_email', 'comment_by', 'published'] },
  File: { fields: ['file_name', 'attached_to_doctype', 'attached_to_name', 'is_private', 'file_url', 'content_hash', 'folder'] },
};
/** What a new document has without being told; `__user` in the doctype's own JSON is whoever makes it. */
const defaults: Readonly<Record<string, Json>> = {
  Contact: { status: 'Passive' },
  Lead: { status: 'Lead', lead_owner: 'palomar@example.com' },
  Employee: { status: 'Active' },
  Issue: { status: 'Open' },
  Opportunity: { status: 'Open' },
};
const standard = ['name', 'owner', 'creation', 'modified', 'doctype'];

/** Exceptions as frappe/exceptions.py gives them a status. */
const refuse = (status: number, kind: string, message: string): Answered =>
  new Answered({ status, json: { exc_type: kind, exception: `frappe.exceptions.${kind}: ${message}`, _server_messages: JSON.stringify([JSON.stringify({ message, indicator: 'red' })]) } });

/** A Frappe site as https://docs.frappe.io/framework/user/en/api/rest and frappe's api/v1.py have it, with contacts, leads, employees, comments and files. */
export async function startFrappe({ hasKeyField = true, forbidden = [] }: FrappeOptions = {}): Promise<FrappeServer> {
  const documents = new Map<string, Map<string, FrappeDocument>>(Object.keys(schemas).map((doctype) => [doctype, new Map()]));
  const contents = new Map<string, Buffer>();
  const token = 'f0a1b2c3d4e5f6a:9876543210fedcb';
  let tick = 0;

  const server = await ContractServer.start({
    authorize: (request) =>
      request.headers['authorization'] === `token ${token}` ? null : { status: 401, json: { exc_type: 'AuthenticationError', exception: 'frappe.exceptions.AuthenticationError' } },
    refuse: (status, why) => ({ status, json: { exc_type: 'ValidationError', exception: why } }),
    routes: [
      { method: 'GET', path: '/api/method/frappe.auth.get_logged_user', handle: () => ({ json: { message: 'palomar@example.com' } }) },
      { method: 'POST', path: '/api/method/upload_file', handle: upload },
      { method: 'GET', path: '/api/resource/:doctype', handle: list },
      { method: 'POST', path: '/api/resource/:doctype', handle: (request) => ({ json: { data: insert(doctypeOf(request), request.json()) } }) },
      { method: 'GET', path: '/api/resource/:doctype/:name', handle: (request) => ({ json: { data: get(request) } }) },
      { method: 'PUT', path: '/api/resource/:doctype/:name', handle: update },
      { method: 'DELETE', path: '/api/resource/:doctype/:name', handle: remove },
    ],
  });
  return {
    server,
    token,
    documents,
    bytesOf: (file) => contents.get(file) ?? Buffer.alloc(0),
    add: (doctype, fields) => insert(doctype, fields),
    delete: (doctype, name) => void documents.get(doctype)?.delete(name),
  };

  function doctypeOf(request: ContractRequest): string {
    const doctype = request.params['doctype'] ?? '';
    if (schemas[doctype] === undefined) throw refuse(404, 'DoesNotExistError', `DocType ${doctype} not found`);
    if (forbidden.includes(doctype)) throw refuse(403, 'PermissionError', `No permission for ${doctype}`);
    return doctype;
  }

  function fieldsOf(doctype: string): readonly string[] {
    return (schemas[doctype]?.fields ?? []).filter((field) => hasKeyField || field !== 'palomar_ref');
  }

  /** Paged, 20 unless told; a field that is not there is refused. */
  function list(request: ContractRequest): ContractAnswer {
    const doctype = doctypeOf(request);
    for (const name of request.query.keys()) require(['filters', 'fields', 'order_by', 'limit_start', 'limit_page_length', 'limit'].includes(name), `parameter ${name}`);
    const fields = JSON.parse(request.query.get('fields') ?? '["name"]') as string[];
    const filters = JSON.parse(request.query.get('filters') ?? '[]') as unknown[][];
    for (const field of fields) checkField(doctype, field);
    for (const filter of filters) if (filter.length === 3) checkField(doctype, String(filter[0]));
    require(['creation asc, name asc', null].includes(request.query.get('order_by')), 'order_by');
    const start = Number(request.query.get('limit_start') ?? 0);
    const length = Number(request.query.get('limit_page_length') ?? 20);
    require(Number.isInteger(start) && Number.isInteger(length) && length > 0, 'limit_start, limit_page_length');
    const rows = [...(documents.get(doctype)?.values() ?? [])].filter((document) => filters.every((filter) => isMatch(doctype, document, filter)));
    return { json: { data: rows.slice(start, start + length).map((row) => Object.fromEntries(fields.map((field) => [field, row[field] ?? null]))) } };
  }

  function checkField(doctype: string, field: string): void {
    if (![...standard, ...fieldsOf(doctype)].includes(field)) throw refuse(417, 'DataError', `Field not permitted in query: ${field}`);
  }

  function isMatch(doctype: string, document: FrappeDocument, filter: readonly unknown[]): boolean {
    require(Array.isArray(filter) && (filter.length === 3 || filter.length === 4), 'a filter has three or four parts');
    const [of, field, operator, value] = (filter.length === 4 ? filter : [doctype, ...filter]) as [string, string, string, unknown];
    if (of === doctype) return compare(document[field], operator, value);
    const table = Object.entries(schemas[doctype]?.tables ?? {}).find(([, one]) => one.doctype === of);
    require(table !== undefined && table[1].fields.includes(field), `${of}.${field} is no field of a table of ${doctype}`);
    return ((document[table[0]] ?? []) as Json[]).some((row) => compare(row[field], operator, value));
  }

  function insert(doctype: string, fields: Json): FrappeDocument {
    const schema = schemas[doctype];
    checkBody(doctype, fields);
    checkUnique(doctype, fields, null);
    const names = documents.get(doctype) ?? new Map<string, FrappeDocument>();
    const title = [fields['first_name'], fields['last_name']].filter(Boolean).join(' ');
    if (doctype === 'Contact') require(title !== '', 'first_name is mandatory');
    if (doctype === 'Comment') {
      require(fields['comment_type'] === 'Comment' && typeof fields['content'] === 'string' && fields['content'] !== '', 'comment_type, content');
      mustExist(String(fields['reference_doctype']), String(fields['reference_name']));
    }
    let name = doctype === 'Contact' ? title : randomBytes(5).toString('hex');
    for (let count = 1; names.has(name); count += 1) name = `${title}-${count}`;
    tick += 1;
    const known = Object.fromEntries(Object.entries(fields).filter(([field]) => fieldsOf(doctype).includes(field) || schema?.tables?.[field] !== undefined));
    const document: FrappeDocument = {
      ...defaults[doctype],
      ...known,
      ...(doctype === 'Contact' ? { full_name: title } : {}),
      ...(doctype === 'Comment' ? { content: sanitize(String(fields['content'])) } : {}),
      name,
      doctype,
      owner: 'palomar@example.com',
      creation: `2026-11-22 12:00:00.${String(tick).padStart(6, '0')}`,
    };
    names.set(name, document);
    return document;
  }

  function checkBody(doctype: string, fields: Json): void {
    const schema = schemas[doctype];
    for (const [field, value] of Object.entries(fields)) {
      const table = schema?.tables?.[field];
      if (table === undefined) {
        require(schema?.fields.includes(field), `${doctype} has no field ${field}`);
        require(typeof value === 'string' || typeof value === 'number', `${field}: a text or a number`);
        if (field !== 'content' && String(value).length > 140) throw refuse(417, 'CharacterLengthExceededError', `${field} is too long`);
        continue;
      }
      require(Array.isArray(value), `${field}: rows`);
      for (const row of value as Json[]) require(Object.keys(row).every((name) => table.fields.includes(name)), `${field}: fields of ${table.doctype}`);
      if (field === 'phone_nos') require((value as Json[]).every((row) => /^([0-9 +_\-,.*#()]){1,20}$/.test(String(row['phone']))), 'not a phone number');
    }
  }

  /** A unique field answers 417 UniqueValidationError (show_unique_validation_message), not 409. */
  function checkUnique(doctype: string, fields: Json, own: string | null): void {
    const key = fields['palomar_ref'];
    if (key === undefined || !hasKeyField) return;
    const taken = [...(documents.get(doctype)?.values() ?? [])].find((document) => document['palomar_ref'] === key && document.name !== own);
    if (taken !== undefined) throw refuse(417, 'UniqueValidationError', 'Palomar Ref must be unique');
  }

  function mustExist(doctype: string, name: string): void {
    if (documents.get(doctype)?.has(name) !== true) throw refuse(417, 'LinkValidationError', `Could not find Reference Name: ${name}`);
  }

  function get(request: ContractRequest): FrappeDocument {
    const doctype = doctypeOf(request);
    const name = decodeURIComponent(request.params['name'] ?? '');
    const document = documents.get(doctype)?.get(name);
    if (document === undefined) throw refuse(404, 'DoesNotExistError', `${doctype} ${name} not found`);
    return document;
  }

  function update(request: ContractRequest): ContractAnswer {
    const document = get(request);
    const fields = request.json();
    checkBody(String(document['doctype']), fields);
    checkUnique(String(document['doctype']), fields, document.name);
    Object.assign(document, fields);
    return { json: { data: document } };
  }

  function remove(request: ContractRequest): ContractAnswer {
    const document = get(request);
    documents.get(doctypeOf(request))?.delete(document.name);
    return { status: 202, json: { data: 'ok' } };
  }

  async function upload(request: ContractRequest): Promise<ContractAnswer> {
    const form = await request.form();
    for (const name of form.keys()) require(['file', 'is_private', 'doctype', 'docname', 'fieldname', 'folder', 'file_name'].includes(name), `part ${name}`);
    const file = form.get('file');
    require(file instanceof File, 'file: a file');
    require(form.get('is_private') === '1', 'customers could read it: is_private is 1 here');
    const [doctype, docname] = [String(form.get('doctype')), String(form.get('docname'))];
    const bytes = Buffer.from(await file.arrayBuffer());
    if (bytes.length > 10_485_760) throw refuse(413, 'MaxFileSizeReachedError', 'File size exceeded the maximum allowed size of 10.0 MB');
    const document = insert('File', { file_name: file.name, attached_to_doctype: doctype, attached_to_name: docname, is_private: 1, folder: 'Home/Attachments' });
    contents.set(document.name, bytes);
    return { json: { message: document } };
  }
}

/** As the site's cleaner leaves it: entities that need none become signs again. */
const sanitize = (html: string): string => {
  require(!/<(?!\/?(?:div|p|br)\b)/i.test(html), 'markup that came from a message');
  return html.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&nbsp;', '\u00a0');
};

/** How a person reads a comment in the timeline. */
export const readComment = (html: string): string =>
  html
    .replace(/<br\s*\/?>/g, '\n')
    .replace(/<[^<>]*>/g, '')
    .replace(/\u00a0/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&amp;', '&');

function compare(has: unknown, operator: string, wanted: unknown): boolean {
  const text = typeof has === 'string' || typeof has === 'number' ? String(has) : '';
  if (operator === '=') return text === String(wanted);
  if (operator === 'in') return (wanted as unknown[]).map(String).includes(text);
  if (operator === 'not in') return !(wanted as unknown[]).map(String).includes(text);
  require(operator === 'like', `operator ${operator}`);
  const pattern = String(wanted).replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('%', '[^]*').replaceAll('_', '[^]');
  return new RegExp(`^${pattern}$`, 'iu').test(text);
}
