import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PersonIdentifier } from '#model';
import type { Candidate, ConnectorContext, ContactDraft, RemoteRef, TargetQuery } from '../connector.ts';
import { asText } from '../http/json-value.ts';
import type { JsonRecord } from '../http/json-value.ts';
import { cleanLine } from '../text/clean-text.ts';
import { textOfHtml } from '../text/html-note.ts';
import { callSuite, idOf, listSuite, toRecord } from './call-suite.ts';
import type { SuiteRecord } from './call-suite.ts';
import { harmlessText } from './harmless-text.ts';
import { createOnce, readLiving } from './own-ids.ts';

const maxContacts = 10;
const phoneFields = ['phone_mobile', 'phone_work', 'phone_home', 'phone_other'] as const;
/** Where a number is looked for; the others are seldom filled, and each costs two requests. */
const searchedPhoneFields = ['phone_mobile', 'phone_work'] as const;

/** Contacts with one of the numbers, or of exactly this name. Mail addresses cannot be searched in this API; they are compared. */
export async function findContacts(context: ConnectorContext, query: TargetQuery): Promise<readonly Candidate[]> {
  const { first_name, last_name } = namesOf(query.name);
  const searches: Readonly<Record<string, string>>[] = last_name === '' ? [] : [first_name === '' ? { last_name } : { first_name, last_name }];
  for (const { value } of query.identifiers.filter(({ kind }) => kind === 'phone')) {
    const forms = new Set([value, parsePhoneNumberFromString(value)?.formatInternational() ?? value]);
    for (const form of forms) for (const field of searchedPhoneFields) searches.push({ [field]: form });
  }
  const ids = new Set<string>();
  for (const search of searches) for (const { id } of await listSuite(context, 'Contacts', search, ['last_name'])) ids.add(id);
  const found: Candidate[] = [];
  for (const id of [...ids].slice(0, maxContacts)) {
    const contact = await readLiving(context, 'Contacts', id);
    if (contact !== null) found.push(toCandidate(contact));
  }
  return found;
}

export const createContact = async (context: ConnectorContext, draft: ContactDraft, key: string): Promise<RemoteRef> =>
  toRef(await createOnce(context, 'Contacts', key, { ...namesOf(draft.name), ...fieldsOf(draft) }));

/** Only what the contact lacks. */
export async function fillContact(context: ConnectorContext, ref: RemoteRef, draft: ContactDraft): Promise<readonly string[]> {
  const id = idOf(ref.id);
  const { attributes: has } = toRecord((await callSuite(context, 'GET', `/module/Contacts/${id}`))['data']);
  const missing = Object.entries(fieldsOf(draft)).filter(([name]) => asText(has[name]) === '');
  if (missing.length === 0) return [];
  await callSuite(context, 'PATCH', '/module', { data: { type: 'Contacts', id, attributes: Object.fromEntries(missing) } });
  return missing.map(([name]) => name);
}

/** The last word is the family name, which SuiteCRM wants always. */
function namesOf(name: string): { readonly first_name: string; readonly last_name: string } {
  const words = harmlessText(cleanLine(name, 100)).split(' ').filter((word) => word !== '');
  return { first_name: words.slice(0, -1).join(' '), last_name: words.at(-1) ?? '' };
}

function fieldsOf({ identifiers, networkName }: ContactDraft): Readonly<Record<string, string>> {
  const first = (kind: PersonIdentifier['kind']): string | undefined => identifiers.find((one) => one.kind === kind)?.value;
  const [phone, email, handle] = [first('phone'), first('email'), first('handle')];
  return {
    ...(phone === undefined ? {} : { phone_mobile: phone }),
    ...(email === undefined ? {} : { email1: email }),
    ...(handle === undefined ? {} : { description: harmlessText(cleanLine(`${networkName}: ${handle}`, 500)) }),
  };
}

function toCandidate({ id, attributes }: SuiteRecord): Candidate {
  const phones = phoneFields.map((field) => asText(attributes[field])).filter((value) => value !== '');
  const email = asText(attributes['email1']);
  const ref = toRef({ id, attributes });
  return {
    ref,
    title: ref.title ?? '',
    subtitle: [asText(attributes['account_name']), ...phones.slice(0, 1), email].filter((word) => word !== '').join(' · '),
    identifiers: [...phones.map((value): PersonIdentifier => ({ kind: 'phone', value })), ...(email === '' ? [] : [{ kind: 'email' as const, value: email }])],
  };
}

export const toRef = ({ id, attributes }: SuiteRecord): RemoteRef => ({ role: 'contact', kind: 'contact', id, title: nameOf(attributes) });
/** What is read comes with its quotes as entities. */
const nameOf = (attributes: JsonRecord): string => [attributes['first_name'], attributes['last_name']].map((word) => textOfHtml(asText(word))).filter((word) => word !== '').join(' ');
