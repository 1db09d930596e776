import { randomUUID } from 'node:crypto';
import { Answered, ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest, ContractRoute } from './contract-server.ts';

export interface FreshdeskContact {
  readonly id: number;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly mobile: string | null;
  readonly unique_external_id: string | null;
}

export interface FreshdeskNote {
  readonly id: number;
  readonly ticketId: number;
  readonly html: string;
  readonly isPrivate: boolean;
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

export interface FreshdeskTicket {
  readonly id: number;
  readonly subject: string;
  description: string;
  readonly requesterId: number;
  status: number;
  priority: number;
}

export interface FreshdeskOptions {
  readonly isAllowed?: { readonly contacts?: boolean; readonly deletion?: boolean } | undefined;
}

export interface FreshdeskServer {
  readonly server: ContractServer;
  readonly token: string;
  tickets(): readonly FreshdeskTicket[];
  notesOf(ticketId: number): readonly FreshdeskNote[];
  contactOf(ticket: FreshdeskTicket): FreshdeskContact | undefined;
  /** As agents do it. */
  addContact(contact: Partial<FreshdeskContact> & { readonly name: string }): number;
  deleteTicket(id: number): void;
  addTicket(requesterId: number, subject: string, status: number): number;
}

type Check = (value: unknown) => boolean;
const isText: Check = (value) => typeof value === 'string' && value !== '';
const isNumber: Check = (value) => Number.isInteger(value);
const oneOf = (...known: readonly number[]): Check => (value) => known.includes(value as number);

const contactBody: Readonly<Record<string, Check>> = { name: isText, email: isText, phone: isText, mobile: isText, unique_external_id: isText };
const ticketBody: Readonly<Record<string, Check>> = {
  requester_id: isNumber,
  subject: isText,
  description: isText,
  status: oneOf(2, 3, 4, 5),
  priority: oneOf(1, 2, 3, 4),
  source: oneOf(1, 2, 3, 7, 9, 10),
  tags: (value) => Array.isArray(value) && value.every((tag) => typeof tag === 'string' && tag.length <= 32),
};
const noteBody: Readonly<Record<string, Check>> = { body: isText, private: (value) => typeof value === 'boolean', notify_emails: Array.isArray, user_id: isNumber };

function checked(body: Readonly<Record<string, unknown>>, schema: Readonly<Record<string, Check>>, needed: readonly string[]) {
  for (const [name, value] of Object.entries(body)) require(schema[name]?.(value) === true, `field ${name} is unknown or of another type`);
  for (const name of needed) require(body[name] !== undefined, `${name} missing`);
  return body;
}

const refusal = (status: number, field: string, message: string, code: string): ContractAnswer => ({
  status,
  json: { description: 'Validation failed', errors: [{ field, message, code }] },
});
const notFound: ContractAnswer = { status: 404 };
const denied: ContractAnswer = { status: 403, json: { code: 'access_denied', message: 'You are not authorized to perform this action.' } };

/** Freshdesk's API, version 2, as developers.freshdesk.com/api writes it. */
export async function startFreshdesk(options: FreshdeskOptions = {}): Promise<FreshdeskServer> {
  const token = randomUUID().replaceAll('-', '');
  const contacts: FreshdeskContact[] = [];
  const tickets: FreshdeskTicket[] = [];
  const deleted = new Set<number>();
  const notes: FreshdeskNote[] = [];
  let lastId = 70;
  const nextId = (): number => (lastId += 1);

  const live = (id: string | undefined): FreshdeskTicket => {
    const ticket = tickets.find((one) => String(one.id) === id && !deleted.has(one.id));
    if (ticket === undefined) throw new Answered(notFound);
    return ticket;
  };
  const shown = (ticket: FreshdeskTicket, hasText: boolean) => ({
    id: ticket.id,
    subject: ticket.subject,
    status: ticket.status,
    priority: ticket.priority,
    responder_id: 1,
    requester_id: ticket.requesterId,
    spam: false,
    ...(hasText ? { description: ticket.description, description_text: 'without its tags' } : {}),
  });
  const shownNote = ({ id, ticketId, html, isPrivate, files }: FreshdeskNote) => ({
    id,
    ticket_id: ticketId,
    body: html,
    body_text: 'without its tags',
    private: isPrivate,
    incoming: false,
    attachments: files.map(({ name, bytes }, index) => ({ id: id * 10 + index, name, size: bytes.length })),
  });
  /** Pages are kept short, so that whoever reads only the first one is found out. */
  const page = ({ query }: ContractRequest, rows: readonly object[]): ContractAnswer => {
    const [size, number] = [Number(query.get('per_page') ?? 30), Number(query.get('page') ?? 1)];
    require(size >= 1 && size <= 100 && number >= 1, `per_page ${size}, page ${number}`);
    const more = number * 2 < rows.length ? { link: `<https://levante.freshdesk.com/next>; rel="next"` } : undefined;
    return { json: rows.slice((number - 1) * 2, number * 2), ...(more === undefined ? {} : { headers: more }) };
  };

  const listContacts = (request: ContractRequest): ContractAnswer => {
    if (options.isAllowed?.contacts === false) return denied;
    const filters = [...request.query].filter(([name]) => name !== 'per_page' && name !== 'page');
    for (const [name] of filters) require(['email', 'phone', 'mobile', 'unique_external_id', 'company_id', 'updated_since', 'state'].includes(name), `no filter ${name}`);
    return page(request, contacts.filter((contact) => filters.every(([name, value]) => contact[name as keyof FreshdeskContact] === value)));
  };
  const addContact = (given: Partial<FreshdeskContact> & { readonly name: string }): FreshdeskContact => {
    const contact = { email: null, phone: null, mobile: null, unique_external_id: null, ...given, id: nextId() };
    contacts.push(contact);
    return contact;
  };
  const createContact = (request: ContractRequest): ContractAnswer => {
    const body = checked(request.json(), contactBody, ['name']) as unknown as FreshdeskContact;
    require([body.email, body.phone, body.mobile, body.unique_external_id].some(Boolean), 'email, phone, mobile or unique_external_id, one of them');
    for (const field of ['email', 'unique_external_id'] as const) {
      if (body[field] !== undefined && contacts.some((one) => one[field] === body[field])) return refusal(409, field, 'It should be a unique value', 'duplicate_value');
    }
    return { status: 201, json: addContact(body) };
  };

  /** Without `updated_since`, the last 30 days only: such a request would lose older tickets. */
  const listTickets = (request: ContractRequest): ContractAnswer => {
    const { query } = request;
    for (const name of query.keys()) require(['requester_id', 'updated_since', 'include', 'per_page', 'page', 'order_by', 'order_type'].includes(name), `no filter ${name}`);
    require(query.get('requester_id') === null || query.get('updated_since') !== null, 'the tickets of somebody without updated_since');
    const found = tickets.filter((ticket) => !deleted.has(ticket.id) && (query.get('requester_id') ?? String(ticket.requesterId)) === String(ticket.requesterId));
    return page(request, found.map((ticket) => shown(ticket, query.get('include') === 'description')));
  };
  const createTicket = (request: ContractRequest): ContractAnswer => {
    const body = checked(request.json(), ticketBody, ['requester_id', 'subject', 'description', 'status', 'priority', 'source']);
    require(contacts.some(({ id }) => id === body['requester_id']), 'no such requester');
    const { requester_id: requesterId, subject, description, status, priority } = body as { requester_id: number; subject: string; description: string; status: number; priority: number };
    const ticket = { id: nextId(), subject, description: `<div>${description}</div>`, requesterId, status, priority };
    tickets.push(ticket);
    return { status: 201, json: shown(ticket, true) };
  };

  const createNote = async (request: ContractRequest): Promise<ContractAnswer> => {
    const ticket = live(request.params['id']);
    const isForm = request.headers['content-type']?.startsWith('multipart/') === true;
    const form = isForm ? await request.form() : null;
    const files = form === null ? [] : form.getAll('attachments[]').filter((one) => one instanceof File);
    for (const name of form?.keys() ?? []) require(['body', 'private', 'attachments[]'].includes(name), `no field ${name}`);
    require(files.reduce((sum, { size }) => sum + size, 0) <= 20_000_000, 'attachments of more than 20 MB');
    const body = form === null ? checked(request.json(), noteBody, ['body']) : { body: form.get('body'), private: form.get('private') === 'true' };
    require(isText(body['body']), 'body missing');
    const read = await Promise.all(files.map(async (file) => ({ name: file.name, bytes: new Uint8Array(await file.arrayBuffer()) })));
    // A note is private unless it says otherwise.
    const note = { id: nextId(), ticketId: ticket.id, html: `<div>${String(body['body'])}</div>`, isPrivate: body['private'] !== false, files: read };
    notes.push(note);
    return { status: 201, json: shownNote(note) };
  };

  const routes: readonly ContractRoute[] = [
    { method: 'GET', path: '/api/v2/agents/me', handle: () => ({ json: { id: 1, contact: { name: 'Jordi Llach', email: 'jordi@levante.example' } } }) },
    { method: 'GET', path: '/api/v2/agents/:id', handle: ({ params }) => (params['id'] === '1' ? { json: { id: 1, contact: { name: 'Jordi Llach' } } } : notFound) },
    { method: 'GET', path: '/api/v2/contacts', handle: listContacts },
    { method: 'POST', path: '/api/v2/contacts', handle: createContact },
    { method: 'GET', path: '/api/v2/tickets', handle: listTickets },
    { method: 'POST', path: '/api/v2/tickets', handle: createTicket },
    { method: 'GET', path: '/api/v2/tickets/:id', handle: ({ params }) => ({ json: { ...shown(live(params['id']), true), deleted: false } }) },
    { method: 'DELETE', path: '/api/v2/tickets/:id', handle: ({ params }) => (options.isAllowed?.deletion === false ? denied : (deleted.add(live(params['id']).id), { status: 204 })) },
    {
      method: 'PUT',
      path: '/api/v2/tickets/:id',
      handle: (request) => {
        const ticket = live(request.params['id']);
        const { description, status = ticket.status, priority = ticket.priority } = checked(request.json(), ticketBody, []);
        if (description !== undefined) ticket.description = `<div>${String(description)}</div>`;
        Object.assign(ticket, { status, priority });
        return { json: shown(ticket, true) };
      },
    },
    {
      method: 'GET',
      path: '/api/v2/tickets/:id/conversations',
      handle: (request) => page(request, notes.filter(({ ticketId }) => ticketId === live(request.params['id']).id).map(shownNote)),
    },
    { method: 'POST', path: '/api/v2/tickets/:id/notes', handle: createNote },
    {
      method: 'DELETE',
      path: '/api/v2/conversations/:id',
      handle: ({ params }) => {
        const index = notes.findIndex(({ id }) => String(id) === params['id']);
        return index < 0 ? notFound : (notes.splice(index, 1), { status: 204 });
      },
    },
  ];
  const server = await ContractServer.start({
    routes,
    authorize: ({ headers }) =>
      headers['authorization'] === `Basic ${Buffer.from(`${token}:X`).toString('base64')}`
        ? null
        : { status: 401, json: { code: 'invalid_credentials', message: 'You have to be logged in to perform this action.' } },
    refuse: (status, why) => refusal(status, 'request', why, 'invalid_value'),
  });
  return {
    server,
    token,
    tickets: () => tickets.filter(({ id }) => !deleted.has(id)),
    notesOf: (ticket) => notes.filter(({ ticketId }) => ticketId === ticket),
    contactOf: ({ requesterId }) => contacts.find(({ id }) => id === requesterId),
    addContact: (contact) => addContact(contact).id,
    deleteTicket: (id) => void deleted.add(id),
    addTicket: (requesterId, subject, status) => {
      tickets.push({ id: nextId(), subject, description: '<div>It does not print</div>', requesterId, status, priority: 1 });
      return lastId;
    },
  };
}
