import { BridgeError, type Dialog, type DialogRequest } from '#bridge';
import { cancelForm, dataFormIn, readDataForm, submitForm } from './extensions/0004-data-forms.ts';
import { configurationQuery, submitConfiguration } from './extensions/0045-room-administration.ts';
import { addressOf } from './ids.ts';
import { ns } from './namespaces.ts';
import { over } from './services/dialog-steps.ts';
import type { DialogOpener } from './services/service-context.ts';

type Configure = Extract<DialogRequest, { readonly kind: 'configure-room' }>;

/**
 * The settings of a room as a dialog of one page.
 * @throws BridgeError `forbidden` when we do not own it, `server-incompatible` when it has no form
 */
export const openRoomConfiguration: DialogOpener<Configure> = async ({ conversationId }, context): Promise<Dialog> => {
  const room = addressOf(conversationId);
  const answer = await context.request({ type: 'get', to: room, payload: configurationQuery() });
  const query = answer.child('query', ns.mucOwner);
  const found = query && dataFormIn(query);
  if (found === undefined) throw new BridgeError('server-incompatible', { server: room });
  const form = readDataForm(found);
  let isOpen = true;
  const submit = async (payload: Parameters<typeof submitConfiguration>[0]): Promise<void> => {
    await context.request({ type: 'set', to: room, payload: submitConfiguration(payload) });
    isOpen = false;
  };
  return {
    first: { state: 'open', form, notes: [], actions: ['complete'] },
    answer: async (action, values) => {
      if (!isOpen) throw new BridgeError('not-found');
      await submit(action === 'cancel' ? cancelForm() : submitForm(form, values));
      return over('saved');
    },
    close: async () => {
      if (isOpen) await submit(cancelForm()).catch(() => undefined);
    },
  };
};
