import type { RemoteRef } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { idOf } from './call-zoho.ts';

/** One kind of record, as Zoho's API names it. */
export interface Module {
  readonly kind: 'contact' | 'lead' | 'deal';
  readonly apiName: 'Contacts' | 'Leads' | 'Deals';
  readonly titleField: string;
  /** In which a number may stand; a new one goes into the first. */
  readonly phones: readonly string[];
}

export const contacts: Module = { kind: 'contact', apiName: 'Contacts', titleField: 'Full_Name', phones: ['Mobile', 'Phone', 'Home_Phone', 'Other_Phone'] };
export const leads: Module = { kind: 'lead', apiName: 'Leads', titleField: 'Full_Name', phones: ['Mobile', 'Phone'] };
export const deals: Module = { kind: 'deal', apiName: 'Deals', titleField: 'Deal_Name', phones: [] };

export function moduleOf(ref: RemoteRef): Module {
  const found = [contacts, leads, deals].find(({ kind }) => kind === ref.kind);
  if (found === undefined) throw new Permanent('rejected', { detail: `Zoho has no ${ref.kind}` });
  return found;
}

export const placeOf = (ref: RemoteRef): string => `/${moduleOf(ref).apiName}/${idOf(ref.id)}`;

export const refOf = (module: Module, row: JsonRecord): RemoteRef => ({
  role: module === deals ? 'container' : 'contact',
  kind: module.kind,
  id: idOf(row['id']),
  title: asText(row[module.titleField]),
});
