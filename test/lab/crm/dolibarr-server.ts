import { Answered, ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest } from './contract-server.ts';

type Json = Record<string, unknown>;
export type DolibarrRow = Json & { readonly id: string };

export interface DolibarrOptions {
  readonly version?: string | undefined;
  /** `contacts`, `agendaevents`, `tickets` or `thirdparties`: the user may not read them. */
  readonly forbidden?: readonly string[] | undefined;
}

export interface DolibarrServer {
  readonly server: ContractServer;
  readonly token: string;
  readonly contacts: ReadonlyMap<string, DolibarrRow>;
  readonly events: ReadonlyMap<string, DolibarrRow>;
  /** By folder and name: `12/offer.pdf`. */
  readonly documents: ReadonlyMap<string, Buffer>;
  addContact(fields: Json): string;
  /** Of the firm with this id. */
  addTicket(ticket: { readonly socid: string; readonly subject: string; readonly status: number }): void;
  /** As a person there does it. */
  changeContact(id: string, fields: Json): void;
  removeContact(id: string): void;
}

const contactFields = ['lastname', 'firstname', 'email', 'phone_mobile', 'phone_perso', 'phone_pro', 'poste', 'ref_ext', 'statut', 'note_private', 'socid'];
const eventFields = ['type_code', 'label', 'note_private', 'datep', 'percentage', 'contact_id', 'socid', 'userownerid', 'ref_ext'];
/** Columns of `sqlfilters`, where they are not named as in the API. */
const columns: Readonly<Record<string, string>> = { phone: 'phone_pro', fk_contact: 'contact_id', rowid: 'id' };

const refuse = (status: number, message: string): Answered => new Answered({ status, json: { error: { code: status, message } } });

/** The REST API as its own source has it: api_contacts, api_agendaevents, api_documents, api_users, api_status. Nothing found is 404. */
export async function startDolibarr({ version = '22.0.1', forbidden = [] }: DolibarrOptions = {}): Promise<DolibarrServer> {
  const contacts = new Map<string, DolibarrRow>();
  const events = new Map<string, DolibarrRow>();
  const documents = new Map<string, Buffer>();
  const tickets: Json[] = [];
  const token = 'd0l1b4rrk3y0000000000000000';
  let lastId = 0;
  const add = (rows: Map<string, DolibarrRow>, fields: Json): number => {
    lastId += 1;
    rows.set(String(lastId), { ...fields, id: String(lastId) });
    return lastId;
  };
  const api = '/api/index.php';

  const server = await ContractServer.start({
    authorize: (request) => (request.headers['dolapikey'] === token ? null : { status: 401, json: { error: { code: 401, message: 'Unauthorized' } } }),
    refuse: (status, message) => ({ status, json: { error: { code: status, message } } }),
    routes: [
      { method: 'GET', path: `${api}/status`, handle: () => ({ json: { success: { code: 200, dolibarr_version: version, access_locked: '0' } } }) },
      { method: 'GET', path: `${api}/users/info`, handle: () => ({ json: { id: '7', login: 'palomar', admin: 0 } }) },
      { method: 'GET', path: `${api}/contacts`, handle: (request) => list(request, 'contacts', contacts, 't.rowid') },
      { method: 'POST', path: `${api}/contacts`, handle: createContact },
      { method: 'GET', path: `${api}/contacts/:id`, handle: (request) => ({ json: one(request, contacts) }) },
      { method: 'PUT', path: `${api}/contacts/:id`, handle: updateContact },
      { method: 'DELETE', path: `${api}/contacts/:id`, handle: (request) => remove(request, contacts) },
      { method: 'GET', path: `${api}/agendaevents`, handle: (request) => list(request, 'agendaevents', events, 't.id') },
      { method: 'POST', path: `${api}/agendaevents`, handle: createEvent },
      { method: 'GET', path: `${api}/agendaevents/:id`, handle: (request) => ({ json: one(request, events) }) },
      { method: 'DELETE', path: `${api}/agendaevents/:id`, handle: (request) => remove(request, events) },
      { method: 'GET', path: `${api}/tickets`, handle: listTickets },
      { method: 'GET', path: `${api}/thirdparties/:id/representatives`, handle: representatives },
      { method: 'POST', path: `${api}/documents/upload`, handle: upload },
      { method: 'DELETE', path: `${api}/documents`, handle: deleteDocument },
    ],
  });
  return { server, token, contacts, events, documents, addContact: (fields) => String(add(contacts, { statut: '1', ...fields })), addTicket, changeContact: (id, fields) => void Object.assign(contacts.get(id) ?? {}, fields), removeContact: (id) => void contacts.delete(id) };

  function addTicket({ socid, subject, status }: { readonly socid: string; readonly subject: string; readonly status: number }): void {
    tickets.push({ id: String(tickets.length + 1), socid, subject, status: String(status), fk_statut: String(status) });
  }

  /** Before version 20 a missing right was a 401, as a wrong key is. */
  function mayRead(name: string): void {
    if (forbidden.includes(name)) throw refuse(Number(version.split('.')[0]) < 20 ? 401 : 403, `No permission to read ${name}`);
  }

  function listTickets({ query }: ContractRequest): ContractAnswer {
    mayRead('tickets');
    require(query.get('sortfield') === 't.rowid' && query.get('sortorder') === 'ASC' && query.get('page') === '0', 'sortfield, sortorder, page');
    const [, socid, below] = /^\(t\.fk_soc:=:(\d+)\) and \(t\.fk_statut:<:(\d+)\)$/.exec(query.get('sqlfilters') ?? '') ?? [];
    require(socid !== undefined, 'sqlfilters');
    const found = tickets.filter((ticket) => ticket['socid'] === socid && Number(ticket['status']) < Number(below)).slice(0, Number(query.get('limit')));
    if (found.length === 0) throw refuse(404, 'No ticket found');
    return { json: found };
  }

  function representatives({ params }: ContractRequest): ContractAnswer {
    mayRead('thirdparties');
    require(/^[1-9]\d*$/.test(params['id'] ?? ''), 'id of a third party');
    return { json: [{ id: '7', firstname: 'Jordi', lastname: 'Llach', email: 'jordi@example.com', login: 'jordi' }, { id: '8', firstname: '', lastname: 'Tamm' }] };
  }

  function list(request: ContractRequest, name: string, rows: ReadonlyMap<string, DolibarrRow>, idColumn: string): ContractAnswer {
    if (forbidden.includes(name)) throw refuse(403, `No permission to read ${name}`);
    for (const given of request.query.keys()) require(['sortfield', 'sortorder', 'limit', 'page', 'sqlfilters'].includes(given), `parameter ${given}`);
    require(request.query.get('sortfield') === idColumn && request.query.get('sortorder') === 'ASC', `sortfield of ${name}`);
    const limit = Number(request.query.get('limit'));
    const page = Number(request.query.get('page'));
    require(limit > 0 && Number.isInteger(page) && page >= 0, 'limit, page');
    const filters = readFilters(request.query.get('sqlfilters') ?? '');
    const found = [...rows.values()].filter((row) => filters.some((filter) => isMatch(row, filter))).slice(page * limit, (page + 1) * limit);
    if (found.length === 0) throw refuse(404, `No ${name} found`);
    return { json: found };
  }

  function one(request: ContractRequest, rows: ReadonlyMap<string, DolibarrRow>): DolibarrRow {
    const row = rows.get(request.params['id'] ?? '');
    if (row === undefined) throw refuse(404, 'not found');
    return row;
  }

  function remove(request: ContractRequest, rows: Map<string, DolibarrRow>): ContractAnswer {
    rows.delete(one(request, rows).id);
    return { json: { success: { code: 200, message: 'deleted' } } };
  }

  function createContact(request: ContractRequest): ContractAnswer {
    const fields = request.json();
    only(fields, contactFields);
    if (typeof fields['lastname'] !== 'string' || fields['lastname'] === '') throw refuse(400, 'lastname field missing');
    checkLengths(fields);
    return { json: add(contacts, fields) };
  }

  function updateContact(request: ContractRequest): ContractAnswer {
    const row = one(request, contacts);
    const fields = request.json();
    only(fields, contactFields);
    checkLengths(fields);
    Object.assign(row, fields);
    return { json: row };
  }

  function createEvent(request: ContractRequest): ContractAnswer {
    const fields = request.json();
    only(fields, eventFields);
    require(fields['type_code'] === 'AC_OTH', 'type_code: a manual type that is there in every Dolibarr');
    require(fields['userownerid'] === 7, 'userownerid: the own user, who may create own events only');
    require(Number.isInteger(fields['datep']) && fields['percentage'] === -1, 'datep: seconds; percentage: -1');
    require(typeof fields['label'] === 'string' && fields['label'].length <= 255 && !/[<>]/.test(fields['label']), 'label: a line without markup');
    const note = fields['note_private'];
    require(typeof note === 'string' && Buffer.byteLength(note) <= 65_535, 'note_private');
    // A text with markup in it is taken as HTML and shown as such.
    require(!/<(?!\/?(?:div|br)\b)/i.test(note), 'markup that came from a message');
    if (!contacts.has(String(fields['contact_id']))) throw refuse(500, 'Error creating event');
    return { json: add(events, { ...fields, contact_id: String(fields['contact_id']) }) };
  }

  /** Documents of contacts: `ref` is the id, and their folder too. No second file of a name. */
  function upload(request: ContractRequest): ContractAnswer {
    const fields = request.json();
    only(fields, ['filename', 'modulepart', 'ref', 'subdir', 'filecontent', 'fileencoding', 'overwriteifexists', 'createdirifnotexists']);
    const { filename, ref, filecontent } = fields;
    require(fields['modulepart'] === 'contact' && fields['fileencoding'] === 'base64' && fields['overwriteifexists'] === 0, 'modulepart, fileencoding, overwriteifexists');
    require(typeof filename === 'string' && typeof filecontent === 'string' && /^[A-Za-z0-9+/]*={0,2}$/.test(filecontent), 'filename, filecontent');
    if (!contacts.has(String(ref))) throw refuse(404, `Object with ref '${String(ref)}' was not found.`);
    const name = sanitizeFileName(filename);
    require(name === filename, 'Dolibarr stores it under another name than the one that was sent');
    const place = `${String(ref)}/${name}`;
    if (documents.has(place)) throw refuse(400, `File with name '${name}' already exists.`);
    documents.set(place, Buffer.from(filecontent, 'base64'));
    return { json: name };
  }

  function deleteDocument(request: ContractRequest): ContractAnswer {
    require(request.query.get('modulepart') === 'contact', 'modulepart');
    const place = request.query.get('original_file') ?? '';
    if (!documents.delete(place)) throw refuse(404, 'File not found');
    return { json: { success: { code: 200, message: 'Document deleted' } } };
  }
}

type Filter = readonly [column: string, operator: string, value: string];

/** `(t.column:operator:'value') or (…)`; whatever else stands there is refused with 503, as the API does. */
function readFilters(text: string): readonly Filter[] {
  const pattern = /\(t\.([a-z_]+):(=|like):(?:'([^':()]*)'|(\d+))\)/g;
  if (text === '' || text.replace(pattern, '').replace(/ or /g, '').trim() !== '') throw refuse(503, `Error when validating parameter sqlfilters ${text}`);
  return [...text.matchAll(pattern)].map(([, column = '', operator = '', quoted, number]) => [column, operator, quoted ?? number ?? '']);
}

function isMatch(row: DolibarrRow, [column, operator, value]: Filter): boolean {
  const field = columns[column] ?? column;
  require([...contactFields, ...eventFields, 'id'].includes(field), `no column ${column}`);
  const raw = row[field];
  const has = typeof raw === 'string' || typeof raw === 'number' ? String(raw) : '';
  if (operator === '=') return has.toLowerCase() === value.toLowerCase();
  const like = value.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('%', '[^]*').replaceAll('_', '[^]');
  return new RegExp(`^${like}$`, 'iu').test(has);
}

function checkLengths(fields: Json): void {
  for (const [name, value] of Object.entries(fields)) {
    const most = name.startsWith('phone') ? 30 : name.endsWith('name') ? 50 : 255;
    require(typeof value === 'number' || (typeof value === 'string' && value.length <= most), `${name} is longer than its column`);
  }
}

/** dol_sanitizeFileName and isAFileWithExecutableContent of htdocs/core/lib. */
export const sanitizeFileName = (name: string): string => {
  const plain = name
    .normalize('NFD')
    .replace(/\p{Mn}/gu, '')
    .normalize('NFC')
    .replace(/[<>/\\?*|":°$;`]/g, '_')
    .replace(/--+/g, '_')
    .replace(/\s+-(?=\S)/g, ' _');
  return /\.(?:html?|js|phar|php\d*|phtml|pl|py|cgi|ksh|sh|shtml|bash|bat|cmd|exe|dmg|appimage)$/i.test(plain) ? `${plain}.noexe` : plain;
};

function only(given: Json, names: readonly string[]): void {
  for (const name of Object.keys(given)) require(names.includes(name), `${name} is not documented`);
}
