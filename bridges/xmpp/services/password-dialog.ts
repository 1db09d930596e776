import type { DialogStep, Form, FormValues } from '#bridge';
import { passwordQuery } from '../extensions/0077-in-band-registration.ts';
import { parseJid } from '../jid.ts';
import { passwordSecret } from '../stored-credentials.ts';
import { ask, patientDeadlineMs } from './ask.ts';
import { again, over } from './dialog-steps.ts';
import { plainDialog } from './plain-dialog.ts';
import type { DialogOpener } from './service-context.ts';

const form: Form = {
  title: null,
  instructions: [],
  fields: [
    { name: 'password', kind: 'secret', label: 'new-password', isRequired: true, values: [] },
    { name: 'repeat', kind: 'secret', label: 'repeat-password', isRequired: true, values: [] },
  ],
};

/** A new password for our own account at its server; kept here once the server has it (XEP-0077 section 3.3). */
export const openPasswordChange: DialogOpener<object> = (_request, context) =>
  Promise.resolve(
    plainDialog({ state: 'open', form, notes: [], actions: ['complete'] }, async (values: FormValues): Promise<DialogStep> => {
      const password = values['password']?.[0] ?? '';
      if (password === '' || password !== values['repeat']?.[0]) return again(form, 'passwords-differ');
      const username = parseJid(context.ownBareJid)?.local ?? '';
      const iq = { type: 'set', to: context.domain, payload: passwordQuery(username, password), deadlineMs: patientDeadlineMs } as const;
      // Once it is on its way the answer counts, whether the person still waits for it or not.
      await ask(context.request, iq, new AbortController().signal);
      await context.secrets.set(passwordSecret, password);
      return over('password-changed');
    }),
  );
