import { BridgeError, type BridgeSession, type EncryptionAbility, type KeyFileAbility } from '#bridge';
import type { AccountId } from '#model';
import type { Staging } from '../../files/staging.ts';
import type { ReadableDb } from '../../store/database.ts';
import { accounts } from '../../store/repositories/accounts.ts';
import { addresses } from '../../store/repositories/addresses.ts';
import { conversations } from '../../store/repositories/conversations.ts';
import type { DomainHandlers } from '../handlers.ts';
import { RpcFailure, notFound } from '../rpc-failure.ts';

export interface EncryptionHandlerDeps {
  readonly db: ReadableDb;
  readonly sessionOf: (id: AccountId) => BridgeSession | null;
  readonly staging: Staging;
}

const patienceMs = 20_000;
/** Fifty thousand keys take a quarter of a minute. */
const filePatienceMs = 300_000;

export const createEncryptionHandlers = ({ db, sessionOf, staging }: EncryptionHandlerDeps): DomainHandlers<'encryption'> => {
  /** @throws BridgeError `offline`, `unsupported` */
  const abilityOf = (accountId: AccountId): EncryptionAbility => {
    const session = sessionOf(accountId);
    if (session === null) throw new BridgeError('offline', { detail: 'the account does not run' });
    if (session.encryption === undefined) throw new BridgeError('unsupported');
    return session.encryption;
  };

  const keyFilesOf = (accountId: AccountId): KeyFileAbility => {
    if (accounts.get(db, accountId) === null) throw notFound('account');
    const { keyFiles } = abilityOf(accountId);
    if (keyFiles === undefined) throw new BridgeError('unsupported');
    return keyFiles;
  };

  return {
    'encryption.exportKeys': ({ accountId, passphrase }) => keyFilesOf(accountId).exportKeys(passphrase, AbortSignal.timeout(filePatienceMs)),
    'encryption.importKeys': async ({ accountId, fileId, passphrase }) => {
      const { path } = staging.get(fileId);
      const result = await keyFilesOf(accountId).importKeys(path, passphrase, AbortSignal.timeout(filePatienceMs));
      staging.remove(fileId);
      return result;
    },
    'encryption.health': async ({ accountId }) => {
      if (accounts.get(db, accountId) === null) throw notFound('account');
      return await abilityOf(accountId).health(AbortSignal.timeout(patienceMs));
    },
    'encryption.warnings': async ({ conversationId }) => {
      const conversation = conversations.get(db, conversationId);
      if (conversation === null) throw notFound('conversation');
      const { accountId, remoteId } = conversation;
      const ability = abilityOf(accountId);
      if (ability.warnings === undefined) throw new BridgeError('unsupported');
      const { changedPeople, unverifiedDevices } = await ability.warnings(remoteId, AbortSignal.timeout(patienceMs));
      const named = changedPeople.map((address) => ({ address, name: addresses.find(db, accountId, address)?.displayName ?? address }));
      return { changedPeople: named, unverifiedDevices };
    },
    'encryption.trust': async ({ conversationId }) => {
      const conversation = conversations.get(db, conversationId);
      if (conversation === null) throw notFound('conversation');
      const peer = conversation.peerId === null ? null : addresses.get(db, conversation.peerId);
      if (peer === null) throw new RpcFailure('not-possible', 'this is no conversation with one person');
      const address: string = peer.remoteId;
      const ability = abilityOf(conversation.accountId);
      const signal = AbortSignal.timeout(patienceMs);
      return { trust: await ability.trust(address, signal), address, unverifiedDevices: (await ability.unverifiedDevices?.(address, signal)) ?? null };
    },
  };
};
