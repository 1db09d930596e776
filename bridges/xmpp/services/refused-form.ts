import type { DialogNoteCode, DialogStep, Form, FormField } from '#bridge';
import type { StanzaError } from '../stream/stanza-error.ts';
import { again } from './dialog-steps.ts';

const codes: Readonly<Record<string, DialogNoteCode>> = {
  conflict: 'name-taken',
  'not-acceptable': 'not-accepted',
  'bad-request': 'not-accepted',
  'resource-constraint': 'too-many',
};

/** The form once more, with what the other side has against it, told at the field that it means where that is known. */
export function refusedForm(form: Form | null, { condition, text = '' }: StanzaError): DialogStep {
  const said = (Object.hasOwn(codes, condition) ? codes[condition] : undefined) ?? 'refused';
  const field = form?.fields.find((one) => isMeant(one, condition, text));
  const isPicture = field !== undefined && hasPicture(field);
  return again(form, isPicture ? 'answer-wrong' : said, text, field?.name);
}

const hasPicture = ({ media = [], mediaLinks = [] }: FormField): boolean => media.length + mediaLinks.length > 0;

/**
 * XEP-0077 has no way to say which field: a conflict is about the name; about the rest servers speak only in words,
 * which are English with Prosody and ejabberd unless their keepers changed them.
 */
function isMeant(field: FormField, condition: string, text: string): boolean {
  if (field.kind === 'hidden' || field.kind === 'fixed') return false;
  if (condition === 'conflict') return field.name === 'username' || field.name === 'nick';
  if (/captcha/i.test(text)) return hasPicture(field);
  return field.kind === 'secret' && /passw/i.test(text);
}
