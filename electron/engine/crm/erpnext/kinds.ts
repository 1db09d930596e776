import type { PersonIdentifier } from '#model';
import type { ContactDraft } from '../connector.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import type { Filter } from './call-frappe.ts';

/** The field that an administrator adds to contacts and leads: Data, unique. */
export const keyField = 'palomar_ref';

/** One sort of record that stands for a person. */
export interface Kind {
  readonly doctype: 'Contact' | 'Lead' | 'Employee';
  readonly kind: string;
  readonly titleField: string;
  readonly subtitleFields: readonly string[];
  /** Records that may have this number or address; null: nothing to look by. */
  readonly filtersOf: (identifier: PersonIdentifier) => readonly Filter[];
  readonly identifiersOf: (document: JsonRecord) => readonly PersonIdentifier[];
  /** Absent: such records are made by people only. */
  readonly valuesOf?: (draft: ContactDraft) => JsonRecord;
}

/** Finds `+49 151 234-5` by `+491512345`: the last nine digits, with anything between them. What comes is compared by the core. */
const spread = (phone: string): string => `%${phone.replace(/\D/g, '').slice(-9).split('').join('%')}%`;

const rowsOf = (document: JsonRecord, table: string, field: string): readonly string[] =>
  asArray(document[table]).map((row) => asText(asRecord(row)[field])).filter((value) => value !== '');

const firstOf = (draft: ContactDraft, kind: PersonIdentifier['kind']): string | undefined => draft.identifiers.find((one) => one.kind === kind)?.value;

function nameOf(name: string): JsonRecord {
  const [first = '', ...rest] = name.trim().split(/\s+/);
  const last = rest.join(' ');
  return { first_name: first.slice(0, 140), ...(last === '' ? {} : { last_name: last.slice(0, 140) }) };
}

export const contactKind: Kind = {
  doctype: 'Contact',
  kind: 'contact',
  titleField: 'full_name',
  subtitleFields: ['company_name', 'designation'],
  filtersOf: ({ kind, value }) =>
    kind === 'phone' ? [['Contact Phone', 'phone', 'like', spread(value)]] : kind === 'email' ? [['Contact Email', 'email_id', '=', value]] : [],
  identifiersOf: (document) => [
    ...rowsOf(document, 'phone_nos', 'phone').map((value): PersonIdentifier => ({ kind: 'phone', value })),
    ...rowsOf(document, 'email_ids', 'email_id').map((value): PersonIdentifier => ({ kind: 'email', value })),
  ],
  valuesOf: (draft) => {
    const [phone, email] = [firstOf(draft, 'phone'), firstOf(draft, 'email')];
    return {
      ...nameOf(draft.name),
      ...(phone === undefined ? {} : { phone_nos: [{ phone, is_primary_mobile_no: 1 }] }),
      ...(email === undefined ? {} : { email_ids: [{ email_id: email, is_primary: 1 }] }),
    };
  },
};

/** Records with one field for each number and address. */
function flat(phoneFields: readonly string[], emailFields: readonly string[]): Pick<Kind, 'filtersOf' | 'identifiersOf'> {
  return {
    filtersOf: ({ kind, value }) =>
      kind === 'phone'
        ? phoneFields.map((field): Filter => [field, 'like', spread(value)])
        : kind === 'email'
          ? emailFields.map((field): Filter => [field, '=', value])
          : [],
    identifiersOf: (document) => [
      ...phoneFields.map((field): PersonIdentifier => ({ kind: 'phone', value: asText(document[field]) })),
      ...emailFields.map((field): PersonIdentifier => ({ kind: 'email', value: asText(document[field]) })),
    ].filter(({ value }) => value !== ''),
  };
}

export const leadKind: Kind = {
  doctype: 'Lead',
  kind: 'lead',
  titleField: 'lead_name',
  subtitleFields: ['company_name', 'status'],
  ...flat(['mobile_no', 'phone', 'whatsapp_no'], ['email_id']),
  valuesOf: (draft) => {
    const [phone, email] = [firstOf(draft, 'phone'), firstOf(draft, 'email')];
    return {
      ...nameOf(draft.name),
      lead_name: draft.name.slice(0, 140),
      ...(phone === undefined ? {} : { mobile_no: phone }),
      ...(email === undefined ? {} : { email_id: email }),
    };
  },
};

/** Never the number for emergencies: that one is somebody else's. */
export const employeeKind: Kind = {
  doctype: 'Employee',
  kind: 'employee',
  titleField: 'employee_name',
  subtitleFields: ['designation', 'department', 'company'],
  ...flat(['cell_number'], ['personal_email', 'company_email']),
};

const kinds = [contactKind, leadKind, employeeKind];
export const doctypeOf = (kind: string): string => kinds.find((one) => one.kind === kind)?.doctype ?? 'Contact';
