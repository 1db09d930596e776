import { BridgeError, type ArchiveRuleAbility, type BridgeSession } from '#bridge';
import type { AccountId } from '#model';
import type { DomainHandlers } from '../handlers.ts';

/** What the server's archive keeps, by account. */
export const createArchiveHandlers = (sessionOf: (id: AccountId) => BridgeSession | null): DomainHandlers<'archive'> => {
  const abilityOf = (id: AccountId): ArchiveRuleAbility => {
    const session = sessionOf(id);
    if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
    if (session.archiveRule === undefined) throw new BridgeError('unsupported');
    return session.archiveRule;
  };
  return {
    'archive.rule': async ({ accountId }) => ({ rule: await abilityOf(accountId).load() }),
    'archive.setRule': async ({ accountId, rule }) => ({ rule: await abilityOf(accountId).save(rule) }),
  };
};
