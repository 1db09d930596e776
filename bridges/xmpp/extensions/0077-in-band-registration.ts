/**
 * XEP-0077 In-Band Registration, version 2.4 — https://xmpp.org/extensions/xep-0077.html
 * with XEP-0158 CAPTCHA Forms, version 1.0.1, as far as a registration form carries them.
 * Left out: XEP-0445.
 */
import type { Form, FormField, FormValues } from '#bridge';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';
import { dataFormIn, readDataForm, submitForm, type MediaFinder } from './0004-data-forms.ts';

/** What a server or gateway wants to know about who registers. */
export interface RegistrationOffer {
  readonly isRegistered: boolean;
  /** Null: nothing is asked here (see `link`). */
  readonly form: Form | null;
  /** The data form, when the fields came in one. */
  readonly dataForm: XmlElement | undefined;
  /** A page where registering goes on, or where it happens at all. */
  readonly link: string | null;
}

const legacyFields = [
  ...['username', 'nick', 'password', 'name', 'first', 'last', 'email', 'address', 'city', 'state', 'zip', 'phone', 'url', 'date', 'misc', 'text'],
];
const longestText = 20_000;

/** Asks for the form. */
export const registrationQuery = (): XmlElement => element('query', { xmlns: ns.register });

/** Gives the registration up. */
export const removalQuery = (): XmlElement => element('query', { xmlns: ns.register }, element('remove'));

/** A new password for the account we are signed in to. */
export const passwordQuery = (username: string, password: string): XmlElement =>
  element('query', { xmlns: ns.register }, element('username', {}, username), element('password', {}, password));

/** The answer to a question for the form; null when it is none. */
export function readRegistration(result: XmlElement, findMedia?: MediaFinder): RegistrationOffer | null {
  const query = result.child('query', ns.register);
  if (query === undefined) return null;
  const dataForm = dataFormIn(query);
  const link = query.child('x', ns.outOfBand)?.childText('url')?.trim().slice(0, 2_000) ?? null;
  const legacy = legacyForm(query, legacyFields);
  const form = dataForm === undefined ? legacy : readDataForm(dataForm, findMedia);
  return { isRegistered: query.child('registered') !== undefined, form: form.fields.length === 0 ? null : form, dataForm, link };
}

/** The answer to a form that came in a query; in a data form if it came as one. */
export const submitQuery = (namespace: string, form: Form, isDataForm: boolean, values: FormValues): XmlElement =>
  isDataForm
    ? element('query', { xmlns: namespace }, submitForm(form, values))
    : element(
        'query',
        { xmlns: namespace },
        ...form.fields
          .filter(({ kind }) => kind !== 'fixed')
          .map((field) => {
            const given = field.kind === 'hidden' || !Object.hasOwn(values, field.name) ? field.values : values[field.name];
            return element(field.name, {}, given?.[0] ?? '');
          }),
      );

/** Fields that are elements of the query itself, as before data forms; `names` are the ones there may be. */
export function legacyForm(query: XmlElement, names: readonly string[]): Form {
  const instructions = (query.childText('instructions') ?? '').slice(0, longestText);
  const key = query.childText('key');
  const fields = names.flatMap((name): FormField[] => {
    const child = query.child(name);
    if (child === undefined) return [];
    const kind = name === 'password' ? 'secret' : 'text';
    return [{ name, kind, label: name, isRequired: name === 'username' || name === 'password', values: [child.text().slice(0, longestText)] }];
  });
  const hidden: FormField[] =
    key === undefined ? [] : [{ name: 'key', kind: 'hidden', label: '', isRequired: false, values: [key.slice(0, longestText)] }];
  return { title: null, instructions: instructions === '' ? [] : [instructions], fields: [...fields, ...(fields.length === 0 ? [] : hidden)] };
}
