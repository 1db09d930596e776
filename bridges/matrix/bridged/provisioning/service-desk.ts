/** Dialogs about bridges that are under way. */
import { BridgeError, type Dialog, type DialogRequest } from '#bridge';
import { isUserId } from '../../ids.ts';
import type { AccountContext } from '../../worker/account-context.ts';
import { createDialogDesk, type OpenDialogs, type OpenedDialog } from '../../worker/dialog-desk.ts';
import { openBook, learnFamily } from './book-dialog.ts';
import { openBotDialog } from './bot-dialog.ts';
import { readBridgeUrl } from './client.ts';
import { openLogin } from './login-dialog.ts';
import { openFindPerson, openSearch, openSignOut } from './plain-dialogs.ts';
import { askIdentity, bookCommand, clientFor } from './service-list.ts';

export interface ServiceDesk extends OpenDialogs {
  open(context: AccountContext, request: DialogRequest, signal: AbortSignal): Promise<OpenedDialog>;
}

const mostDialogs = 20;
const again = 'login:';

/** A new room of the bridge is ours as soon as we are in it. */
const enter = (context: AccountContext) => async (roomId: string): Promise<void> => {
  if (context.store.rooms.get(roomId)?.membership === 'joined') return;
  await context.api.post(['join', roomId], { body: {} });
  await context.untilSynced(() => context.store.rooms.get(roomId)?.membership === 'joined');
  await context.publish([]);
};

/** However it ends, the bridge knows something new of our logins then. */
const watched = ({ bridgeWatch }: AccountContext, dialog: Dialog): Dialog => ({
  ...dialog,
  async answer(action, values, signal) {
    const step = await dialog.answer(action, values, signal);
    if (step.state !== 'open') bridgeWatch.nudge();
    return step;
  },
  async close() {
    await dialog.close();
    bridgeWatch.nudge();
  },
});

const openAtBridge = async (context: AccountContext, request: Extract<DialogRequest, { readonly address: string }>, signal: AbortSignal): Promise<Dialog> => {
  const client = await clientFor(context, readBridgeUrl(request.address), signal);
  const identity = await askIdentity(client, signal);
  const login = (loginId: string | null): Dialog =>
    openLogin({ client, identity, loginId, onStart: () => learnFamily(context, identity.bot, identity.network).catch(() => undefined) });
  switch (request.kind) {
    case 'register':
      return watched(context, login(null));
    case 'unregister':
      return watched(context, openSignOut(client, identity));
    case 'address-prompt':
      return openFindPerson(client, enter(context));
    case 'search':
      return openSearch(client, enter(context));
    case 'custom':
      if (request.id.startsWith(again)) return watched(context, login(request.id.slice(again.length)));
      throw new BridgeError('unsupported');
    default:
      throw new BridgeError('unsupported');
  }
};

const openDialog = async (context: AccountContext, request: DialogRequest, signal: AbortSignal): Promise<Dialog> => {
  if (!('address' in request)) throw new BridgeError('unsupported');
  if (request.kind !== 'command') return await openAtBridge(context, request, signal);
  if (request.node === bookCommand) return openBook(context);
  if (!isUserId(request.address)) throw new BridgeError('unsupported');
  return await openBotDialog(context, request.address, request.node, context.closing);
};

export const createServiceDesk = (): ServiceDesk => {
  const desk = createDialogDesk(mostDialogs);
  return { ...desk, open: (context, request, signal) => desk.open(() => openDialog(context, request, signal)) };
};
