import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContactDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callBitrix, numberOf } from './call-bitrix.ts';

/** Which system a record came from, in Bitrix24's own field for it; `ORIGIN_ID` beside it is our key. */
export const originator = 'palomar';

const mostCandidates = 20;
const fields = ['ID', 'NAME', 'LAST_NAME', 'POST', 'PHONE', 'EMAIL', 'IM'] as const;
const kindOfField = { PHONE: 'phone', EMAIL: 'email', IM: 'handle' } as const;
type MultiField = keyof typeof kindOfField;
const multiFields = Object.keys(kindOfField) as MultiField[];

/** Contacts with one of the numbers or addresses, by Bitrix24's own search for doubles, or with the same name. */
export async function findContacts(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]> {
  const ids = [...(await idsByValue(context, query, 'phone')), ...(await idsByValue(context, query, 'email'))];
  const known = ids.length === 0 ? [] : await list(context, { '@ID': [...new Set(ids)].slice(0, mostCandidates) });
  const named = query.name.trim() === '' ? [] : await list(context, nameOf(query.name));
  const byId = new Map([...known, ...named.slice(0, mostCandidates)].map((row) => [asText(row['ID']), row]));
  return [...byId.values()].map(toCandidate);
}

/** https://apidocs.bitrix24.com/api-reference/crm/duplicates/crm-duplicate-find-by-comm.html: at most 20 values. */
async function idsByValue(context: ConnectorContext, query: TargetQuery, kind: 'phone' | 'email'): Promise<readonly number[]> {
  const values = query.identifiers.filter((one) => one.kind === kind).map(({ value }) => value).slice(0, 20);
  if (values.length === 0) return [];
  const { result } = await callBitrix(context, 'crm.duplicate.findbycomm', { type: kind === 'phone' ? 'PHONE' : 'EMAIL', values, entity_type: 'CONTACT' });
  // Nothing found is an empty list there, and a record of lists otherwise.
  return asArray(asRecord(result)['CONTACT']).map(numberOf);
}

/** @throws Permanent `server-incompatible` when the filter is ignored: then we would write everything twice */
export async function contactsByKey(context: ConnectorContext, key: string): Promise<readonly RemoteRef[]> {
  const rows = await list(context, { ORIGINATOR_ID: originator, ORIGIN_ID: key }, [...fields, 'ORIGINATOR_ID', 'ORIGIN_ID']);
  if (!rows.every((row) => row['ORIGIN_ID'] === key)) throw new Permanent('server-incompatible', { detail: 'ORIGIN_ID is no filter here' });
  return rows.filter((row) => row['ORIGINATOR_ID'] === originator).map(toRef).sort((a, b) => Number(a.id) - Number(b.id));
}

export async function createContact(context: ConnectorContext, draft: ContactDraft, key: string): Promise<RemoteRef> {
  const values = multiFields.flatMap((field) => {
    const rows = valuesOf(draft, field);
    return rows.length === 0 ? [] : [[field, rows] as const];
  });
  const { result } = await callBitrix(context, 'crm.contact.add', {
    fields: { ...nameOf(draft.name), ...Object.fromEntries(values), ORIGINATOR_ID: originator, ORIGIN_ID: key },
    params: { REGISTER_SONET_EVENT: 'N' },
  });
  return { role: 'contact', kind: 'contact', id: String(numberOf(result)), title: draft.name };
}

/** Adds a number, address or handle only where the contact has none of that sort. */
export async function fillContact(context: ConnectorContext, ref: RemoteRef, draft: ContactDraft): Promise<readonly string[]> {
  const contact = asRecord((await callBitrix(context, 'crm.contact.get', { id: numberOf(ref.id) })).result);
  const missing = multiFields.filter((field) => asArray(contact[field]).length === 0 && valuesOf(draft, field).length > 0);
  if (missing.length === 0) return [];
  await callBitrix(context, 'crm.contact.update', {
    id: numberOf(ref.id),
    fields: Object.fromEntries(missing.map((field) => [field, valuesOf(draft, field).slice(0, 1)])),
    params: { REGISTER_SONET_EVENT: 'N' },
  });
  return missing.map((field) => kindOfField[field]);
}

export async function withdrawContact(context: ConnectorContext, ref: RemoteRef, key: string): Promise<void> {
  const ours = await contactsByKey(context, key);
  if (!ours.some(({ id }) => id === ref.id)) throw new Permanent('rejected', { detail: `contact ${ref.id} does not carry our key` });
  await callBitrix(context, 'crm.contact.delete', { id: numberOf(ref.id) });
}

/** One page: 50 contacts, which is more than a person chooses from. */
async function list(context: ConnectorContext, filter: JsonRecord, select: readonly string[] = fields): Promise<readonly JsonRecord[]> {
  const { result } = await callBitrix(context, 'crm.contact.list', { filter, select, order: { ID: 'ASC' } });
  return asArray(result).map(asRecord);
}

/** First name and the rest: mails that somebody writes there later begin with the first name. */
function nameOf(name: string): { readonly NAME: string; readonly LAST_NAME?: string } {
  const [first = '', ...rest] = cleanLine(name, 200).split(' ');
  // Each of the two fields takes 50 signs.
  const last = cleanLine(rest.join(' '), 50);
  return last === '' ? { NAME: cleanLine(first, 50) } : { NAME: cleanLine(first, 50), LAST_NAME: last };
}

/** Kinds of https://apidocs.bitrix24.com/api-reference/crm/data-types.html#crm_multifield */
function valuesOf({ identifiers, networkName }: ContactDraft, field: MultiField): readonly JsonRecord[] {
  const type = field === 'PHONE' ? 'MOBILE' : field === 'EMAIL' ? 'WORK' : networkName === 'XMPP' ? 'JABBER' : 'OTHER';
  return identifiers.filter(({ kind }) => kind === kindOfField[field]).map(({ value }) => ({ VALUE: value, VALUE_TYPE: type }));
}

function toCandidate(row: JsonRecord): Candidate {
  const identifiers = multiFields.flatMap((field) =>
    asArray(row[field]).map((one): PersonIdentifier => ({ kind: kindOfField[field], value: asText(asRecord(one)['VALUE']) })),
  );
  const ref = toRef(row);
  const shown = [asText(row['POST']), ...identifiers.map(({ value }) => value)].filter((part) => part !== '').slice(0, 3);
  return { ref, title: ref.title ?? '', subtitle: shown.join(' · '), identifiers };
}

export const toRef = (row: JsonRecord): RemoteRef => ({
  role: 'contact',
  kind: 'contact',
  id: String(numberOf(row['ID'])),
  title: [asText(row['NAME']), asText(row['LAST_NAME'])].filter((part) => part !== '').join(' '),
});
