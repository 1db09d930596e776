import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContactDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { Conflict, Permanent } from '../errors.ts';
import { asArray, asRecord, asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { callHubspot } from './call-hubspot.ts';
import { idOf, keyProperty, nameOf, recordsByKey, refOf } from './records.ts';

const phoneProperties = ['phone', 'mobilephone'] as const;
const shown = ['firstname', 'lastname', 'email', 'company', ...phoneProperties];

/** Contacts with one of the numbers or addresses, then those a search by name brings. */
export async function findContacts(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]> {
  const filterGroups = filtersOf(query.identifiers);
  const name = cleanLine(query.name, 100);
  const byIdentifier = filterGroups.length === 0 ? [] : await search(context, { filterGroups });
  const byName = name === '' ? [] : await search(context, { query: name });
  const found = new Map([...byIdentifier, ...byName].map((record) => [asText(record['id']), record]));
  return Promise.all([...found.values()].map((record) => toCandidate(context, record)));
}

const search = async (context: ConnectorContext, wish: JsonRecord): Promise<readonly JsonRecord[]> =>
  asArray((await callHubspot(context, 'POST', '/crm/v3/objects/contacts/search', { json: { ...wish, properties: shown, limit: 20 } }))['results']).map(asRecord);

/**
 * Numbers are looked for as somebody typed them and in HubSpot's own form, which has no country code
 * (https://developers.hubspot.com/docs/api-reference/search/guide). Five groups are the most it takes.
 */
function filtersOf(identifiers: readonly PersonIdentifier[]): readonly JsonRecord[] {
  const phones = identifiers.filter(({ kind }) => kind === 'phone').map(({ value }) => value);
  const emails = identifiers.filter(({ kind }) => kind === 'email').map(({ value }) => value);
  const national = phones.map((phone) => parsePhoneNumberFromString(phone)?.nationalNumber).filter((number) => number !== undefined);
  const filters = [
    { propertyName: 'phone', values: phones },
    { propertyName: 'mobilephone', values: phones },
    { propertyName: 'hs_searchable_calculated_phone_number', values: national },
    { propertyName: 'hs_searchable_calculated_mobile_number', values: national },
    { propertyName: 'email', values: emails },
  ];
  return filters.filter(({ values }) => values.length > 0).map((filter) => ({ filters: [{ ...filter, operator: 'IN' }] }));
}

async function toCandidate(context: ConnectorContext, record: JsonRecord): Promise<Candidate> {
  const properties = asRecord(record['properties']);
  const phones = phoneProperties.map((name) => asText(properties[name])).filter((phone) => phone !== '');
  const email = asText(properties['email']);
  return {
    ref: await refOf(context, 'contact', record),
    title: nameOf(properties) || email,
    subtitle: [asText(properties['company']), ...phones, email].filter((word) => word !== '').slice(0, 3).join(' · '),
    identifiers: [...phones.map((value) => ({ kind: 'phone' as const, value })), ...(email === '' ? [] : [{ kind: 'email' as const, value: email }])],
  };
}

/** @throws Conflict when another device made it; Permanent `rejected` when a contact that is not ours has the e-mail address */
export async function createContact(context: ConnectorContext, draft: ContactDraft, key: string): Promise<RemoteRef> {
  const [firstname = '', ...rest] = cleanLine(draft.name, 200).split(' ');
  const properties = { firstname, lastname: rest.join(' '), ...addressesOf(draft), [keyProperty]: key };
  try {
    const created = await callHubspot(context, 'POST', '/crm/v3/objects/contacts', { json: { properties } });
    return await refOf(context, 'contact', { ...created, properties });
  } catch (error) {
    if (!(error instanceof Conflict) || (await recordsByKey(context, 'contact', key)).length > 0) throw error;
    throw new Permanent('rejected', { detail: error.more.detail });
  }
}

/** Adds a number and an address where the contact has none. */
export async function fillContact(context: ConnectorContext, contact: RemoteRef, draft: ContactDraft): Promise<readonly string[]> {
  const place = `/crm/v3/objects/contacts/${idOf(contact)}`;
  const has = asRecord((await callHubspot(context, 'GET', `${place}?properties=email,phone,mobilephone`))['properties']);
  const isReachable = phoneProperties.some((name) => asText(has[name]) !== '');
  const missing = Object.entries(addressesOf(draft)).filter(([name]) => (name === 'phone' ? !isReachable : asText(has[name]) === ''));
  if (missing.length === 0) return [];
  try {
    await callHubspot(context, 'PATCH', place, { json: { properties: Object.fromEntries(missing) } });
    return missing.map(([name]) => name);
  } catch (error) {
    // Another contact has that e-mail address: for a person there to sort out, and no reason to keep the note back.
    if (error instanceof Conflict) return [];
    throw error;
  }
}

function addressesOf({ identifiers }: ContactDraft): Readonly<Record<string, string>> {
  const first = (kind: PersonIdentifier['kind']): string | undefined => identifiers.find((one) => one.kind === kind)?.value;
  const [phone, email] = [first('phone'), first('email')];
  return { ...(phone === undefined ? {} : { phone }), ...(email === undefined ? {} : { email }) };
}
