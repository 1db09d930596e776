import type { ConnectorContext, ContainerDraft, TargetQuery } from '../connector.ts';
import { Conflict, Permanent } from '../errors.ts';
import { numberOf } from '../http/checked-id.ts';
import { asRecord } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callFreshdesk, listOf } from './call-freshdesk.ts';

/** Contacts with one of the numbers or addresses. */
export async function findContacts(context: ConnectorContext, { identifiers }: TargetQuery): Promise<readonly JsonRecord[]> {
  const found = new Map<string, JsonRecord>();
  for (const { kind, value } of identifiers.filter((one) => one.kind !== 'handle')) {
    for (const field of kind === 'phone' ? ['phone', 'mobile'] : ['email']) {
      for (const contact of await listOf(context, `/contacts?${field}=${encodeURIComponent(value)}`)) found.set(numberOf(contact['id']), contact);
    }
  }
  return [...found.values()];
}

/** The number of the contact with our key; null: there is none yet. */
export async function contactByKey(context: ConnectorContext, key: string): Promise<string | null> {
  const contacts = await listOf(context, `/contacts?unique_external_id=${encodeURIComponent(key)}`);
  const ours = contacts.find((contact) => contact['unique_external_id'] === key);
  if (ours === undefined && contacts.length > 0) throw new Permanent('server-incompatible', { detail: 'contacts are not filtered by unique_external_id' });
  return ours === undefined ? null : numberOf(ours['id']);
}

/**
 * Who requests our ticket: a contact of its own without an e-mail address, so that Freshdesk can mail nobody about it. It lets
 * one contact have a key only, so two devices get the same one.
 */
export async function ensureRequester(context: ConnectorContext, draft: ContainerDraft, key: string): Promise<string> {
  const known = await contactByKey(context, key);
  if (known !== null) return known;
  const mobile = draft.identifiers.find(({ kind }) => kind === 'phone')?.value;
  const json = { name: cleanLine(draft.contactName, 200), unique_external_id: key, ...(mobile === undefined ? {} : { mobile }) };
  try {
    return numberOf(asRecord((await callFreshdesk(context, 'POST', '/contacts', { json })).data)['id']);
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    const other = await contactByKey(context, key);
    // The key is taken, but nobody has it: its contact is in the bin.
    if (other === null) throw new Permanent('rejected', { detail: error.more.detail });
    return other;
  }
}
