import type { DialogStep, Form, FormValues } from '#bridge';
import { dataFormIn, readDataForm } from '../extensions/0004-data-forms.ts';
import { passwordQuery, submitQuery } from '../extensions/0077-in-band-registration.ts';
import { parseJid } from '../jid.ts';
import { ns } from '../namespaces.ts';
import { passwordSecret } from '../stored-credentials.ts';
import { StanzaError } from '../stream/stanza-error.ts';
import type { XmlElement } from '../stream/xml/element.ts';
import { askForm, patientDeadlineMs } from './ask.ts';
import { again, over } from './dialog-steps.ts';
import { findFormMedia } from './form-media.ts';
import { plainDialog } from './plain-dialog.ts';
import { refusedForm } from './refused-form.ts';
import type { DialogOpener } from './service-context.ts';

const form: Form = {
  title: null,
  instructions: [],
  fields: [
    { name: 'password', kind: 'secret', label: 'new-password', isRequired: true, values: [] },
    { name: 'repeat', kind: 'secret', label: 'repeat-password', isRequired: true, values: [] },
  ],
};

/**
 * A new password for our own account at its server; kept here once the server has it (XEP-0077 section 3.3). A server
 * that wants to know more sends a form with its refusal, which is then the next page.
 */
export const openPasswordChange: DialogOpener<object> = (_request, context) => {
  const username = parseJid(context.ownBareJid)?.local ?? '';
  /** What the server asks beside the new password; null: nothing. */
  let more: Form | null = null;
  let password = '';
  const answer = async (values: FormValues): Promise<DialogStep> => {
    const wanted = more === null ? (values['password']?.[0] ?? '') : (values['password']?.[0] ?? password);
    if (wanted === '' || (more === null && wanted !== values['repeat']?.[0])) return again(form, 'passwords-differ', '', 'repeat');
    password = wanted;
    const payload = more === null ? passwordQuery(username, password) : submitQuery(ns.register, more, true, values);
    const iq = { type: 'set', to: context.domain, payload, deadlineMs: patientDeadlineMs } as const;
    // Once it is on its way the answer counts, whether the person still waits for it or not.
    const signal = new AbortController().signal;
    const result = await askForm(context.request, iq, signal);
    if (result instanceof StanzaError) {
      const wish = formWith(result);
      more = wish === null ? more : filledIn(readDataForm(wish, await findFormMedia(wish, wish, context.domain, context, signal)), username, password);
      return refusedForm(more ?? form, result);
    }
    await context.secrets.set(passwordSecret, password);
    return over('password-changed');
  };
  return Promise.resolve(plainDialog({ state: 'open', form, notes: [], actions: ['complete'] }, answer));
};

/** The form that came with a refusal; what we sent ourselves may come back with it, and is none. */
function formWith({ stanza }: StanzaError): XmlElement | null {
  const query = stanza?.child('query', ns.register);
  const wish = query === undefined ? undefined : dataFormIn(query);
  return wish?.attribute('type') === 'form' ? wish : null;
}

/** With what we know already in it. */
const filledIn = (asked: Form, username: string, password: string): Form => ({
  ...asked,
  fields: asked.fields.map((field) => {
    if (field.name === 'username' && field.values.every((value) => value === '')) return { ...field, values: [username] };
    return field.name === 'password' ? { ...field, values: [password] } : field;
  }),
});
