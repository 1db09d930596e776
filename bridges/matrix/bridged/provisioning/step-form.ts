/** Steps of a bridge's login as forms. */
import type { DialogNote, DialogNoteCode, DialogStep, Form, FormField, FormFieldKind, FormMedia, FormValues } from '#bridge';
import { readPageCatch } from './page-catch.ts';
import { drawQr } from '#kit';
import { asArray, asName, asRecord, asString, asText, type JsonRecord } from '../../event-shape.ts';
import type { BridgeStep } from './shapes.ts';

export const note = (kind: DialogNote['kind'], code: DialogNoteCode, text = ''): DialogNote => ({ kind, code, text });

const mostFields = 30;
const mostOptions = 500;
const longestText = 2_000;

const kinds: ReadonlyMap<string, FormFieldKind> = new Map([
  ['password', 'secret'],
  ['token', 'secret'],
  ['select', 'choice'],
]);

const inputField = (value: unknown): FormField | null => {
  const field = asRecord(value);
  const name = asString(field['id']);
  if (name === undefined || name === '' || name.length > 200) return null;
  const preset = asString(field['default_value']);
  const hint = asText(field['description']).slice(0, longestText);
  const options = asArray(field['options']).slice(0, mostOptions).flatMap((option) => asString(option) ?? []);
  const pattern = asString(field['pattern']);
  return {
    name,
    kind: kinds.get(asString(field['type']) ?? '') ?? 'text',
    label: asName(field['name']) ?? name,
    ...(hint === '' ? {} : { hint }),
    isRequired: true,
    values: preset === undefined ? [] : [preset],
    ...(options.length === 0 ? {} : { options: options.map((option) => ({ label: option, value: option })) }),
    ...(pattern === undefined ? {} : { check: { pattern: pattern.slice(0, 500) } }),
  };
};

const mostPictureBytes = 500_000;

/** Pictures that came with the step itself: a CAPTCHA. */
const attachedPictures = (details: JsonRecord): FormField[] =>
  asArray(details['attachments']).slice(0, 5).flatMap((value): FormField[] => {
    const attachment = asRecord(value);
    const mime = asString(asRecord(attachment['info'])['mimetype']) ?? '';
    const content = asString(attachment['content']) ?? '';
    if (!/^image\/(?:png|jpeg|gif|webp)$/u.test(mime) || content.length > mostPictureBytes) return [];
    const media: FormMedia = { mime, bytes: new Uint8Array(Buffer.from(content, 'base64')) };
    return [{ name: '', kind: 'fixed', label: asName(attachment['filename']) ?? '', isRequired: false, values: [], media: [media] }];
  });

const formOf = (step: BridgeStep, fields: readonly FormField[]): Form => ({
  title: null,
  instructions: step.instructions === '' ? [] : [step.instructions],
  fields,
});

const fixed = (label: string, values: readonly string[], media?: FormMedia): FormField => ({
  name: '',
  kind: 'fixed',
  label,
  isRequired: false,
  values,
  ...(media === undefined ? {} : { media: [media] }),
});

export const inputStep = (step: BridgeStep): DialogStep => {
  const fields = asArray(step.details['fields']).slice(0, mostFields).flatMap((field) => inputField(field) ?? []);
  return { state: 'open', form: formOf(step, [...attachedPictures(step.details), ...fields]), notes: [], actions: ['next'] };
};

/** @throws RangeError when what the code is to say is too long for one */
export const displayStep = (step: BridgeStep): DialogStep => {
  const data = asText(step.details['data']).slice(0, longestText);
  const kind = asString(step.details['type']);
  const shown: Readonly<Record<string, { readonly fields: readonly FormField[]; readonly code: DialogNoteCode }>> = {
    qr: { fields: kind === 'qr' ? [fixed('qr-code', [], drawQr(data))] : [], code: 'bridge-scan' },
    code: { fields: [fixed('pairing-code', [data])], code: 'bridge-code' },
    emoji: { fields: [fixed('pairing-code', [data])], code: 'bridge-code' },
  };
  const { fields, code } = (kind !== undefined && Object.hasOwn(shown, kind) ? shown[kind] : undefined) ?? { fields: [], code: 'bridge-wait' as const };
  return { state: 'open', form: formOf(step, fields), notes: [note('info', code)], actions: [], isWaiting: true };
};

const placeOf = (source: JsonRecord): string =>
  [asName(source['type']), asName(source['name']), asName(source['cookie_domain'])].filter((part) => part !== null).join(' · ');

/**
 * What a browser would have to find: taken over from a window of the app where there is one, else entered by hand.
 */
export const cookieStep = (step: BridgeStep): DialogStep => {
  const fields = asArray(step.details['fields']).slice(0, mostFields).flatMap((value): FormField[] => {
    const field = asRecord(value);
    const name = asString(field['id']);
    if (name === undefined || name === '' || name.length > 200) return [];
    const hint = asArray(field['sources']).slice(0, 5).map((source) => placeOf(asRecord(source))).join('; ');
    const pattern = asString(field['pattern']);
    return [{ name, kind: 'secret', label: name, hint, isRequired: field['required'] === true, values: [], ...(pattern === undefined ? {} : { check: { pattern: pattern.slice(0, 500) } }) }];
  });
  const link = asString(step.details['url']);
  const notes = [note('warning', 'bridge-cookies-by-hand')];
  const pageCatch = readPageCatch(step.details);
  return { state: 'open', form: formOf(step, fields), notes, actions: ['next'], ...(link === undefined ? {} : { link }), ...(pageCatch === null ? {} : { pageCatch }) };
};

/** Only what was asked for goes out. */
export const answersOf = (step: DialogStep, values: FormValues): Readonly<Record<string, string>> =>
  Object.fromEntries(
    (step.form?.fields ?? [])
      .filter(({ kind }) => kind !== 'fixed')
      .map(({ name }) => [name, values[name]?.[0] ?? ''] as const)
      .filter(([, value]) => value !== ''),
  );
