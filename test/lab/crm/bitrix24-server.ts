import { Answered, ContractServer, require, Violation } from './contract-server.ts';
import type { ContractAnswer, ContractRequest } from './contract-server.ts';
import { checkParams, listDeals, newDeal, only, Page, page, readable, recordOf, shown, textFields, toFile, write } from './bitrix24-rules.ts';
import type { BitrixComment, Contact, Deal, Json, MultiValue } from './bitrix24-rules.ts';

export interface BitrixOptions {
  /** Of the leaky bucket; the documentation names 50 and 2 (Enterprise 250 and 5). */
  readonly bucketSize?: number | undefined;
  readonly leaksPerSecond?: number | undefined;
  readonly scopes?: readonly string[] | undefined;
  /** Whether the user of the webhook may see and make deals. */
  readonly hasDealRights?: boolean | undefined;
}

export interface BitrixDeal {
  readonly contactId: number;
  readonly title: string;
  /** `C5:NEW` in a funnel of its own, `NEW` in the first. */
  readonly stageId: string;
  readonly isClosed: boolean;
}

export interface BitrixServer {
  readonly server: ContractServer;
  /** As Bitrix24 shows it for copying. */
  readonly webhookPath: string;
  readonly contacts: ReadonlyMap<number, Contact>;
  readonly deals: ReadonlyMap<number, Deal>;
  readonly comments: ReadonlyMap<number, BitrixComment>;
  /** A contact that was there before. */
  addContact(fields: Record<string, unknown>): number;
  addDeal(deal: BitrixDeal): void;
  removeContact(id: number): void;
  removeDeal(id: number): void;
  /** How often the bucket was full. */
  refusedCount(): number;
}

const refuse = (status: number, error: string, words: string): Answered => new Answered({ status, json: { error, error_description: words } });

/**
 * A portal as https://apidocs.bitrix24.com documents its REST API through an inbound webhook: contacts (crm.contact.*), the
 * search for doubles, comments in the timeline, the leaky bucket.
 */
export async function startBitrix24(options: BitrixOptions = {}): Promise<BitrixServer> {
  const { bucketSize = 250, leaksPerSecond = 5, scopes = ['crm', 'user_brief'], hasDealRights = true } = options;
  const contacts = new Map<number, Contact>();
  const comments = new Map<number, BitrixComment>();
  const deals = new Map<number, Deal>();
  const code = 'k3y0fth3w3bh00k1';
  let lastId = 0;
  let level = 0;
  let leakedAt = performance.now();
  let refused = 0;

  const addContact = (fields: Json): number => {
    const id = (lastId += 1);
    const contact: Contact = { ID: String(id), ASSIGNED_BY_ID: '1' };
    write(contact, fields);
    contacts.set(id, contact);
    return id;
  };

  const addDeal = ({ contactId, title, stageId, isClosed }: BitrixDeal): void => {
    const id = (lastId += 1);
    const made = newDeal(id, { fields: { TITLE: title, CONTACT_IDS: [contactId] } }, (one) => contacts.has(one));
    deals.set(id, { ...made, STAGE_ID: stageId, CATEGORY_ID: /^C(\d+):/.exec(stageId)?.[1] ?? '0', CLOSED: isClosed ? 'Y' : 'N' });
  };

  const methods: Readonly<Record<string, (params: Json) => unknown>> = {
    profile: () => ({ ID: '1', ADMIN: true, NAME: 'Lea', LAST_NAME: 'Tamm', PERSONAL_GENDER: '' }),
    scope: () => scopes,
    'crm.duplicate.findbycomm': findByComm,
    'crm.contact.list': listContacts,
    'crm.contact.get': (params) => contactOf(params),
    'crm.contact.add': (params) => {
      only(params, ['fields', 'params']);
      checkParams(params);
      return addContact(recordOf(params['fields'], 'fields'));
    },
    'crm.contact.update': (params) => {
      only(params, ['id', 'fields', 'params']);
      checkParams(params);
      write(contactOf({ id: params['id'] }), recordOf(params['fields'], 'fields'));
      return true;
    },
    'crm.contact.delete': (params) => {
      contacts.delete(Number(contactOf(params).ID));
      return true;
    },
    'crm.deal.list': (params) => listDeals([...deals.values()], params),
    'crm.deal.get': (params) => dealOf(params),
    'crm.deal.add': (params) => {
      const id = (lastId += 1);
      deals.set(id, newDeal(id, params, (one) => contacts.has(one)));
      return id;
    },
    'crm.deal.delete': (params) => {
      deals.delete(Number(dealOf(params).ID));
      return true;
    },
    'crm.status.list': listStatuses,
    'user.get': getUser,
    'crm.timeline.comment.add': addComment,
    'crm.timeline.comment.get': (params) => shown(commentOf(params, ['id'])),
    'crm.timeline.comment.list': listComments,
    'crm.timeline.comment.delete': (params) => {
      const comment = commentOf(params, ['id', 'ownerTypeId', 'ownerId']);
      if (params['ownerTypeId'] !== undefined && (params['ownerTypeId'] !== (comment.entityType === 'deal' ? 2 : 3) || params['ownerId'] !== comment.ownerId)) throw refuse(400, 'OWNER_NOT_FOUND', 'Owner was not found.');
      comments.delete(comment.id);
      return null;
    },
  };

  const server = await ContractServer.start({
    authorize: (request) => {
      if (isFull()) return { status: 503, json: { error: 'QUERY_LIMIT_EXCEEDED', error_description: 'Too many requests' } };
      return request.path.startsWith(`/rest/1/${code}/`) ? null : { status: 401, json: { error: 'NO_AUTH_FOUND', error_description: 'Wrong authorization data' } };
    },
    refuse: (status, why) => ({ status, json: { error: 'ERROR_CORE', error_description: why } }),
    routes: [{ method: 'POST', path: '/rest/:user/:code/:method', handle }],
  });
  return { server, webhookPath: `/rest/1/${code}/`, contacts, deals, comments, addContact, addDeal, removeContact: (id) => void contacts.delete(id), removeDeal: (id) => void deals.delete(id), refusedCount: () => refused };

  function handle(request: ContractRequest): ContractAnswer {
    const name = (request.params['method'] ?? '').replace(/\.json$/, '');
    const method = methods[name];
    if (method === undefined) throw new Violation(`${name} is not documented`);
    if (name.startsWith('crm.') && !scopes.includes('crm')) {
      throw refuse(403, 'insufficient_scope', 'The request requires higher privileges than provided by the webhook token');
    }
    if (name.startsWith('user.') && !scopes.some((scope) => scope.startsWith('user'))) {
      throw refuse(403, 'insufficient_scope', 'The request requires higher privileges than provided by the webhook token');
    }
    if (name.startsWith('crm.deal.') && !hasDealRights) throw refuse(400, '', 'Access denied.');
    const result = method(request.json());
    const time = { start: 1, finish: 2, duration: 1, processing: 1, operating: 0 };
    return { json: result instanceof Page ? { result: result.rows, ...(result.next === null ? {} : { next: result.next }), total: result.total, time } : { result, time } };
  }

  function isFull(): boolean {
    const now = performance.now();
    level = Math.max(0, level - ((now - leakedAt) / 1000) * leaksPerSecond);
    leakedAt = now;
    level += 1;
    if (level <= bucketSize) return false;
    refused += 1;
    return true;
  }

  /** At most 20 values. Nothing found is an empty list, not a record. */
  function findByComm(params: Json): unknown {
    only(params, ['type', 'values', 'entity_type']);
    const { type, values } = params;
    require(type === 'PHONE' || type === 'EMAIL', `type ${String(type)}`);
    require(Array.isArray(values) && values.length > 0 && values.length <= 20 && values.every((one) => typeof one === 'string'), 'values: 1 to 20 texts');
    require(['LEAD', 'CONTACT', 'COMPANY', undefined].includes(params['entity_type'] as string | undefined), 'entity_type');
    const plain = (text: string): string => (type === 'PHONE' ? text.replace(/\D/g, '') : text.toLowerCase());
    const found = [...contacts.values()].filter((contact) =>
      ((contact[type] ?? []) as MultiValue[]).some(({ VALUE }) => values.some((value) => plain(String(value)) === plain(VALUE))),
    );
    return found.length === 0 ? [] : { CONTACT: found.slice(0, 20).map(({ ID }) => Number(ID)) };
  }

  /** Filters that are no fields are ignored, as the documentation warns; here they are told, so that nobody relies on them. */
  function listContacts(params: Json): Page {
    only(params, ['select', 'filter', 'order', 'start']);
    const select = (params['select'] ?? []) as unknown[];
    require(select.every((name) => readable.includes(String(name))), `select ${select.join()}`);
    const filter = recordOf(params['filter'] ?? {}, 'filter');
    const rows = [...contacts.values()].filter((contact) => Object.entries(filter).every(([name, wanted]) => isMatch(contact, name, wanted)));
    return page(rows.map((row) => Object.fromEntries(select.flatMap((name) => (row[String(name)] === undefined ? [] : [[String(name), row[String(name)]]])))), params);
  }

  function isMatch(contact: Contact, name: string, wanted: unknown): boolean {
    if (name === '@ID') return (wanted as unknown[]).map(String).includes(contact.ID);
    require(textFields.includes(name) || name === 'ID', `filter ${name}`);
    return (contact[name] ?? '') === String(wanted);
  }

  function listStatuses(params: Json): Page {
    only(params, ['filter', 'order', 'start']);
    const entity = String(recordOf(params['filter'], 'filter')['ENTITY_ID']);
    const [, funnel] = /^DEAL_STAGE(?:_(\d+))?$/.exec(entity) ?? [];
    require(entity.startsWith('DEAL_STAGE'), `ENTITY_ID ${entity}`);
    const names = { NEW: funnel === undefined ? 'New' : 'First call', WON: 'Deal won' };
    return page(Object.entries(names).map(([id, name]) => ({ ENTITY_ID: entity, STATUS_ID: funnel === undefined ? id : `C${funnel}:${id}`, NAME: name })), params);
  }

  /** The user of the webhook, to whom belongs what it makes. */
  function getUser(params: Json): readonly Json[] {
    only(params, ['ID']);
    return params['ID'] === 1 ? [{ ID: '1', ACTIVE: true, NAME: 'Lea', LAST_NAME: 'Tamm' }] : [];
  }

  function contactOf(params: Json): Contact {
    only(params, ['id']);
    require(Number.isInteger(params['id']), 'id: a number');
    const contact = contacts.get(params['id'] as number);
    if (contact === undefined) throw refuse(400, '', 'Not found');
    return contact;
  }

  function dealOf(params: Json): Deal {
    only(params, ['id']);
    require(Number.isInteger(params['id']), 'id: a number');
    const deal = deals.get(params['id'] as number);
    if (deal === undefined) throw refuse(400, '', 'Not found');
    return deal;
  }

  /** Contacts and deals have timelines; more is not asked for here. */
  function isThere(entityType: unknown, id: unknown): boolean {
    require(entityType === 'contact' || entityType === 'deal', `ENTITY_TYPE ${String(entityType)}`);
    require(Number.isInteger(id), 'ENTITY_ID: a number');
    return (entityType === 'deal' ? deals : contacts).has(id as number);
  }

  function commentOf(params: Json, names: readonly string[]): BitrixComment {
    only(params, names);
    require(Number.isInteger(params['id']), 'id: a number');
    const comment = comments.get(params['id'] as number);
    if (comment === undefined) throw refuse(400, 'NOT_FOUND', 'Not found.');
    return comment;
  }

  function addComment(params: Json): number {
    only(params, ['fields']);
    const fields = recordOf(params['fields'], 'fields');
    only(fields, ['ENTITY_ID', 'ENTITY_TYPE', 'COMMENT', 'FILES']);
    const { COMMENT: text, ENTITY_ID: ownerId, ENTITY_TYPE: entityType, FILES: files = [] } = fields;
    const hasOwner = isThere(entityType, ownerId);
    if (typeof text !== 'string' || text === '') throw refuse(400, 'INVALID_ARG_VALUE', 'Empty comment message');
    require(Buffer.byteLength(text) <= 65_535, 'COMMENT is longer than its column');
    if (!hasOwner) throw refuse(400, 'OWNER_NOT_FOUND', 'Owner was not found.');
    require(Array.isArray(files), 'FILES: a list');
    const id = (lastId += 1);
    comments.set(id, { id, entityType: entityType as BitrixComment['entityType'], ownerId: ownerId as number, text, files: files.map(toFile) });
    return id;
  }

  function listComments(params: Json): Page {
    only(params, ['select', 'filter', 'order', 'start']);
    const filter = recordOf(params['filter'], 'filter');
    isThere(filter['ENTITY_TYPE'], filter['ENTITY_ID']);
    only(filter, ['ENTITY_ID', 'ENTITY_TYPE']);
    return page([...comments.values()].filter((one) => one.entityType === filter['ENTITY_TYPE'] && one.ownerId === filter['ENTITY_ID']).map(shown), params);
  }
}

/** How a person reads a comment there: tags are carried out and gone, signs of no width are not seen. */
export const readComment = (text: string): string =>
  text.replace(/\[\/?(?:b|i|u|s|p|url|img|video|user|department|project|quote|code|color|size|font|list|table|tr|td|th|left|right|center|disk file id|\*)(?:[ =][^\]]*)?\]/gi, '').replace(/\[\u200b/g, '[');
