import type { Dialog, DevicePolicy } from '#bridge';
import type { TaskContext } from './task-context.ts';
import { ask, formOf, over, pagedDialog, valueOf, type Page } from './steps.ts';

/** Who may read what we send: every device of the people in a room, or only those their owners verified. */
export const openPolicyChoice = ({ policy, crypto }: TaskContext): Promise<Dialog> => {
  const form = formOf({
    name: 'policy',
    kind: 'choice',
    label: 'device-policy',
    isRequired: true,
    values: [policy.read()],
    options: (['all', 'verified'] as const satisfies readonly DevicePolicy[]).map((value) => ({ value, label: `devices-${value}` })),
  });
  const first: Page = {
    step: ask(form, 'device-policy-intro'),
    answer: async (values) => {
      const chosen = valueOf(values, 'policy') === 'verified' ? 'verified' : 'all';
      // Without an identity of our own our other devices would be the first to be kept out, and nothing could be sent.
      if (chosen === 'verified' && !(await crypto.isCrossSigningReady())) return { ...first, step: ask(form, 'encryption-set-up-first', 'error') };
      policy.save(chosen);
      return { step: over('saved') };
    },
  };
  return Promise.resolve(pagedDialog(first));
};
