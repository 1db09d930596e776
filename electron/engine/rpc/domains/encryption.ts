import { BridgeError, type BridgeSession } from '#bridge';
import type { AccountId } from '#model';
import type { ReadableDb } from '../../store/database.ts';
import { accounts } from '../../store/repositories/accounts.ts';
import type { DomainHandlers } from '../handlers.ts';
import { notFound } from '../rpc-failure.ts';

export interface EncryptionHandlerDeps {
  readonly db: ReadableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
}

const patienceMs = 20_000;

export const createEncryptionHandlers = ({ db, sessionOf }: EncryptionHandlerDeps): DomainHandlers<'encryption'> => ({
  'encryption.health': async ({ accountId }) => {
    if (accounts.get(db, accountId) === null) throw notFound('account');
    const session = sessionOf(accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account does not run' });
    if (session.encryption === undefined) throw new BridgeError('unsupported');
    return await session.encryption.health(AbortSignal.timeout(patienceMs));
  },
});
