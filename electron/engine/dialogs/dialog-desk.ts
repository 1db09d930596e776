import { randomBytes } from 'node:crypto';
import { BridgeError, type AccountBefore, type BridgeDefinition, type BridgeSession, type Dialog, type DialogRequest, type SignUpDialog } from '#bridge';
import type { AccountId } from '#model';
import type { AccountRow, DialogId, DialogPage, DialogSubject, DialogView, RpcInput } from '#rpc';
import type { BridgeLogin } from '../accounts/account-service.ts';
import type { RpcClient } from '../rpc/rpc-client.ts';
import { RpcFailure, notFound } from '../rpc/rpc-failure.ts';
import { toDialogPage } from './dialog-page.ts';

export interface DialogDeskOptions {
  readonly bridges: readonly BridgeDefinition[];
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  /** What a bridge is asked, in its own words. @throws RpcFailure `not-found` */
  readonly toRequest: (accountId: AccountId, subject: BridgeSubject) => DialogRequest;
  /** `id`: of an account that signs in again; null: a new one. */
  readonly takeLogin: (bridgeId: BridgeDefinition['id'], login: BridgeLogin, id: AccountId | null) => Promise<AccountRow>;
  /** @throws RpcFailure `not-found` */
  readonly accountBefore: (id: AccountId) => { readonly bridgeId: BridgeDefinition['id']; readonly before: AccountBefore };
}

/** Dialogs under way. Each belongs to the page that opened it; another page cannot even tell that it exists. */
export interface DialogDesk {
  readonly open: (client: RpcClient, input: RpcInput<'dialogs.open'>) => Promise<DialogView>;
  readonly signUp: (client: RpcClient, input: RpcInput<'dialogs.signUp'>) => Promise<DialogView>;
  readonly signIn: (client: RpcClient, input: RpcInput<'dialogs.signIn'>) => Promise<DialogView>;
  readonly signInAgain: (client: RpcClient, input: RpcInput<'dialogs.signInAgain'>) => Promise<DialogView>;
  readonly answer: (client: RpcClient, input: RpcInput<'dialogs.answer'>) => Promise<DialogPage>;
  readonly wait: (client: RpcClient, id: DialogId) => Promise<DialogPage>;
  readonly close: (client: RpcClient, id: DialogId) => Promise<void>;
  readonly addAccount: (client: RpcClient, id: DialogId) => Promise<AccountRow>;
  readonly stop: () => Promise<void>;
}

/** About encryption and about finding people abilities of their own are asked. */
export type BridgeSubject = Exclude<DialogSubject, { readonly kind: 'encryption' } | { readonly kind: 'find-people' }>;

interface OpenDialog {
  readonly client: RpcClient;
  readonly dialog: Dialog;
  readonly signUp: { readonly dialog: SignUpDialog; readonly bridgeId: BridgeDefinition['id']; readonly accountId: AccountId | null } | null;
  readonly abort: AbortController;
  isBusy: boolean;
}

const mostDialogs = 20;
/** Whoever does not come to an end is left behind. */
const closeTimeoutMs = 2_000;

export const createDialogDesk = ({ bridges, sessionOf, toRequest, takeLogin, accountBefore }: DialogDeskOptions): DialogDesk => {
  const dialogs = new Map<DialogId, OpenDialog>();
  const pages = new WeakSet<RpcClient>();
  /** Those that are being opened count too, and end when their page does. */
  const opening = new Map<AbortController, RpcClient>();

  const end = async (id: DialogId): Promise<void> => {
    const open = dialogs.get(id);
    if (open === undefined) return;
    dialogs.delete(id);
    open.abort.abort(new BridgeError('cancelled'));
    await quietly(open.dialog);
  };
  const endAll = async (isMeant: (client: RpcClient) => boolean): Promise<void> => {
    for (const [abort, client] of opening) if (isMeant(client)) abort.abort(new BridgeError('cancelled'));
    await Promise.all([...dialogs].filter(([, { client }]) => isMeant(client)).map(([id]) => end(id)));
  };
  const watch = (client: RpcClient): void => {
    if (pages.has(client)) return;
    pages.add(client);
    client.onClose(() => void endAll((one) => one === client));
  };

  /** Opens one of the few there may be. Should its page be gone by then, it is closed again. */
  const begin = async (
    client: RpcClient,
    start: (signal: AbortSignal) => Promise<Pick<OpenDialog, 'dialog' | 'signUp'>>,
  ): Promise<DialogView> => {
    if (dialogs.size + opening.size >= mostDialogs) throw new RpcFailure('too-many-calls', 'too many dialogs are open');
    const abort = new AbortController();
    opening.set(abort, client);
    watch(client);
    try {
      const started = await start(abort.signal);
      if (abort.signal.aborted) {
        await quietly(started.dialog);
        throw new BridgeError('cancelled');
      }
      const id = randomBytes(24).toString('base64url') as DialogId;
      dialogs.set(id, { client, abort, isBusy: false, ...started });
      return { id, page: toDialogPage(started.dialog.first) };
    } finally {
      opening.delete(abort);
    }
  };

  const own = (client: RpcClient, id: DialogId): OpenDialog => {
    const open = dialogs.get(id);
    if (open === undefined || open.client !== client) throw notFound('dialog');
    return open;
  };

  /** One question at a time: the other side has only one page open, too. */
  const ask = async <Answer>(open: OpenDialog, question: (dialog: Dialog) => Promise<Answer>): Promise<Answer> => {
    if (open.isBusy) throw new RpcFailure('not-possible', 'the dialog waits for an answer already');
    open.isBusy = true;
    try {
      return await untilAborted(question(open.dialog), open.abort.signal);
    } finally {
      open.isBusy = false;
    }
  };

  const webSignIn = async (bridgeId: BridgeDefinition['id'], server: string, signal: AbortSignal, before?: AccountBefore): Promise<SignUpDialog> => {
    const definition = bridges.find(({ id }) => id === bridgeId);
    if (definition === undefined) throw notFound('network');
    if (definition.signInOnWeb === undefined) throw new BridgeError('unsupported');
    return await definition.signInOnWeb(server, signal, before);
  };

  return {
    open: (client, { accountId, subject }) =>
      begin(client, async (signal) => {
        const session = sessionOf(accountId);
        if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
        if (subject.kind === 'encryption') {
          if (session.encryption === undefined) throw new BridgeError('unsupported');
          return { dialog: await session.encryption.open(subject.task, signal), signUp: null };
        }
        if (subject.kind === 'find-people') {
          if (session.peopleSearch === undefined) throw new BridgeError('unsupported');
          return { dialog: await session.peopleSearch.open(signal), signUp: null };
        }
        const request = toRequest(accountId, subject);
        if (session.services === undefined) throw new BridgeError('unsupported');
        return { dialog: await session.services.open(request, signal), signUp: null };
      }),
    signUp: (client, { bridgeId, server, values }) =>
      begin(client, async (signal) => {
        const definition = bridges.find(({ id }) => id === bridgeId);
        if (definition === undefined) throw notFound('network');
        if (definition.signUp === undefined) throw new BridgeError('unsupported');
        const dialog = await definition.signUp(server.trim(), values, signal);
        return { dialog, signUp: { dialog, bridgeId, accountId: null } };
      }),
    signIn: (client, { bridgeId, server }) =>
      begin(client, async (signal) => {
        const dialog = await webSignIn(bridgeId, server.trim(), signal);
        return { dialog, signUp: { dialog, bridgeId, accountId: null } };
      }),
    signInAgain: (client, { accountId }) =>
      begin(client, async (signal) => {
        const { bridgeId, before } = accountBefore(accountId);
        const dialog = await webSignIn(bridgeId, '', signal, before);
        return { dialog, signUp: { dialog, bridgeId, accountId } };
      }),
    answer: async (client, { id, action, answers }) => {
      const open = own(client, id);
      // Made so that a field may have any name, also one that objects of this language give a meaning.
      const values = Object.fromEntries(answers.map(({ name, values: given }) => [name, given]));
      return toDialogPage(await ask(open, (dialog) => dialog.answer(action, values, open.abort.signal)));
    },
    wait: async (client, id) => {
      const open = own(client, id);
      if (open.dialog.wait === undefined) throw new RpcFailure('not-possible', 'nothing to wait for');
      return toDialogPage(await ask(open, (dialog) => dialog.wait?.(open.abort.signal) ?? Promise.resolve(dialog.first)));
    },
    close: async (client, id) => {
      own(client, id);
      await end(id);
    },
    addAccount: async (client, id) => {
      const open = own(client, id);
      const login = open.signUp?.dialog.result() ?? null;
      if (open.signUp === null || login === null) throw new RpcFailure('not-possible', 'there is no new account yet');
      const account = await takeLogin(open.signUp.bridgeId, login, open.signUp.accountId);
      open.signUp.dialog.kept?.();
      return account;
    },
    stop: () => endAll(() => true),
  };
};

/** Closes a dialog, whatever its bridge makes of that. */
const quietly = async (dialog: Dialog): Promise<void> => {
  let timer: NodeJS.Timeout | undefined;
  const timeout = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, closeTimeoutMs);
  });
  // Called inside the chain: a bridge may also throw before it returns a promise.
  const closed = Promise.resolve().then(() => dialog.close());
  await Promise.race([closed.catch(() => undefined), timeout]);
  clearTimeout(timer);
};

const untilAborted = <Answer>(work: Promise<Answer>, signal: AbortSignal): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const abort = (): void => reject(new BridgeError('cancelled'));
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
