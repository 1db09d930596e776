import { Answered, ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest } from './contract-server.ts';

interface Attachment {
  readonly id: number;
  readonly filename: string;
  readonly data: Buffer;
  readonly mime: string;
}

export interface ZammadArticle {
  readonly id: number;
  readonly ticketId: number;
  readonly subject: string;
  readonly body: string;
  readonly contentType: string;
  readonly type: string;
  readonly isInternal: boolean;
  readonly attachments: readonly Attachment[];
}

export interface ZammadTicket {
  readonly id: number;
  title: string;
  state: string;
  priority: string;
  customerId: number;
  palomarKey: string;
}

export interface ZammadUser {
  readonly id: number;
  readonly login: string;
  readonly email: string;
  readonly phone: string;
  readonly mobile: string;
}

export const zammadToken = 'zammad-token-0123456789abcdef';
export const zammadGroup = '2nd Level';
const agentId = 3;
const types: ReadonlySet<string> = new Set(['email', 'sms', 'chat', 'fax', 'phone', 'note', 'web']);
const states: ReadonlySet<string> = new Set(['new', 'open', 'pending reminder', 'pending close', 'closed', 'merged']);
/** Kinds of states that have another name than the state itself. */
const kinds: Readonly<Record<string, string>> = { 'pending close': 'pending action' };
const priorities = ['1 low', '2 normal', '3 high'];

/** Names of kinds come with `expand` only. */
function listed(request: ContractRequest, rows: readonly object[]): readonly object[] {
  require(request.query.get('expand') === 'true', 'without expand there are numbers for kinds');
  return rows.map((row, index) => ({ id: index + 1, ...row, active: true }));
}

const ticketFields = ['title', 'group', 'customer_id', 'state', 'priority', 'note', 'article', 'palomar_key'];
const articleFields = ['ticket_id', 'to', 'cc', 'subject', 'body', 'content_type', 'type', 'sender', 'internal', 'time_unit', 'origin_by_id', 'attachments'];

/**
 * Zammad as its documentation (https://docs.zammad.org/en/latest/api/) and the source of its controllers describe it:
 * tokens, tickets with an attribute of ours, articles with files, searches by condition, rules of who may delete what.
 */
export async function startZammadServer() {
  const tickets: ZammadTicket[] = [];
  const articles: (ZammadArticle & { readonly createdAtMs: number })[] = [];
  const users: ZammadUser[] = [{ id: agentId, login: 'chris@chrispresso.com', email: 'chris@chrispresso.com', phone: '', mobile: '' }];
  const setUp = { isAdmin: false, hasAttribute: true, access: ['read', 'create', 'change'] as readonly string[], deletableForMs: 600_000 };
  let fileIds = 0;

  const refuse = (status: number, error: string): ContractAnswer => ({ status, json: { error, error_human: error } });
  const notFound = () => new Answered(refuse(404, "Couldn't find Record"));
  const ticketOf = (request: ContractRequest): ZammadTicket => {
    const found = tickets.find(({ id }) => id === Number(request.params['id']));
    if (found === undefined) throw notFound();
    return found;
  };
  const articleOf = (request: ContractRequest) => {
    const found = articles.find(({ id }) => id === Number(request.params['id']));
    if (found === undefined) throw notFound();
    return found;
  };
  const known = (given: Record<string, unknown>, fields: readonly string[], what: string): void => {
    for (const name of Object.keys(given)) require(fields.includes(name), `unknown field ${name} of ${what}`);
  };

  const addArticle = (ticketId: number, given: Record<string, unknown>): ZammadArticle => {
    known(given, articleFields, 'an article');
    if (typeof given['body'] !== 'string' || given['body'] === '') throw new Answered(refuse(422, 'Need at least article: { body: "some text" }'));
    const type = given['type'] ?? 'note';
    require(typeof type === 'string' && types.has(type), `article type ${String(type)}`);
    require(given['internal'] === undefined || typeof given['internal'] === 'boolean', 'internal is true or false');
    require(['text/plain', 'text/html', undefined].includes(given['content_type'] as string | undefined), 'content_type of an article');
    require(given['sender'] === undefined || ['Agent', 'Customer', 'System'].includes(String(given['sender'])), 'sender of an article');
    const id = articles.length + 1;
    const article = {
      id,
      ticketId,
      subject: String(given['subject'] ?? ''),
      // PostgreSQL keeps no zero bytes, and Zammad takes them out.
      body: given['body'].replaceAll('\u0000', ''),
      contentType: String(given['content_type'] ?? 'text/plain'),
      type,
      isInternal: given['internal'] === true,
      attachments: attachmentsOf(given['attachments']),
      createdAtMs: Date.now(),
    };
    articles.push(article);
    return article;
  };

  const attachmentsOf = (given: unknown): readonly Attachment[] => {
    if (given === undefined) return [];
    require(Array.isArray(given), 'attachments is a list');
    return (given as Record<string, unknown>[]).map((one, index) => {
      for (const name of ['mime-type', 'filename', 'data']) {
        if (typeof one[name] !== 'string') throw new Answered(refuse(422, `Attachment needs '${name}' param for attachment with index '${index}'`));
      }
      const data = String(one['data']);
      if (!/^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(data)) throw new Answered(refuse(422, `Invalid base64 for attachment with index '${index}'`));
      fileIds += 1;
      return { id: fileIds, filename: String(one['filename']), data: Buffer.from(data, 'base64'), mime: String(one['mime-type']) };
    });
  };

  const ticketJson = (ticket: ZammadTicket) => ({
    id: ticket.id,
    number: String(22_000 + ticket.id),
    title: ticket.title,
    group_id: 2,
    group: zammadGroup,
    state: ticket.state,
    priority: ticket.priority,
    owner: '-',
    customer_id: ticket.customerId,
    ...(setUp.hasAttribute ? { palomar_key: ticket.palomarKey } : {}),
    article_ids: articles.filter(({ ticketId }) => ticketId === ticket.id).map(({ id }) => id),
  });
  const articleJson = (article: ZammadArticle) => ({
    id: article.id,
    ticket_id: article.ticketId,
    from: 'Christopher Miller',
    to: '',
    subject: article.subject,
    body: article.body,
    content_type: article.contentType,
    type: article.type,
    internal: article.isInternal,
    attachments: article.attachments.map(({ id, filename, mime }) => ({ id, filename, preferences: { 'Mime-Type': mime } })),
  });
  const userJson = (user: ZammadUser) => ({ ...user, firstname: 'Marta', lastname: 'Ruiz', active: true });

  const searchTickets = (request: ContractRequest): ContractAnswer => {
    const given = request.json();
    known(given, ['condition', 'query', 'limit', 'page', 'sort_by', 'order_by'], 'a search');
    require(request.query.get('expand') === 'true', 'without expand the form of the answer differs between versions');
    require(given['query'] === undefined, 'the index of words is seconds behind: what was written is not found by it');
    const [entry, ...more] = Object.entries((given['condition'] ?? {}) as Record<string, { operator?: unknown; value?: unknown }>);
    require(entry !== undefined && more.length === 0 && entry[1].operator === 'is', 'one condition with the operator "is"');
    const [attribute, { value }] = entry;
    if (attribute === 'ticket.palomar_key' && !setUp.hasAttribute) throw new Answered(refuse(422, 'Error ID x: Please contact your administrator.'));
    require(attribute === 'ticket.palomar_key' || attribute === 'ticket.customer_id', `condition ${attribute}`);
    const found = tickets.filter((ticket) => (attribute === 'ticket.palomar_key' ? ticket.palomarKey === value : String(ticket.customerId) === String(value)));
    // The newest first, as its search sorts.
    return { json: found.map(ticketJson).reverse().slice(0, Number(given['limit'] ?? 50)) };
  };

  const server = await ContractServer.start({
    refuse,
    authorize: (request) => (request.headers['authorization'] === `Token token=${zammadToken}` ? null : refuse(401, 'Authentication required')),
    routes: [
      {
        method: 'GET',
        path: '/api/v1/users/me',
        handle: () => ({ json: { ...userJson(users[0] as ZammadUser), groups: { [zammadGroup]: setUp.access }, roles: [setUp.isAdmin ? 'Admin' : 'Agent'] } }),
      },
      {
        method: 'GET',
        path: '/api/v1/users/search',
        handle: ({ query }) => {
          const words = (query.get('query') ?? '').replaceAll('"', '');
          require(words !== '', 'a search needs words');
          return { json: users.filter(({ email, phone, mobile }) => [email, phone, mobile].includes(words)).map(userJson) };
        },
      },
      { method: 'GET', path: '/api/v1/ticket_states', handle: (request) => ({ json: listed(request, [...states].map((name) => ({ name, state_type: kinds[name] ?? name }))) }) },
      { method: 'GET', path: '/api/v1/ticket_priorities', handle: (request) => ({ json: listed(request, priorities.map((name) => ({ name }))) }) },
      { method: 'POST', path: '/api/v1/tickets/search', handle: searchTickets },
      { method: 'GET', path: '/api/v1/tickets/:id', handle: (request) => ({ json: ticketJson(ticketOf(request)) }) },
      {
        method: 'POST',
        path: '/api/v1/tickets',
        handle: (request) => {
          const given = request.json();
          known(given, ticketFields, 'a ticket');
          require(typeof given['title'] === 'string' && given['title'].length <= 250, 'title of a ticket');
          if (given['group'] !== zammadGroup) throw new Answered(refuse(422, "No lookup value found for 'group'"));
          if (!users.some(({ id }) => id === given['customer_id'])) throw new Answered(refuse(422, "The required value 'customer_id' is missing."));
          const ticket: ZammadTicket = {
            id: Math.max(0, ...tickets.map(({ id }) => id)) + 1,
            title: given['title'],
            state: 'new',
            priority: '2 normal',
            customerId: Number(given['customer_id']),
            palomarKey: setUp.hasAttribute ? String(given['palomar_key'] ?? '') : '',
          };
          tickets.push(ticket);
          addArticle(ticket.id, (given['article'] ?? {}) as Record<string, unknown>);
          return { status: 201, json: ticketJson(ticket) };
        },
      },
      {
        method: 'PUT',
        path: '/api/v1/tickets/:id',
        handle: (request) => {
          const [ticket, given] = [ticketOf(request), request.json()];
          known(given, ticketFields, 'a ticket');
          if (given['state'] !== undefined) {
            require(states.has(String(given['state'])), `state ${String(given['state'])}`);
            ticket.state = String(given['state']);
          }
          if (given['priority'] !== undefined) {
            require(priorities.includes(String(given['priority'])), `priority ${String(given['priority'])}`);
            ticket.priority = String(given['priority']);
          }
          if (typeof given['palomar_key'] === 'string') ticket.palomarKey = given['palomar_key'];
          return { json: ticketJson(ticket) };
        },
      },
      {
        method: 'DELETE',
        path: '/api/v1/tickets/:id',
        handle: (request) => {
          const ticket = ticketOf(request);
          if (!setUp.isAdmin) throw new Answered(refuse(403, 'admin permission required'));
          tickets.splice(tickets.indexOf(ticket), 1);
          return { json: {} };
        },
      },
      {
        method: 'GET',
        path: '/api/v1/ticket_articles/by_ticket/:id',
        handle: (request) => ({ json: articles.filter(({ ticketId }) => ticketId === ticketOf(request).id).map(articleJson) }),
      },
      { method: 'GET', path: '/api/v1/ticket_articles/:id', handle: (request) => ({ json: articleJson(articleOf(request)) }) },
      {
        method: 'POST',
        path: '/api/v1/ticket_articles',
        handle: (request) => {
          const given = request.json();
          if (!tickets.some(({ id }) => id === given['ticket_id'])) throw notFound();
          return { status: 201, json: articleJson(addArticle(Number(given['ticket_id']), given)) };
        },
      },
      {
        method: 'DELETE',
        path: '/api/v1/ticket_articles/:id',
        handle: (request) => {
          const article = articleOf(request);
          if (article.type !== 'note' && !article.isInternal) throw new Answered(refuse(403, 'communication articles cannot be deleted'));
          if (Date.now() - article.createdAtMs >= setUp.deletableForMs) throw new Answered(refuse(403, 'note is too old to be deleted'));
          articles.splice(articles.indexOf(article), 1);
          return { json: {} };
        },
      },
    ],
  });
  return {
    baseUrl: server.baseUrl,
    tickets: tickets as readonly ZammadTicket[],
    articles: articles as readonly ZammadArticle[],
    users,
    /** How the company has set it up; a test may change it while it runs. */
    setUp,
    removeTicket: (id: number) => void tickets.splice(tickets.findIndex((one) => one.id === id), 1),
    violations: server.violations,
    kill: server.kill,
    restart: server.restart,
  };
}
