import type { ConnectorContext } from '../connector.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { callZoho } from './call-zoho.ts';
import type { Module } from './modules.ts';

/** What the fields of a module are; https://www.zoho.com/crm/developer/docs/api/v8/field-meta.html */
export const fieldsOf = async (context: ConnectorContext, { apiName }: Module): Promise<readonly JsonRecord[]> =>
  asArray((await callZoho(context, 'GET', `/settings/fields?module=${apiName}`))['fields']).map(asRecord);

/** What may be chosen in a field, in the order of its form. */
export function picksOf(fields: readonly JsonRecord[], name: string): readonly string[] {
  const picks = asArray(fields.find((field) => field['api_name'] === name)?.['pick_list_values']).map(asRecord);
  return picks
    .filter((pick) => pick['type'] !== 'unused' && asText(pick['actual_value']) !== '' && asText(pick['actual_value']) !== '-None-')
    .sort((a, b) => Number(a['sequence_number']) - Number(b['sequence_number']))
    .map((pick) => asText(pick['actual_value']));
}
