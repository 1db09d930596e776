import type { DialogDesk } from '../../dialogs/dialog-desk.ts';
import type { DomainHandlers } from '../handlers.ts';

export const createDialogHandlers = (desk: DialogDesk): DomainHandlers<'dialogs'> => ({
  'dialogs.open': (input, client) => desk.open(client, input),
  'dialogs.signUp': (input, client) => desk.signUp(client, input),
  'dialogs.signIn': (input, client) => desk.signIn(client, input),
  'dialogs.signInAgain': (input, client) => desk.signInAgain(client, input),
  'dialogs.answer': (input, client) => desk.answer(client, input),
  'dialogs.wait': ({ id }, client) => desk.wait(client, id),
  'dialogs.close': async ({ id }, client) => {
    await desk.close(client, id);
    return { isClosed: true };
  },
  'dialogs.addAccount': ({ id }, client) => desk.addAccount(client, id),
});
