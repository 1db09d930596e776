import { BridgeError, type BridgeSession, type DiagnosticsAbility } from '#bridge';
import type { AccountId } from '#model';
import { createConsoleDesk } from '../../diagnostics/console-desk.ts';
import type { ReadableDb } from '../../store/database.ts';
import { accounts } from '../../store/repositories/accounts.ts';
import type { DomainHandlers } from '../handlers.ts';
import { notFound } from '../rpc-failure.ts';

export interface DiagnosticsHandlerDeps {
  readonly db: ReadableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly now: () => number;
}

/** A report asks the server a dozen questions at once. */
const patienceMs = 20_000;

export const createDiagnosticsHandlers = ({ db, sessionOf, now }: DiagnosticsHandlerDeps): DomainHandlers<'diagnostics'> => {
  /** @throws BridgeError `offline`, `unsupported`; RpcFailure `not-found` */
  const abilityOf = (accountId: AccountId): DiagnosticsAbility => {
    if (accounts.get(db, accountId) === null) throw notFound('account');
    const session = sessionOf(accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account does not run' });
    if (session.diagnostics === undefined) throw new BridgeError('unsupported');
    return session.diagnostics;
  };
  const desk = createConsoleDesk({ sessionOf, abilityOf, now });

  return {
    'diagnostics.report': async ({ accountId }) => ({
      sections: await abilityOf(accountId).report(AbortSignal.timeout(patienceMs)),
    }),
    'diagnostics.watch': ({ accountId }) => ({ watchId: desk.open(accountId) }),
    'diagnostics.read': ({ watchId }) => desk.read(watchId),
    'diagnostics.unwatch': ({ watchId }) => {
      desk.close(watchId);
      return { isStopped: true };
    },
    'diagnostics.send': async ({ accountId, text }) => {
      await abilityOf(accountId).sendRaw(text);
      return { isSent: true };
    },
  };
};
