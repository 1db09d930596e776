import type { BridgeSession } from '#bridge';
import { BridgeError } from '#bridge';
import type { ConversationId } from '#rpc';
import type { WritableDb } from '../store/database.ts';
import type { ConversationRecord } from '../store/repositories/conversations.ts';
import { securityEvents } from '../store/repositories/security-events.ts';

/** Where a person said: unencrypted, although the conversation is encrypted. Forgotten when the program ends. */
export interface PlainConsents {
  readonly has: (id: ConversationId) => boolean;
  /** @throws BridgeError `unsupported` where the network knows no such thing, `offline` */
  readonly give: (conversation: ConversationRecord, session: BridgeSession | null) => void;
}

export const createPlainConsents = (db: WritableDb, now: () => number): PlainConsents => {
  const given = new Set<ConversationId>();
  return {
    has: (id) => given.has(id),
    give: (conversation, session) => {
      if (session === null) throw new BridgeError('offline', { detail: 'the account is not connected' });
      if (session.plainText === undefined) throw new BridgeError('unsupported');
      const { id, accountId, remoteId } = conversation;
      securityEvents.add(db, { accountId, rule: 'plain-text-allowed', detail: `writing unencrypted to ${remoteId}`, atMs: now() });
      session.plainText.allowPlain(remoteId);
      given.add(id);
    },
  };
};
