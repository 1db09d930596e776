/**
 * XEP-0004 Data Forms, version 2.13.1 — https://xmpp.org/extensions/xep-0004.html
 * with XEP-0122 Data Forms Validation, version 1.0.2, and XEP-0221 Data Forms Media Element, version 1.0.
 * Left out: XEP-0141 layout (fields come in document order anyway).
 */
import type { Form, FormField, FormFieldKind, FormMedia, FormValues } from '#bridge';
import { element, type XmlElement } from '../stream/xml/element.ts';
import { ns } from '../namespaces.ts';

const validation = 'http://jabber.org/protocol/xdata-validate';

const mostFields = 500;
const mostOptions = 2_000;
const mostRows = 2_000;
const longestText = 20_000;
const mostMedia = 5;
const longestLink = 2_000;

const kinds: Readonly<Record<string, FormFieldKind>> = {
  fixed: 'fixed',
  hidden: 'hidden',
  boolean: 'boolean',
  'jid-single': 'address',
  'jid-multi': 'addresses',
  'list-single': 'choice',
  'list-multi': 'choices',
  'text-multi': 'multi-line',
  'text-private': 'secret',
  'text-single': 'text',
};

/** Finds the bytes of a picture, sound or film that a field names (`cid:` of XEP-0231, or an address of our own server); null: not at hand. */
export type MediaFinder = (uri: string, mime: string) => FormMedia | null;

/** The data form in a payload, `undefined` when there is none. */
export const dataFormIn = (parent: XmlElement): XmlElement | undefined => parent.child('x', ns.dataForms);

/** The value of `FORM_TYPE`, which says what the other fields mean (XEP-0068); null when the form has none. */
export const formTypeOf = (form: XmlElement): string | null => fieldValue(form, 'FORM_TYPE');

/** The first value of a field by its `var`; null when it is not there. */
export const fieldValue = (form: XmlElement, name: string): string | null =>
  form.childrenNamed('field').find((field) => field.attribute('var') === name)?.childText('value') ?? null;

/** All values of a field by its `var`. */
export const fieldValues = (form: XmlElement, name: string): readonly string[] =>
  form
    .childrenNamed('field')
    .filter((field) => field.attribute('var') === name)
    .flatMap((field) => field.childrenNamed('value').map((value) => value.text()));

/** A form as a person sees it. */
export function readDataForm(form: XmlElement, findMedia: MediaFinder = () => null): Form {
  const title = cut(form.childText('title') ?? '');
  return {
    title: title === '' ? null : title,
    instructions: form.childrenNamed('instructions').slice(0, 50).map((line) => cut(line.text())),
    fields: withoutTwins(form.childrenNamed('field').slice(0, mostFields).map((field) => readField(field, findMedia))),
    ...(form.child('reported') === undefined ? {} : { table: readTable(form) }),
    ...(form.attribute('type') === 'result' ? { isResult: true } : {}),
  };
}

/** The places where pictures, sounds and films of a form are said to be, in the order in which a field offers them. */
export const mediaPlaces = (form: XmlElement): readonly { readonly uri: string; readonly mime: string }[] =>
  form
    .childrenNamed('field')
    .slice(0, mostFields)
    .flatMap((field) => field.childrenNamed('media', ns.mediaElement).slice(0, mostMedia))
    .flatMap((media) => media.childrenNamed('uri').slice(0, mostMedia))
    .map((uri) => ({ uri: uri.text().trim(), mime: uri.attribute('type') ?? '' }));

/** Of two fields with one name the first counts: an answer could not tell them apart. */
function withoutTwins(fields: readonly FormField[]): FormField[] {
  const seen = new Set<string>();
  return fields.filter(({ name }) => {
    if (name === '') return true;
    if (seen.has(name)) return false;
    seen.add(name);
    return true;
  });
}

/**
 * The answer to a form: hidden fields go back as they came, fixed ones do not, and only fields the form has are sent
 * (XEP-0004 section 3.3).
 */
export function submitForm(form: Form, values: FormValues): XmlElement {
  const fields = form.fields.filter(({ kind, name }) => kind !== 'fixed' && name !== '');
  return element(
    'x',
    { xmlns: ns.dataForms, type: 'submit' },
    ...fields.map((field) => {
      const given = (field.kind === 'hidden' || !Object.hasOwn(values, field.name) ? field.values : values[field.name]) ?? [];
      const sent = field.kind === 'boolean' ? given.map((value) => (value === 'true' ? '1' : '0')) : given;
      return element('field', { var: field.name }, ...sent.map((value) => element('value', {}, value)));
    }),
  );
}

/** A submission made by us rather than by a person. */
export const simpleForm = (formType: string, values: Readonly<Record<string, string | readonly string[]>>, type = 'submit'): XmlElement =>
  element(
    'x',
    { xmlns: ns.dataForms, type },
    element('field', { var: 'FORM_TYPE', type: 'hidden' }, element('value', {}, formType)),
    ...Object.entries(values).map(([name, value]) =>
      element('field', { var: name }, ...(typeof value === 'string' ? [value] : value).map((one) => element('value', {}, one))),
    ),
  );

export const cancelForm = (): XmlElement => element('x', { xmlns: ns.dataForms, type: 'cancel' });

function readField(field: XmlElement, findMedia: MediaFinder): FormField {
  const name = cut(field.attribute('var') ?? '');
  const type = field.attribute('type') ?? '';
  // A field without a name cannot be answered, whatever it claims to be.
  const kind: FormFieldKind = name === '' ? 'fixed' : ((Object.hasOwn(kinds, type) ? kinds[type] : undefined) ?? 'text');
  const given = field.childrenNamed('value').slice(0, mostOptions).map((value) => cut(value.text()));
  const options = field
    .childrenNamed('option')
    .slice(0, mostOptions)
    .flatMap((option) => {
      const value = option.childText('value');
      return value === undefined ? [] : [{ value: cut(value), label: cut(option.attribute('label') ?? value) }];
    });
  const hint = cut(field.childText('desc') ?? '');
  const { media, mediaLinks } = readMedia(field, findMedia);
  return {
    name,
    kind,
    label: cut(field.attribute('label') ?? (kind === 'fixed' ? '' : name)),
    ...(hint === '' ? {} : { hint }),
    isRequired: field.child('required') !== undefined,
    values: kind === 'boolean' ? [given[0] === '1' || given[0] === 'true' ? 'true' : 'false'] : given,
    ...(options.length === 0 ? {} : { options }),
    ...(media.length === 0 ? {} : { media }),
    ...(mediaLinks.length === 0 ? {} : { mediaLinks }),
    ...readCheck(field),
  };
}

/** Of each medium the first form that is at hand; else the way to where it lies. */
function readMedia(field: XmlElement, findMedia: MediaFinder): { readonly media: FormMedia[]; readonly mediaLinks: NonNullable<FormField['mediaLinks']> } {
  const all = field
    .childrenNamed('media', ns.mediaElement)
    .slice(0, mostMedia)
    .map((one) => one.childrenNamed('uri').slice(0, mostMedia).map((uri) => ({ url: uri.text().trim(), mime: (uri.attribute('type') ?? '').slice(0, 200) })));
  const found = all.map((uris) => uris.flatMap(({ url, mime }) => findMedia(url, mime) ?? [])[0]);
  return {
    media: found.filter((one) => one !== undefined),
    mediaLinks: all.flatMap((uris, index) => (found[index] === undefined ? (uris.find(isElsewhere) ?? []) : [])),
  };
}

const isElsewhere = ({ url, mime }: { readonly url: string; readonly mime: string }): boolean =>
  url.length <= longestLink && /^https:\/\//i.test(url) && /^(image|audio|video)\//i.test(mime);

/** Only ranges and patterns the interface can tell a person about; the server checks again. */
function readCheck(field: XmlElement): { check?: NonNullable<FormField['check']> } {
  const validate = field.child('validate', validation);
  const range = validate?.child('range');
  const pattern = validate?.childText('regex');
  const min = range?.attribute('min');
  const max = range?.attribute('max');
  if (pattern === undefined && min === undefined && max === undefined) return {};
  return {
    check: {
      ...(pattern === undefined ? {} : { pattern: cut(pattern) }),
      ...(min === undefined ? {} : { min: cut(min) }),
      ...(max === undefined ? {} : { max: cut(max) }),
    },
  };
}

function readTable(form: XmlElement): NonNullable<Form['table']> {
  const columns = (form.child('reported')?.childrenNamed('field') ?? []).slice(0, 50).flatMap((field) => {
    const name = field.attribute('var');
    if (name === undefined || field.attribute('type') === 'hidden') return [];
    const isAddress = field.attribute('type') === 'jid-single' || name === 'jid';
    return [{ name, label: cut(field.attribute('label') ?? name), ...(isAddress ? { kind: 'address' as const } : {}) }];
  });
  const rows = form
    .childrenNamed('item')
    .slice(0, mostRows)
    .map((item) => columns.map(({ name }) => fieldValues(item, name).map(cut).join(', ')));
  return { columns, rows };
}

const cut = (text: string): string => text.slice(0, longestText);
