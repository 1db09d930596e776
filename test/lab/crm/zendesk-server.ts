import { randomUUID } from 'node:crypto';
import { Answered, ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest, ContractRoute } from './contract-server.ts';
import { signInPage, type SignInPage } from './sign-in-page.ts';

export interface ZendeskTicket {
  readonly id: number;
  readonly subject: string;
  readonly externalId: string | null;
  readonly requesterId: number;
  readonly status: string;
  readonly priority: string | null;
  readonly comments: readonly ZendeskComment[];
}

export interface ZendeskComment {
  readonly id: number;
  readonly html: string;
  readonly isPublic: boolean;
  readonly files: readonly { readonly name: string; readonly bytes: Uint8Array }[];
}

interface StoredTicket extends ZendeskTicket {
  status: string;
  priority: string | null;
  isDeleted: boolean;
  readonly comments: ZendeskComment[];
}

export interface ZendeskOptions {
  readonly role?: 'admin' | 'agent' | 'end-user' | undefined;
  /** False: every comment comes out public, which Zendesk does not document and nobody may trust. */
  readonly hasPrivateComments?: boolean | undefined;
}

export interface ZendeskServer {
  readonly server: ContractServer;
  readonly user: string;
  readonly token: string;
  /** Its page to sign in to, for a public client of this name. */
  readonly signIn: SignInPage & { readonly clientId: string };
  readonly agentId: number;
  tickets(): readonly ZendeskTicket[];
  addUser(user: { readonly name: string; readonly phone?: string; readonly email?: string }): number;
  addTicket(requesterId: number, subject: string, status: string): number;
  deleteTicket(id: number): void;
}

const refusal = (status: number, error: string, description: string): ContractAnswer => ({ status, json: { error, description } });

function onlyKeys(value: unknown, known: readonly string[], where: string): Record<string, unknown> {
  require(typeof value === 'object' && value !== null, `${where} missing`);
  for (const name of Object.keys(value)) require(known.includes(name), `no field ${name} in ${where}`);
  return value as Record<string, unknown>;
}

/** Zendesk Support: tickets, comments, uploads and users, as developer.zendesk.com/api-reference/ticketing writes them. */
export async function startZendesk(options: ZendeskOptions = {}): Promise<ZendeskServer> {
  const [user, token, agentId] = ['agent@levante.example', randomUUID(), 361];
  const clientId = 'palomar';
  const signIn = signInPage({ authorizePath: '/oauth/authorizations/new', tokenPath: '/oauth/tokens', clientId, scope: 'read write' });
  const tickets: StoredTicket[] = [];
  const users = [{ id: agentId, name: 'Jordi Llach', email: user, phone: null as string | null, role: options.role ?? 'agent', ticket_restriction: null }];
  const uploads = new Map<string, { name: string; bytes: Uint8Array }>();
  const made = new Map<string, { readonly body: string; readonly answer: ContractAnswer }>();
  let lastId = 4_000;
  const nextId = (): number => (lastId += 3);

  const live = (id: string | undefined): StoredTicket => {
    const ticket = tickets.find((one) => String(one.id) === id && !one.isDeleted);
    if (ticket === undefined) throw new Answered(refusal(404, 'RecordNotFound', 'Not found'));
    return ticket;
  };
  const shown = (ticket: StoredTicket) => ({
    id: ticket.id,
    subject: ticket.subject,
    external_id: ticket.externalId,
    status: ticket.status,
    priority: ticket.priority,
    assignee_id: agentId,
    requester_id: ticket.requesterId,
  });

  /** Zendesk wraps what it is given, and makes paragraphs of plain text. */
  const addComment = (ticket: StoredTicket, given: unknown): ZendeskComment => {
    const comment = onlyKeys(given, ['body', 'html_body', 'public', 'author_id', 'uploads'], 'comment');
    require((comment['body'] === undefined) !== (comment['html_body'] === undefined), 'body or html_body, one of them');
    const text = String(comment['html_body'] ?? comment['body']);
    require(text !== '' && text.length <= 65_535, 'a comment has 1 to 65,535 characters');
    require(comment['public'] === undefined || typeof comment['public'] === 'boolean', 'public is true or false');
    const files = ((comment['uploads'] ?? []) as readonly string[]).map((one) => {
      const file = uploads.get(one);
      if (file === undefined) throw new Answered(refusal(422, 'RecordInvalid', 'Uploads: token is invalid'));
      uploads.delete(one);
      return file;
    });
    const isPublic = comment['public'] !== false || options.hasPrivateComments === false;
    const stored = { id: nextId(), html: `<div class="zd-comment" dir="auto">${text}</div>`, isPublic, files };
    ticket.comments.push(stored);
    return stored;
  };

  const create = (request: ContractRequest): ContractAnswer => {
    const key = request.headers['idempotency-key'];
    require(key === undefined || key.length <= 255, 'an Idempotency-Key of at most 255 characters');
    const body = request.bytes.toString('utf8');
    const earlier = key === undefined ? undefined : made.get(key);
    if (earlier !== undefined && earlier.body !== body) return refusal(400, 'IdempotentRequestError', `Request parameters don't match the given idempotency key`);
    if (earlier !== undefined) return { ...earlier.answer, headers: { 'x-idempotency-lookup': 'hit' } };
    const given = onlyKeys(onlyKeys(request.json(), ['ticket'], 'the body')['ticket'], ['subject', 'comment', 'external_id', 'tags', 'status', 'priority', 'requester_id'], 'ticket');
    const ticket: StoredTicket = {
      id: nextId(),
      subject: String(given['subject']),
      externalId: (given['external_id'] as string | undefined) ?? null,
      requesterId: (given['requester_id'] as number | undefined) ?? agentId,
      status: 'open',
      priority: null,
      comments: [],
      isDeleted: false,
    };
    addComment(ticket, given['comment']);
    tickets.push(ticket);
    const answer = { status: 201, json: { ticket: shown(ticket) } };
    if (key !== undefined) made.set(key, { body, answer });
    return { ...answer, headers: { 'x-idempotency-lookup': 'miss' } };
  };

  const read = (request: ContractRequest): ContractAnswer => {
    const { id } = request.params;
    require(request.query.get('include') === 'users', 'people stand beside a ticket only when they are asked for');
    return { json: { ticket: shown(live(id)), users: users.filter((one) => one.id === agentId) } };
  };

  const update = (request: ContractRequest): ContractAnswer => {
    const given = onlyKeys(onlyKeys(request.json(), ['ticket'], 'the body')['ticket'], ['comment', 'status', 'priority'], 'ticket');
    const ticket = live(request.params['id']);
    if (ticket.status === 'closed') return { status: 422, json: { error: 'RecordInvalid', description: 'Record validation errors', details: { status: [{ description: 'Status: closed prevents ticket update' }] } } };
    require(['open', 'pending', 'hold', 'solved', undefined].includes(given['status'] as string | undefined), `status ${String(given['status'])}`);
    require(['low', 'normal', 'high', 'urgent', undefined].includes(given['priority'] as string | undefined), `priority ${String(given['priority'])}`);
    ticket.status = String(given['status'] ?? ticket.status);
    ticket.priority = (given['priority'] as string | undefined) ?? ticket.priority;
    const comment = given['comment'] === undefined ? null : addComment(ticket, given['comment']);
    const events = [{ id: nextId(), type: 'Change' }, ...(comment === null ? [] : [{ id: comment.id, type: 'Comment', public: comment.isPublic }])];
    return { json: { ticket: shown(ticket), audit: { id: nextId(), ticket_id: ticket.id, events } } };
  };

  /** Pages are kept short, so that whoever reads only the first one is found out. */
  const page = (request: ContractRequest, name: string, rows: readonly object[]): ContractAnswer => {
    require(Number(request.query.get('page[size]')) <= 100, 'page[size] of at most 100');
    const from = Number(request.query.get('page[after]') ?? 0);
    const hasMore = from + 2 < rows.length;
    return { json: { [name]: rows.slice(from, from + 2), meta: { has_more: hasMore, after_cursor: hasMore ? String(from + 2) : null }, links: {} } };
  };
  const searchUsers = ({ query }: ContractRequest): ContractAnswer => {
    const [, field, value] = /^(phone|email):"([^"]+)"$/.exec(query.get('query') ?? '') ?? [];
    require(field !== undefined, `query ${query.get('query')}`);
    return { json: { users: users.filter((one) => (field === 'phone' ? one.phone : one.email) === value), next_page: null, count: 1 } };
  };
  const listed = (request: ContractRequest): ContractAnswer => {
    const wanted = request.query.get('external_id');
    require(wanted !== null, 'this list is only asked by external_id here');
    return page(request, 'tickets', tickets.filter((one) => !one.isDeleted && one.externalId === wanted).map(shown));
  };
  const comments = (request: ContractRequest): ContractAnswer =>
    page(request, 'comments', live(request.params['id']).comments.map(({ id, html, isPublic }) => ({ id, type: 'Comment', html_body: html, plain_body: '', public: isPublic })));

  const routes: readonly ContractRoute[] = [
    { method: 'GET', path: '/api/v2/users/me', handle: () => ({ json: { user: users[0] } }) },
    { method: 'GET', path: '/api/v2/users/search', handle: searchUsers },
    {
      method: 'GET',
      path: '/api/v2/users/:id/tickets/requested',
      handle: (request) => page(request, 'tickets', tickets.filter((one) => !one.isDeleted && String(one.requesterId) === request.params['id']).map(shown)),
    },
    { method: 'GET', path: '/api/v2/tickets', handle: listed },
    { method: 'POST', path: '/api/v2/tickets', handle: create },
    { method: 'GET', path: '/api/v2/tickets/:id', handle: read },
    { method: 'PUT', path: '/api/v2/tickets/:id', handle: update },
    { method: 'GET', path: '/api/v2/tickets/:id/comments', handle: comments },
    {
      method: 'POST',
      path: '/api/v2/uploads',
      handle: ({ query, headers, bytes }) => {
        require(query.get('filename') && headers['content-type']?.includes('/') === true && bytes.length > 0, 'an upload has a filename, a type and content');
        const name = randomUUID();
        uploads.set(name, { name: query.get('filename') ?? '', bytes: new Uint8Array(bytes) });
        return { status: 201, json: { upload: { token: name, attachment: { id: nextId() } } } };
      },
    },
  ];
  const server = await ContractServer.start({
    routes: [...routes, ...signIn.routes],
    authorize: ({ path, headers: { authorization = '' } }) => {
      const isKnown = path === '/oauth/tokens' || authorization === `Basic ${Buffer.from(`${user}/token:${token}`).toString('base64')}` || signIn.isGood(authorization.replace(/^Bearer /, ''));
      return isKnown ? null : { status: 401, json: { error: "Couldn't authenticate you" } };
    },
    refuse: (status, why) => refusal(status, 'InvalidRequest', why),
  });
  return {
    server,
    user,
    token,
    signIn: { ...signIn, clientId },
    agentId,
    tickets: () => tickets.filter(({ isDeleted }) => !isDeleted),
    addUser: ({ name, phone = null, email = '' }: { name: string; phone?: string | null; email?: string }) => {
      users.push({ id: nextId(), name, phone, email, role: 'end-user', ticket_restriction: null });
      return lastId;
    },
    addTicket: (requesterId, subject, status) => {
      tickets.push({ id: nextId(), subject, externalId: null, requesterId, status, priority: null, comments: [], isDeleted: false });
      return lastId;
    },
    deleteTicket: (id) => {
      live(String(id)).isDeleted = true;
    },
  };
}
