import { BridgeError, type DialogStep, type FormValues } from '#bridge';
import { promptAnswer, promptQuery, readPrompt, readPromptResult } from '../extensions/0100-gateway-interaction.ts';
import { ask, patientDeadlineMs, quickDeadlineMs, serviceAddress } from './ask.ts';
import { over } from './dialog-steps.ts';
import { plainDialog } from './plain-dialog.ts';
import type { DialogOpener } from './service-context.ts';

const fieldName = 'prompt';

/** "Which number on that network?": the gateway says how that is spelled here (XEP-0100). */
export const openPrompt: DialogOpener<{ readonly address: string }> = async ({ address }, context, signal) => {
  const to = serviceAddress(address);
  const asked = await ask(context.request, { type: 'get', to, payload: promptQuery(), deadlineMs: quickDeadlineMs }, signal);
  const prompt = readPrompt(asked);
  if (prompt === null) throw new BridgeError('server-incompatible', { server: to });
  const first: DialogStep = {
    state: 'open',
    form: {
      title: null,
      instructions: prompt.description === '' ? [] : [prompt.description],
      fields: [{ name: fieldName, kind: 'text', label: prompt.label === '' ? fieldName : prompt.label, isRequired: true, values: [] }],
    },
    notes: [],
    actions: ['complete'],
  };
  return plainDialog(first, async (values: FormValues, answerSignal): Promise<DialogStep> => {
    const payload = promptAnswer(values[fieldName]?.[0] ?? '');
    const result = await ask(context.request, { type: 'set', to, payload, deadlineMs: patientDeadlineMs }, answerSignal);
    const found = readPromptResult(result, to);
    if (found === null) throw new BridgeError('not-found');
    return over('address-found', { address: found });
  });
};
