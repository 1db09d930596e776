import { Answered, ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest } from './contract-server.ts';

type Json = Record<string, unknown>;
export type GlpiItem = Json & { readonly id: number };

export interface GlpiOptions {
  /** GLPI 10 keeps and tells its HTML with `<` as `&#60;`. */
  readonly encodesHtml?: boolean | undefined;
  /** Rights of the profile, as sums of bits. */
  readonly rights?: Readonly<Record<string, number>> | undefined;
}

export interface GlpiServer {
  readonly server: ContractServer;
  readonly userToken: string;
  readonly appToken: string;
  readonly items: Readonly<Record<string, ReadonlyMap<number, GlpiItem>>>;
  readonly bytesOf: (document: number) => Buffer;
  add(itemtype: string, fields: Json): number;
  remove(itemtype: string, id: number): void;
  endSessions(): void;
  /** Mails GLPI would have sent: everything that did not say `_disablenotif`. */
  mailCount(): number;
}

/** Fields a client may give when it adds one, and those that a list can be searched by. */
const fieldsOf: Readonly<Record<string, readonly string[]>> = {
  Ticket: ['name', 'content', 'status', 'is_deleted', '_users_id_requester', '_disablenotif'],
  ITILFollowup: ['itemtype', 'items_id', 'content', 'is_private', '_disablenotif'],
  Document: ['name', 'comment', 'itemtype', 'items_id', '_filename', '_disablenotif', 'filename', 'is_deleted'],
  User: ['name', 'firstname', 'realname', 'phone', 'phone2', 'mobile'],
  UserEmail: ['users_id', 'email'],
  Ticket_User: ['tickets_id', 'users_id', 'type'],
};

const refuse = (status: number, code: string, sentence: string): Answered => new Answered({ status, json: [code, sentence] });

/** GLPI's REST API as its apirest.md writes it: sessions, items, sub-items, ranges, upload, errors as pairs. */
export async function startGlpi({ encodesHtml = false, rights = {} }: GlpiOptions = {}): Promise<GlpiServer> {
  const items: Record<string, Map<number, GlpiItem>> = Object.fromEntries(Object.keys(fieldsOf).map((itemtype) => [itemtype, new Map<number, GlpiItem>()]));
  const contents = new Map<number, Buffer>();
  const sessions = new Set<string>();
  const [userToken, appToken] = ['uS3rT0k3nuS3rT0k3nuS3rT0k3n', 'aPpT0k3naPpT0k3n'];
  let lastId = 0;
  let mails = 0;
  const api = '/apirest.php';

  const server = await ContractServer.start({
    authorize,
    refuse: (status, why) => ({ status, json: ['ERROR', why] }),
    routes: [
      { method: 'GET', path: `${api}/initSession`, handle: initSession },
      { method: 'GET', path: `${api}/getActiveProfile`, handle: () => ({ json: { active_profile: { id: 9, name: 'Palomar', ticket: 1055, followup: 13327, document: 31, ...rights } } }) },
      { method: 'GET', path: `${api}/:itemtype`, handle: (request) => ranged(request, searched(request)) },
      { method: 'POST', path: `${api}/:itemtype`, handle: addItem },
      { method: 'PUT', path: `${api}/:itemtype/:id`, handle: update },
      { method: 'DELETE', path: `${api}/:itemtype`, handle: purge },
      { method: 'GET', path: `${api}/:itemtype/:id`, handle: (request) => ({ json: shown(one(typeOf(request), Number(request.params['id']))) }) },
      { method: 'GET', path: `${api}/:itemtype/:id/:sub`, handle: subItems },
    ],
  });
  return {
    server,
    userToken,
    appToken,
    items,
    bytesOf: (document) => contents.get(document) ?? Buffer.alloc(0),
    add,
    remove: (itemtype, id) => void items[itemtype]?.delete(id),
    endSessions: () => sessions.clear(),
    mailCount: () => mails,
  };

  function authorize(request: ContractRequest): ContractAnswer | null {
    if (request.headers['app-token'] !== appToken) return { status: 400, json: ['ERROR_WRONG_APP_TOKEN_PARAMETER', 'missing parameter app_token'] };
    if (request.path === `${api}/initSession`) return null;
    if (request.method === 'GET' && request.bytes.length > 0) return { status: 400, json: ['ERROR_JSON_PAYLOAD_FORBIDDEN', 'GET Request should not have json payload'] };
    return sessions.has(request.headers['session-token'] ?? '') ? null : { status: 401, json: ['ERROR_SESSION_TOKEN_INVALID', 'session_token seems invalid'] };
  }

  function initSession(request: ContractRequest): ContractAnswer {
    if (request.headers['authorization'] !== `user_token ${userToken}`) throw refuse(401, 'ERROR_GLPI_LOGIN_USER_TOKEN', 'parameter user_token seems invalid');
    const session = `s3ss10n${String(sessions.size).padStart(4, '0')}${Math.random().toString(36).slice(2)}`;
    sessions.add(session);
    return { json: { session_token: session } };
  }

  function typeOf(request: ContractRequest): string {
    const itemtype = request.params['itemtype'] ?? '';
    if (items[itemtype] === undefined) throw refuse(400, 'ERROR_RESOURCE_NOT_FOUND_NOR_COMMONDBTM', 'resource not found or not an instance of CommonDBTM');
    return itemtype;
  }

  function add(itemtype: string, fields: Json): number {
    lastId += 1;
    items[itemtype]?.set(lastId, { status: 1, priority: 3, is_deleted: 0, ...fields, id: lastId });
    return lastId;
  }

  function one(itemtype: string, id: number): GlpiItem {
    const item = items[itemtype]?.get(id);
    if (item === undefined) throw refuse(404, 'ERROR_ITEM_NOT_FOUND', 'Item not found');
    return item;
  }

  /** `searchText[field]`: the text anywhere in the column; a field that is none is refused. */
  function searched(request: ContractRequest): readonly GlpiItem[] {
    const itemtype = typeOf(request);
    let rows = [...(items[itemtype]?.values() ?? [])].filter((item) => item['is_deleted'] !== 1);
    for (const [name, value] of request.query) {
      if (name === 'range') continue;
      const field = /^searchText\[(\w+)\]$/.exec(name)?.[1];
      require(field !== undefined, `parameter ${name}`);
      if (fieldsOf[itemtype]?.includes(field) !== true) throw refuse(400, 'ERROR_FIELD_NOT_FOUND', `Field ${field} is not valid for ${itemtype} item`);
      rows = rows.filter((item) => textOf(shown(item)[field]).toLowerCase().includes(value.toLowerCase()));
    }
    return rows;
  }

  function subItems(request: ContractRequest): ContractAnswer {
    const itemtype = typeOf(request);
    const parent = one(itemtype, Number(request.params['id']));
    const sub = request.params['sub'] ?? '';
    const isBelow = (item: GlpiItem): boolean =>
      sub === 'ITILFollowup' ? item['itemtype'] === itemtype && item['items_id'] === parent.id : item[`${itemtype.toLowerCase()}s_id`] === parent.id;
    require(items[sub] !== undefined, `${sub} is no item`);
    return ranged(request, [...items[sub].values()].filter(isBelow));
  }

  /** 0-50 unless told; 206 where there are more; past the end is refused. */
  function ranged(request: ContractRequest, rows: readonly GlpiItem[]): ContractAnswer {
    const [, from, to] = /^(\d+)-(\d+)$/.exec(request.query.get('range') ?? '0-50') ?? [];
    require(from !== undefined && to !== undefined && Number(from) <= Number(to), 'range');
    if (Number(from) > 0 && Number(from) >= rows.length) throw refuse(400, 'ERROR_RANGE_EXCEED_TOTAL', `Provided range exceed total count of data: ${rows.length}`);
    const page = rows.slice(Number(from), Number(to) + 1);
    return { status: Number(to) + 1 < rows.length ? 206 : 200, json: page.map(shown), headers: { 'content-range': `${from}-${to}/${rows.length}` } };
  }

  function shown(item: GlpiItem): GlpiItem {
    if (!encodesHtml || typeof item['content'] !== 'string') return item;
    return { ...item, content: item['content'].replaceAll('&', '&#38;').replaceAll('<', '&#60;').replaceAll('>', '&#62;') };
  }

  async function addItem(request: ContractRequest): Promise<ContractAnswer> {
    const itemtype = typeOf(request);
    const form = itemtype === 'Document' ? await request.form() : null;
    const body = form === null ? request.json() : (JSON.parse(await partText(form.get('uploadManifest'))) as Json);
    require(Object.keys(body).join() === 'input', 'input');
    const input = body['input'] as Json;
    for (const field of Object.keys(input)) require(fieldsOf[itemtype]?.includes(field), `${itemtype} has no ${field}`);
    if (input['_disablenotif'] !== true) mails += 1;
    if (itemtype === 'Ticket') require(typeof input['name'] === 'string' && input['name'].length <= 255 && input['_users_id_requester'] === 0, 'name, no requester');
    if (itemtype !== 'Ticket') mustExist(itemtype, input);
    if (typeof input['content'] === 'string') {
      require(Buffer.byteLength(input['content']) <= 65_535, 'content is longer than its column');
      require(!/<(?!\/?(?:div|br)\b)/i.test(input['content']), 'markup that came from a message');
    }
    const kept = Object.fromEntries(Object.entries(input).filter(([field]) => !field.startsWith('_')));
    const id = add(itemtype, kept);
    if (form !== null) {
      const file = form.get('filename[0]');
      require(file instanceof File && (input['_filename'] as string[])[0] === file.name, 'filename[0] and _filename');
      contents.set(id, Buffer.from(await file.arrayBuffer()));
      items['Document']?.set(id, { ...kept, id, filename: file.name, is_deleted: 0 });
    }
    return { status: 201, json: { id, message: '' }, headers: { location: `${api}/${itemtype}/${id}` } };
  }

  /** Our followups are private; both hang on a ticket that is there. */
  function mustExist(itemtype: string, input: Json): void {
    if (itemtype === 'ITILFollowup') require(input['is_private'] === 1, 'customers could read it: is_private is 1 here');
    require(input['itemtype'] === 'Ticket' && Number.isInteger(input['items_id']), 'itemtype, items_id');
    if (items['Ticket']?.has(input['items_id'] as number) !== true) throw refuse(400, 'ERROR_GLPI_ADD', 'You don’t have permission to perform this action.');
  }

  function update(request: ContractRequest): ContractAnswer {
    const itemtype = typeOf(request);
    const item = one(itemtype, Number(request.params['id']));
    const { input, ...rest } = request.json();
    require(itemtype === 'Ticket' && Object.keys(rest).length === 0, 'tickets are changed here, by input');
    const { _disablenotif: isQuiet, ...values } = input as Json;
    if (isQuiet !== true) mails += 1;
    for (const [field, value] of Object.entries(values)) {
      require(field === 'status' || field === 'priority', `${field} is not changed here`);
      require(Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 6, `${field}: 1 to 6`);
    }
    items[itemtype]?.set(item.id, { ...item, ...values });
    return { json: [{ [String(item.id)]: true, message: '' }] };
  }

  function purge(request: ContractRequest): ContractAnswer {
    const itemtype = typeOf(request);
    const { input, force_purge: isForced, ...rest } = request.json();
    require(isForced === true && Object.keys(rest).length === 0, 'force_purge');
    const { id, _disablenotif: isQuiet } = input as { id: number; _disablenotif?: boolean };
    if (isQuiet !== true) mails += 1;
    one(itemtype, id);
    items[itemtype]?.delete(id);
    return { json: [{ [String(id)]: true, message: '' }] };
  }
}

const textOf = (value: unknown): string => (typeof value === 'string' || typeof value === 'number' ? String(value) : '');
const partText = async (part: FormDataEntryValue | null): Promise<string> => (part instanceof File ? part.text() : (part ?? ''));
