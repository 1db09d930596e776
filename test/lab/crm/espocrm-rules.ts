export type Fields = Record<string, unknown>;

/** A contact or a case. */
export interface EspoRecord {
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
  readonly parentType: Entity;
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

export interface Where {
  readonly type?: string;
  readonly attribute?: string;
  readonly value?: unknown;
}

export const espoKey = '0123456789abcdef0123456789abcdef';
/** What may be written and filtered by. */
export const fieldsOf = {
  Contact: ['firstName', 'lastName', 'phoneNumber', 'emailAddress', 'description', 'accountId', 'title', 'cPalomarKey'],
  Case: ['name', 'status', 'priority', 'type', 'description', 'accountId', 'contactId', 'contactsIds', 'isInternal', 'cPalomarKey'],
} as const;
export type Entity = keyof typeof fieldsOf;
export const noteFields = ['type', 'parentType', 'parentId', 'post', 'attachmentsIds', 'isInternal', 'targetType'];
export const attachmentFields = ['name', 'type', 'role', 'relatedType', 'relatedId', 'parentType', 'parentId', 'field', 'file'];
/** Links of a contact, with the field that says how far a record there is, and what the primary filter `open` leaves out. */
export const links: Readonly<Record<string, readonly [statusField: string, ended: readonly string[]]>> = {
  cases: ['status', ['Closed', 'Rejected', 'Duplicate']],
  opportunities: ['stage', ['Closed Won', 'Closed Lost']],
};

/** `a[0][b]=c` as PHP reads it. */
export function phpQuery(query: URLSearchParams): Fields {
  const all: Fields = {};
  for (const [name, value] of query) {
    const path = name.split(/[[\]]+/).filter((word) => word !== '');
    let place = all;
    for (const word of path.slice(0, -1)) place = (place[word] ??= {}) as Fields;
    place[path.at(-1) ?? ''] = value;
  }
  return all;
}
