import { randomUUID } from 'node:crypto';
import { Answered, ContractServer, require } from './contract-server.ts';
import type { ContractAnswer, ContractRequest } from './contract-server.ts';

type Fields = Record<string, unknown>;
type Objects = 'people' | 'notes' | 'noteTargets' | 'attachments' | 'opportunities';

export interface TwentyRow {
  readonly id: string;
  readonly createdAt: string;
  isInBin: boolean;
  readonly fields: Fields;
}

export const twentyKey = 'eyJhbGciOiJIUzI1NiJ9.palomar.key';
const fileFieldId = '20202020-4f3b-4a9c-8b1d-0c9f6a5e7d21';
const names: Readonly<Record<Objects, readonly [string, readonly string[]]>> = {
  people: ['person', ['name', 'emails', 'phones', 'jobTitle', 'city', 'companyId', 'position']],
  notes: ['note', ['title', 'bodyV2', 'position']],
  noteTargets: ['noteTarget', ['noteId', 'targetPersonId', 'targetCompanyId', 'targetOpportunityId', 'position']],
  attachments: ['attachment', ['name', 'file', 'targetPersonId', 'targetNoteId', 'targetCompanyId', 'targetOpportunityId']],
  opportunities: ['opportunity', ['name', 'amount', 'closeDate', 'stage', 'pointOfContactId', 'companyId', 'position']],
};
const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const mostRecords = 60;

/**
 * Twenty as its documentation (https://docs.twenty.com/developers/extend/api) and the source of its REST handlers describe
 * it: API keys, filters in its own words, cursors, ids of the client, a bin, blocks of its editor, files by GraphQL forms.
 */
export async function startTwentyServer() {
  const rows: Readonly<Record<Objects, TwentyRow[]>> = { people: [], notes: [], noteTargets: [], attachments: [], opportunities: [] };
  const files = new Map<string, { readonly name: string; readonly bytes: Buffer }>();
  const setUp = { forbidden: [] as readonly Objects[], isOld: false };

  const refuse = (statusCode: number, message: string): ContractAnswer => ({ status: statusCode, json: { statusCode, error: 'BadRequestException', messages: [message] } });
  const fail = (status: number, message: string) => new Answered(refuse(status, message));
  const objectOf = ({ params }: ContractRequest): Objects => {
    const name = params['object'] ?? '';
    require(name in names, `object ${name}`);
    if (setUp.forbidden.includes(name as Objects)) throw fail(403, 'This entity does not allow this action');
    return name as Objects;
  };
  const rowOf = (request: ContractRequest): TwentyRow => {
    const found = rows[objectOf(request)].find(({ id, isInBin }) => id === request.params['id'] && !isInBin);
    if (found === undefined) throw fail(404, 'Record not found');
    return found;
  };
  const jsonOf = (object: Objects, row: TwentyRow, depth: number): Fields => {
    const note = rows.notes.find(({ id, isInBin }) => id === row.fields['noteId'] && !isInBin);
    const related = object === 'noteTargets' && depth > 0 ? { note: note === undefined ? null : jsonOf('notes', note, 0) } : {};
    return { ...row.fields, ...related, id: row.id, createdAt: row.createdAt, deletedAt: null };
  };

  const checked = (object: Objects, given: Fields): Fields => {
    const { id, ...fields } = given;
    require(id === undefined || uuid.test(String(id)), 'id is a UUID');
    for (const name of Object.keys(fields)) if (!names[object][1].includes(name)) throw fail(400, `Object ${names[object][0]} doesn't have any "${name}" field.`);
    if (object === 'people' && fields['emails'] !== undefined) {
      const { primaryEmail } = fields['emails'] as { primaryEmail: string };
      if (rows.people.some((row) => row.id !== id && firstEmail(row) === primaryEmail)) throw fail(400, 'A duplicate entry was detected');
    }
    if (object === 'notes' && fields['bodyV2'] !== undefined) checkBody(fields['bodyV2'] as Fields);
    for (const [relation, table] of Object.entries({ noteId: rows.notes, targetPersonId: rows.people, pointOfContactId: rows.people, targetOpportunityId: rows.opportunities })) {
      if (fields[relation] !== undefined && !table.some((row) => row.id === fields[relation])) throw fail(400, 'violates foreign key constraint');
    }
    if (object === 'attachments' && fields['file'] !== undefined) {
      for (const { fileId, label } of fields['file'] as { fileId: string; label: string }[]) require(files.has(fileId) && typeof label === 'string', 'a file that was not uploaded');
    }
    return fields;
  };

  const create = (request: ContractRequest): ContractAnswer => {
    const object = objectOf(request);
    const given = request.json();
    const id = String(given['id'] ?? randomUUID());
    // Also what lies in the bin keeps its id.
    if (rows[object].some((row) => row.id === id)) throw fail(400, 'Record already exists');
    const usual = object === 'opportunities' ? { stage: 'NEW' } : {};
    const row: TwentyRow = { id, createdAt: new Date().toISOString(), isInBin: false, fields: { ...usual, ...checked(object, given) } };
    rows[object].push(row);
    const [one] = names[object];
    return { status: 201, json: { data: { [`create${one.charAt(0).toUpperCase()}${one.slice(1)}`]: jsonOf(object, row, 0) } } };
  };

  const list = (request: ContractRequest): ContractAnswer => {
    const object = objectOf(request);
    const { query } = request;
    const filter = query.get('filter');
    if (setUp.isOld && filter?.startsWith('target') === true) throw fail(400, `field 'targetPersonId' does not exist in 'noteTarget' object`);
    const matches = filter === null ? () => true : conditionOf(object, filter);
    const found = rows[object].filter((row) => !row.isInBin && matches(row)).sort((a, b) => (a.id < b.id ? -1 : 1));
    const limit = Math.min(Number(query.get('limit') ?? mostRecords), mostRecords);
    const from = found.findIndex(({ id }) => id === query.get('starting_after')) + 1;
    const page = found.slice(from, from + limit);
    return {
      json: {
        data: { [object]: page.map((row) => jsonOf(object, row, Number(query.get('depth') ?? 1))) },
        totalCount: found.length,
        pageInfo: { hasNextPage: from + limit < found.length, startCursor: page[0]?.id, endCursor: page.at(-1)?.id },
      },
    };
  };

  const metadata = async (request: ContractRequest): Promise<ContractAnswer> => {
    if (request.headers['content-type']?.startsWith('multipart/') === true) return upload(await request.form(), request.headers);
    const { query } = request.json() as { query: string };
    require(query.includes('objects(paging:') && query.includes('fieldsList'), 'a question about objects');
    const own = setUp.isOld ? [] : [{ id: fileFieldId, name: 'file', type: 'FILES' }];
    const node = { nameSingular: 'attachment', fieldsList: [{ id: randomUUID(), name: 'name', type: 'TEXT' }, ...own] };
    return { json: { data: { objects: { pageInfo: { hasNextPage: false, endCursor: null }, edges: [{ node }] } } } };
  };

  const upload = async (form: FormData, headers: Readonly<Record<string, string>>): Promise<ContractAnswer> => {
    require(headers['apollo-require-preflight'] !== undefined, 'a form without apollo-require-preflight');
    const { query, variables } = JSON.parse(String(form.get('operations'))) as { query: string; variables: Fields };
    require(query.includes('uploadFilesFieldFile') && variables['file'] === null && variables['fieldMetadataId'] === fileFieldId, 'an upload into the field for files');
    require(form.get('map') === '{"0":["variables.file"]}', 'map of the files');
    const file = form.get('0');
    require(file instanceof File, 'the file itself');
    const id = randomUUID();
    files.set(id, { name: file.name, bytes: Buffer.from(await file.arrayBuffer()) });
    return { json: { data: { uploadFilesFieldFile: { id } } } };
  };

  const server = await ContractServer.start({
    refuse,
    authorize: ({ headers }) => (headers['authorization'] === `Bearer ${twentyKey}` ? null : { status: 401, json: { statusCode: 401, error: 'UNAUTHENTICATED', messages: ['Token invalid.'] } }),
    routes: [
      { method: 'POST', path: '/metadata', handle: metadata },
      { method: 'GET', path: '/rest/:object', handle: list },
      { method: 'POST', path: '/rest/:object', handle: create },
      {
        method: 'GET',
        path: '/rest/:object/:id',
        handle: (request) => ({ json: { data: { [names[objectOf(request)][0]]: jsonOf(objectOf(request), rowOf(request), 0) } } }),
      },
      {
        method: 'PATCH',
        path: '/rest/:object/:id',
        handle: (request) => {
          const [object, row] = [objectOf(request), rowOf(request)];
          Object.assign(row.fields, checked(object, { ...request.json(), id: row.id }));
          return { json: { data: { [`update${names[object][0]}`]: jsonOf(object, row, 0) } } };
        },
      },
      {
        method: 'DELETE',
        path: '/rest/:object/:id',
        handle: (request) => {
          const [object, row] = [objectOf(request), rowOf(request)];
          if (request.query.get('soft_delete') === 'true') row.isInBin = true;
          else rows[object].splice(rows[object].indexOf(row), 1);
          return { json: { data: { [`delete${names[object][0]}`]: { id: row.id } } } };
        },
      },
    ],
  });
  return {
    baseUrl: server.baseUrl,
    rows,
    files,
    firstEmail,
    /** How the company has set it up; a test may change it while it runs. */
    setUp,
    violations: server.violations,
    kill: server.kill,
    restart: server.restart,
  };
}

const firstEmail = ({ fields }: TwentyRow): unknown => (fields['emails'] as Fields | undefined)?.['primaryEmail'];

function checkBody({ blocknote, markdown }: Fields): void {
  require(blocknote !== null || markdown !== null, 'a body with nothing inside');
  if (blocknote === null || blocknote === undefined) return;
  const blocks = JSON.parse(String(blocknote)) as { type: string; content: { type: string; text: string; styles: unknown }[] }[];
  for (const { type, content } of blocks) {
    require(type === 'paragraph' && content.every((part) => part.type === 'text' && part.text !== '' && typeof part.styles === 'object'), 'blocks of the editor');
  }
}

/** `or(a[eq]:"x",and(b.c[eq]:"y",d[is]:NULL))` */
function conditionOf(object: Objects, filter: string): (row: TwentyRow) => boolean {
  const group = /^(or|and)\((.*)\)$/s.exec(filter);
  if (group !== null) {
    const inner = split(group[2] ?? '').map((one) => conditionOf(object, one));
    return group[1] === 'or' ? (row) => inner.some((one) => one(row)) : (row) => inner.every((one) => one(row));
  }
  const [, path = '', comparator = '', value = ''] = /^([A-Za-z.]+)\[(eq|is)\]:(.+)$/.exec(filter) ?? [];
  const [field = '', part] = path.split('.');
  require(field === 'id' || names[object][1].includes(field), `filter ${filter}`);
  const plain = value.replace(/^["']|["']$/g, '');
  return ({ id, fields }) => {
    const whole = field === 'id' ? id : fields[field];
    const has = part === undefined ? whole : (whole as Fields | undefined)?.[part];
    return comparator === 'is' ? has === undefined || has === null : has === plain;
  };
}

/** At the commas that stand in no bracket and no quotes. */
function split(list: string): readonly string[] {
  const parts = [''];
  let depth = 0;
  let isQuoted = false;
  for (const sign of list) {
    if (sign === '"') isQuoted = !isQuoted;
    if (!isQuoted && sign === '(') depth += 1;
    if (!isQuoted && sign === ')') depth -= 1;
    if (sign === ',' && depth === 0 && !isQuoted) parts.push('');
    else parts[parts.length - 1] += sign;
  }
  return parts;
}
