import { BridgeError, type BridgeSession, type EncryptionAbility } from '#bridge';
import type { AccountId } from '#model';
import type { ReadableDb } from '../../store/database.ts';
import { accounts } from '../../store/repositories/accounts.ts';
import { addresses } from '../../store/repositories/addresses.ts';
import { conversations } from '../../store/repositories/conversations.ts';
import type { DomainHandlers } from '../handlers.ts';
import { RpcFailure, notFound } from '../rpc-failure.ts';

export interface EncryptionHandlerDeps {
  readonly db: ReadableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
}

const patienceMs = 20_000;

export const createEncryptionHandlers = ({ db, sessionOf }: EncryptionHandlerDeps): DomainHandlers<'encryption'> => {
  /** @throws BridgeError `offline`, `unsupported` */
  const abilityOf = (accountId: AccountId): EncryptionAbility => {
    const session = sessionOf(accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account does not run' });
    if (session.encryption === undefined) throw new BridgeError('unsupported');
    return session.encryption;
  };

  return {
    'encryption.health': async ({ accountId }) => {
      if (accounts.get(db, accountId) === null) throw notFound('account');
      return await abilityOf(accountId).health(AbortSignal.timeout(patienceMs));
    },
    'encryption.trust': async ({ conversationId }) => {
      const conversation = conversations.get(db, conversationId);
      if (conversation === null) throw notFound('conversation');
      const peer = conversation.peerId === null ? null : addresses.get(db, conversation.peerId);
      if (peer === null) throw new RpcFailure('not-possible', 'this is no conversation with one person');
      const address: string = peer.remoteId;
      return { trust: await abilityOf(conversation.accountId).trust(address, AbortSignal.timeout(patienceMs)), address };
    },
  };
};
